"""flask draw-machines: the state machines as Mermaid diagrams in docs/machines/."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from app.core.workflow import Machine

FEATURES = (
    "organisations", "calls", "applications", "reviews", "panels", "projects", "agreements", "milestones", "money", "changes", "outcomes",
    "surveys", "flags", "portfolio", "publishing",
)  # fmt: skip


def machines() -> list[Machine]:
    """Every machine of the house."""
    found: list[Machine] = []
    for feature in FEATURES:
        if find_spec(f"app.{feature}.workflow") is None:
            continue
        module = import_module(f"app.{feature}.workflow")
        found += getattr(module, "MACHINES", None) or [module.MACHINE]
    return found


@click.command("draw-machines")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("docs/machines"))
def draw_machines(folder: Path) -> None:
    """Write one diagram per machine."""
    folder.mkdir(parents=True, exist_ok=True)
    for machine in machines():
        (folder / f"{machine.name}.mmd").write_text(machine.mermaid(), encoding="utf-8")
        click.echo(f"{machine.name}: {len(machine.states)} states")

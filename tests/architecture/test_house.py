"""Laws of the whole house that a tool can hold."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.access import access, prove_every_endpoint_is_declared
from app.core.db import engine_at_work
from app.projects.choices import ProjectStatus
from app.projects.models import Project
from config import SettingsError, load_settings

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "app" / "templates").rglob("*.html"))


def test_imports_point_downwards() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout


def test_the_linter_is_content() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "."], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout


def test_the_types_fit() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "app", "config.py", "wsgi.py", "server"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout


def test_the_clock_is_read_in_one_place_only() -> None:
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(")
    guilty = [p for p in SOURCES if pattern.search(p.read_text()) and p.name != "clock.py"]
    assert not guilty


def test_nobody_writes_a_backref_or_a_room_without_a_name() -> None:
    assert not [p for p in SOURCES if "backref" in p.read_text()]
    assert not [p for p in SOURCES if p.stem in ("utils", "util", "helpers", "helper", "misc", "common")]


def test_status_is_never_written_by_a_bulk_update() -> None:
    guilty = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "values":
                guilty += [path for keyword in node.keywords if keyword.arg == "status"]
    assert {p.relative_to(ROOT).as_posix() for p in guilty} <= {"app/core/outbox.py"}  # no machine, no history


def test_operations_never_commit() -> None:
    guilty = [p for p in SOURCES if p.name == "operations.py" and ".commit(" in p.read_text()]
    assert not guilty


def test_templates_hold_no_inline_script_or_style_and_no_unescaped_text() -> None:
    pattern = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+=\"|\sstyle=\"|\|\s*safe\b")
    guilty = [p for p in TEMPLATES if pattern.search(p.read_text()) and "pdf" not in p.parts]
    assert not guilty


def test_templates_stay_readable() -> None:
    long = {p.relative_to(ROOT).as_posix(): n for p in TEMPLATES if (n := len(p.read_text().splitlines())) > 160}
    assert not long


def test_an_endpoint_without_a_rule_keeps_the_application_from_starting() -> None:
    app = Flask("bare")
    app.add_url_rule("/open", "open", lambda: "x")
    with pytest.raises(RuntimeError, match="open"):
        prove_every_endpoint_is_declared(app)


def test_a_declared_endpoint_lets_it_start() -> None:
    from app.core.access import anyone

    app = Flask("declared")
    app.add_url_rule("/open", "open", access(anyone)(lambda: "x"))
    prove_every_endpoint_is_declared(app)


def test_a_status_cannot_be_assigned_or_constructed() -> None:
    with pytest.raises(AssertionError):
        Project(project_key="x", status=ProjectStatus.completed)
    project = Project(project_key="x")
    with pytest.raises(AssertionError):
        project.status = ProjectStatus.completed
    assert engine_at_work.get() is False


def test_production_refuses_to_start_without_its_settings() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY, DATABASE_URL"):
        load_settings({"APP_ENV": "production"})
    with pytest.raises(SettingsError):
        load_settings({"APP_ENV": "production", "SECRET_KEY": "short", "DATABASE_URL": "sqlite://"})
    ready = load_settings({"APP_ENV": "production", "SECRET_KEY": "x" * 40, "DATABASE_URL": "postgres://db/r"})
    assert ready.database_url == "postgresql+psycopg://db/r" and not ready.demo


@pytest.mark.parametrize("address", ["mysql://u:secret@h/x", "nonsense", "postgresql://u:secret@h:port/x"])
def test_an_unusable_database_address_is_named_without_its_password(address: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refusal:
        load_settings({"APP_ENV": "test", "SECRET_KEY": "x" * 40, "DATABASE_URL": address})
    assert "secret" not in str(refusal.value)


def test_the_pins_hold_what_security_asks_for() -> None:
    lock = (ROOT / "requirements.txt").read_text()
    assert int(re.search(r"^weasyprint==(\d+)", lock, re.M)[1]) >= 70  # type: ignore[index]
    assert tuple(map(int, re.search(r"^flask==([\d.]+)", lock, re.M)[1].split("."))) >= (3, 1, 3)  # type: ignore[index]
    assert "--hash=sha256:" in lock and "://" not in lock


def test_every_page_url_is_kebab_case_and_typed(app: Any) -> None:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<any\([^)]*\):\w+>", "x", rule.rule)
        assert re.fullmatch(
            r"(/[a-z0-9-]*|/<((int|path|string)(\([a-z]+=[0-9]+\))?:)?[a-z_]+>|/x)*(\.[a-z]+)?", path
        ) or rule.endpoint.endswith("static"), rule.rule


def test_no_unsafe_method_on_a_page_that_answers_get(app: Any) -> None:
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert len(methods) == 1, f"{rule.rule} answers {methods}: one view, one verb"

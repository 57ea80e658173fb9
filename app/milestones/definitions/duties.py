"""What is due of a person over all projects: one register that every floor adds its own to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Duty:
    """One thing with a due date. ``uid`` is stable over the thing's life; ``what`` tells nothing confidential, because
    it appears in calendar programs of others. ``endpoint`` and ``arguments`` lead to the page."""

    uid: str
    on: date
    what: Bilingual
    project: str
    endpoint: str
    arguments: dict[str, Any] = field(default_factory=dict)
    detail: str = ""  # shown on our own pages only, never in a calendar file


#: ``source(actor) -> duties``: what this very person has to do, with what that person may see now.
DUTIES: list[Callable[[Any], list[Duty]]] = []


def duties_of(actor: Any) -> list[Duty]:
    """Everything that is due of a person, the earliest first."""
    found = [duty for source in DUTIES for duty in source(actor)]
    return sorted(found, key=lambda duty: (duty.on, duty.project, duty.uid))

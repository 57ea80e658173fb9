"""One thing that waits for one person: shown on the home page, with its date and the way there."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Task:
    """``what`` says the verb, ``about`` the thing; ``endpoint`` and ``arguments`` lead to the page."""

    what: Bilingual
    about: Any
    endpoint: str
    arguments: dict[str, Any] = field(default_factory=dict)
    due_on: date | None = None


def by_date(tasks: list[Task]) -> list[Task]:
    """Dated ones first, the earliest on top; those of one day and the undated ones stay in the order of their kinds."""
    return sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or date.max))


def counted(n: int, one: str, many: str) -> Bilingual:
    """So many of something: 1 case, 2 cases."""
    return Bilingual(f"{n:,} {one if n == 1 else many}", f"{n:,}件")

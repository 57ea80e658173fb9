"""What a project's pages are made of: upper floors add their blocks and their own pages here, in their registration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Section:
    """A block on a project's first page, in the order of ``position``.

    ``context`` answers what ``template`` reads as ``here``, or None where this reader has nothing to see. ``top`` puts it
    above the facts of the project.
    """

    position: int
    template: str
    context: Callable[[Any, Any], dict[str, Any] | None]
    top: bool = False


@dataclass(frozen=True)
class Tab:
    """A page of its own about one project; its address holds ``project_id``. Shown to whom ``may`` allows it."""

    position: int
    endpoint: str
    label: Bilingual
    may: Callable[[Any, Any], bool]


@dataclass(frozen=True)
class ToDo:
    """One thing that is left to do for a project, by the office or by the consortium; ``endpoint`` and ``arguments`` (its
    address holds ``project_id`` unless ``whole`` says that they are all of it) lead to where it is done."""

    office: bool
    what: Bilingual
    endpoint: str
    arguments: dict[str, Any] = field(default_factory=dict)
    due_on: date | None = None
    whole: bool = False

    def address(self, project: Any) -> dict[str, Any]:
        return self.arguments if self.whole else {"project_id": project.id, **self.arguments}


#: ``source(actor, project)`` answers what is left to do, as far as it is this reader's to know: every floor adds its own.
TO_DO: list[Callable[[Any, Any], Sequence[ToDo]]] = []
SECTIONS: list[Section] = []
TABS: list[Tab] = [Tab(0, "projects.detail", Bilingual("Overview", "概要"), lambda actor, project: True)]


def sections_for(actor: Any, project: Any) -> list[tuple[Section, dict[str, Any]]]:
    """The blocks that this reader sees, each with what its template needs."""
    found = ((one, one.context(actor, project)) for one in sorted(SECTIONS, key=lambda one: one.position))
    return [(section, context) for section, context in found if context is not None]


def left_for(actor: Any, project: Any) -> list[ToDo]:
    """What is left to do: the reader's own side first, then what has a day, the earliest on top."""
    office = actor.has_role("officer", "auditor")
    found = [one for source in TO_DO for one in source(actor, project)]
    return sorted(found, key=lambda one: (one.office is not office, one.due_on is None, one.due_on or date.max))


def tabs_for(actor: Any, project: Any) -> list[Tab]:
    """The pages about this project that this reader may open."""
    return [tab for tab in sorted(TABS, key=lambda tab: tab.position) if tab.may(actor, project)]

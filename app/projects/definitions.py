"""What a project's pages are made of: upper floors add their blocks and their own pages here, in their registration."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Section:
    """A block on a project's first page, in the order of ``position``.

    ``context`` answers what ``template`` reads as ``here``, or None where this reader has nothing to see.
    """

    position: int
    template: str
    context: Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True)
class Tab:
    """A page of its own about one project; its address holds ``project_id``. Shown to whom ``may`` allows it."""

    position: int
    endpoint: str
    label: Bilingual
    may: Callable[[Any, Any], bool]


SECTIONS: list[Section] = []
TABS: list[Tab] = [Tab(0, "projects.detail", Bilingual("Overview", "概要"), lambda actor, project: True)]


def sections_for(actor: Any, project: Any) -> list[tuple[str, dict[str, Any]]]:
    """The blocks that this reader sees, each with what its template needs."""
    found = ((one.template, one.context(actor, project)) for one in sorted(SECTIONS, key=lambda one: one.position))
    return [(template, context) for template, context in found if context is not None]


def tabs_for(actor: Any, project: Any) -> list[Tab]:
    """The pages about this project that this reader may open."""
    return [tab for tab in sorted(TABS, key=lambda tab: tab.position) if tab.may(actor, project)]

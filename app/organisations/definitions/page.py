"""What other features show on an organisation's page: each gives its block from its registration."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Section:
    """A block on an organisation's page, in the order of ``position``.

    ``context`` answers what ``template`` reads as ``here``, or None where this reader has nothing to see.
    """

    position: int
    template: str
    context: Callable[[Any, Any], dict[str, Any] | None]


SECTIONS: list[Section] = []


def sections(actor: Any, organisation: Any) -> list[tuple[str, dict[str, Any]]]:
    """The blocks that this reader sees, each with what its template reads."""
    found = ((one.template, one.context(actor, organisation)) for one in sorted(SECTIONS, key=lambda one: one.position))
    return [(template, here) for template, here in found if here is not None]

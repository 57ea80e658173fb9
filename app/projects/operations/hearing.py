"""Who wants to know when something about a project changed."""

from collections.abc import Callable

from app.core import numbering

LISTENERS: list[Callable[[list[int]], object]] = []


def changed(project_ids: list[int]) -> None:
    """Say that facts of these projects changed: figures count anew, and upper floors (flags) look again at once."""
    numbering.touch()
    for listener in LISTENERS:
        listener(project_ids)

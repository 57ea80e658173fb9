"""Who wants to know when something about a project changed."""

from collections.abc import Callable
from datetime import date
from typing import Any

from app.core import numbering
from app.core.errors import Reason
from app.projects.models import Project

LISTENERS: list[Callable[[list[int]], object]] = []
#: Called in the transaction in which a project is made of a decision: (project, actor).
AWARDED: list[Callable[[Project, Any], object]] = []
#: A corrected decision gave a project that has not begun another amount: (project, actor). May refuse.
CORRECTED: list[Callable[[Project, Any], object]] = []
#: A withdrawal or a termination was recorded: (project, event, day, reason, actor).
ENDED: list[Callable[[Project, str, date, str, Any], object]] = []
#: What keeps a project from being completed on a day: (project, day) -> reasons.
COMPLETING: list[Callable[[Project, date], list[Reason]]] = []
#: A project was completed: (project, day, actor).
COMPLETED: list[Callable[[Project, date, Any], object]] = []


def changed(project_ids: list[int]) -> None:
    """Say that facts of these projects changed: figures count anew, and upper floors (flags) look again at once."""
    numbering.touch()
    for listener in LISTENERS:
        listener(project_ids)

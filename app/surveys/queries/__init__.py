"""Every look-up of surveys: waves and whom they ask, results, yearly figures of firms."""

from app.surveys.queries import figures, results, waves
from app.surveys.queries.waves import get_for, tasks_of, visible_to

__all__ = ["figures", "get_for", "results", "tasks_of", "visible_to", "waves"]

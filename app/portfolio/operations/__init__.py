"""Verbs of the portfolio: keep a view, note an export; set targets, record values, plan and close actions."""

from app.portfolio.operations.kept import REASON_ABOVE, change_view, delete_view, keep_view, note_export

__all__ = ["REASON_ABOVE", "change_view", "delete_view", "keep_view", "note_export"]

"""Verbs of the portfolio: keep a view, note an export; set targets, record values, plan and close actions."""

from app.portfolio.operations.kept import REASON_ABOVE, change_view, delete_view, keep_view, note_export
from app.portfolio.operations.pdca import (
    ActionData,
    TargetData,
    carry_over,
    change_target,
    keep_answer,
    move,
    note_result,
    plan_action,
    record_value,
    set_target,
)

__all__ = [
    "REASON_ABOVE", "ActionData", "TargetData", "carry_over", "change_target", "change_view", "delete_view", "keep_answer",
    "keep_view", "move", "note_export", "note_result", "plan_action", "record_value", "set_target",
]  # fmt: skip

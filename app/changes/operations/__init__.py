"""Verbs of change requests: writing, handing in, deciding; what was approved is carried out in the same transaction."""

from app.changes.operations.deciding import decide
from app.changes.operations.leaving import end_access, sweep
from app.changes.operations.writing import (
    Words,
    add_item,
    drop_item,
    hand_in,
    open_from_report,
    open_request,
    save_words,
    withdraw,
)

__all__ = [
    "Words",
    "add_item",
    "decide",
    "drop_item",
    "end_access",
    "hand_in",
    "open_from_report",
    "open_request",
    "save_words",
    "sweep",
    "withdraw",
]

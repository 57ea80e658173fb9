"""Verbs of assigning: plan, change by hand, apply."""

from app.assigning.definitions.planning import Parameters
from app.assigning.operations.applying import apply_plan, ask_all, check_days, refusals
from app.assigning.operations.inviting import ask_one, decline, invite_to_pool, remind
from app.assigning.operations.planning import add_pair, ask_plan, drop_pair, solve_plan
from app.assigning.operations.tables import Difference, compare, record_export, take_table
from app.assigning.operations.wishing import close_round, open_round, save_wishes

__all__ = [
    "Difference",
    "Parameters",
    "add_pair",
    "apply_plan",
    "ask_all",
    "ask_one",
    "ask_plan",
    "check_days",
    "close_round",
    "compare",
    "decline",
    "drop_pair",
    "invite_to_pool",
    "open_round",
    "record_export",
    "refusals",
    "remind",
    "save_wishes",
    "solve_plan",
    "take_table",
]

"""Verbs of a round: calibrate, choose under a budget, propose and confirm lists. None of them decides by itself."""

from app.selection.operations.calibrating import Parameters, ask_calibration, make_calibration, record_export
from app.selection.operations.lists import Wanted, confirm_list, propose_list, propose_scenario, read_numbers
from app.selection.operations.scenarios import Conditions, ask_scenario, conditions_of, current_digest, solve_scenario

__all__ = [
    "Conditions",
    "Parameters",
    "Wanted",
    "ask_calibration",
    "ask_scenario",
    "conditions_of",
    "confirm_list",
    "current_digest",
    "make_calibration",
    "propose_list",
    "propose_scenario",
    "read_numbers",
    "record_export",
    "solve_scenario",
]

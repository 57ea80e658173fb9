"""Verbs of milestones and reports: start, write, confirm, hand in, judge, extend, remind, complete."""

from app.milestones.choices import Achievement
from app.milestones.definitions.due import due_on, periods
from app.milestones.operations.calendars import give_address, take_address
from app.milestones.operations.extending import ask_extension, decide_extension
from app.milestones.operations.freezing import content_of, freeze, order_print, print_key
from app.milestones.operations.life import FINAL, ask_for_report, complete, start
from app.milestones.operations.monitoring import ScoreData, release_score, save_score
from app.milestones.operations.parts import PartData, confirm_part, save_part
from app.milestones.operations.reporting import ReportData, Result, attach, judge, locked, part_titles, save, submit
from app.milestones.operations.rows import (
    PlanData,
    RowData,
    add_row,
    attach_evidence,
    judge_row,
    replan,
    report_row,
    update_row,
)
from app.milestones.operations.telling import occasion, remind

__all__ = [
    "FINAL", "Achievement", "PartData", "PlanData", "ReportData", "Result", "RowData", "ScoreData", "add_row",
    "ask_extension", "ask_for_report", "attach", "attach_evidence", "complete", "confirm_part", "content_of",
    "decide_extension", "due_on", "freeze", "give_address", "judge", "judge_row", "locked", "occasion", "order_print",
    "part_titles", "periods", "print_key", "release_score", "remind", "replan", "report_row", "save", "save_part",
    "save_score", "start", "submit", "take_address", "update_row",
]  # fmt: skip

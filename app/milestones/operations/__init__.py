"""Verbs of milestones and reports: start, write, confirm, hand in, judge, extend, remind, complete."""

from app.milestones.choices import Achievement
from app.milestones.definitions.due import due_on, periods
from app.milestones.operations.calendars import give_address, take_address
from app.milestones.operations.extending import ask_extension, decide_extension
from app.milestones.operations.freezing import content_of, freeze, order_print, print_key
from app.milestones.operations.life import FINAL, ask_for_report, end_of_course, reports_open, start, tell_of_incident
from app.milestones.operations.monitoring import ScoreData, release_score, save_score
from app.milestones.operations.parts import PartData, confirm_part, save_part
from app.milestones.operations.performing import ask_in_time, handed_in, performance, sent_back
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
    "ask_extension", "ask_for_report", "ask_in_time", "attach", "attach_evidence", "confirm_part", "content_of",
    "decide_extension", "due_on", "end_of_course", "freeze", "give_address", "handed_in", "judge", "judge_row", "locked", "occasion", "order_print",
    "part_titles", "performance", "periods", "print_key", "release_score", "remind", "replan", "report_row", "reports_open", "save", "save_part",
    "save_score", "sent_back", "start", "submit", "take_address", "tell_of_incident", "update_row",
]  # fmt: skip

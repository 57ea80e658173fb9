"""Verbs of calls: make one from its programme's template, edit, publish, move its closing time, answer questions."""

from app.calls.operations.deadlines import (
    LaterDates,
    extend,
    grant_grace,
    grant_individual,
    move_closing,
)
from app.calls.operations.editing import CallValues, Dates, FrameValues, create_from_template, edit, publish
from app.calls.operations.questionnaire import add_questionnaire, publish_questions
from app.calls.operations.questions import AnswerValues, ask, publish_answer, save_answer

__all__ = [
    "AnswerValues",
    "CallValues",
    "Dates",
    "FrameValues",
    "LaterDates",
    "add_questionnaire",
    "ask",
    "create_from_template",
    "edit",
    "extend",
    "grant_grace",
    "grant_individual",
    "move_closing",
    "publish",
    "publish_answer",
    "publish_questions",
    "save_answer",
]

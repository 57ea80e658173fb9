"""Forms of milestones, reports and monitoring."""

from app.milestones.forms.reports import (
    AskForm,
    CompleteForm,
    ConfirmForm,
    DecideForm,
    ExtensionForm,
    IncidentForm,
    ReportsFilter,
    StartForm,
    judge_form,
    part_data,
    part_form,
    report_data,
    report_form,
    sent_back,
)
from app.milestones.forms.rows import PlanForm, RowForm, RowJudgeForm, ScoreForm

__all__ = [
    "AskForm", "CompleteForm", "ConfirmForm", "DecideForm", "ExtensionForm", "IncidentForm", "PlanForm", "ReportsFilter", "RowForm",
    "RowJudgeForm", "ScoreForm", "StartForm", "judge_form", "part_data", "part_form", "report_data", "report_form",
    "sent_back",
]  # fmt: skip

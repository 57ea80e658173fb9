"""Forms of milestone reports."""

from collections.abc import Sequence
from typing import Any

from app.core.forms import BaseForm, ChoiceField, DayField, LongTextField, Required, TextField, VersionField, YenField
from app.core.i18n import _l
from app.milestones.choices import Achievement
from app.milestones.operations import ReportData, Result


class StartForm(BaseForm):
    started_on = DayField(_l("Start"), [Required()])
    end_on = DayField(_l("Planned end"), [Required()])


class CompleteForm(BaseForm):
    completed_on = DayField(_l("Completed on"), [Required()])


class JudgeForm(BaseForm):
    version = VersionField()
    remarks = LongTextField(_l("Remarks"), description=_l("Needed when you return the report."))


class _ReportForm(BaseForm):
    version = VersionField()
    work_done = LongTextField(_l("Work done"))
    deviations = LongTextField(_l("Deviations from the plan, and what you do about them"))
    spend_yen = YenField(_l("Spent in this period (yen)"))


def report_form(milestones: Sequence[Any], formdata: Any = None, **data: Any) -> _ReportForm:
    """The form of one report, with three fields for each milestone."""

    class Form(_ReportForm):
        pass

    for m in milestones:
        choices = [("", _l("Not due yet")), *((a.value, a.label) for a in Achievement)]
        setattr(
            Form, f"achievement-{m.id}", ChoiceField(_l("Achievement"), choices=choices, name=f"achievement-{m.id}")
        )
        setattr(Form, f"value-{m.id}", TextField(_l("Value reached"), limit=40, name=f"value-{m.id}"))
        setattr(Form, f"note-{m.id}", TextField(_l("Note"), limit=1000, name=f"note-{m.id}"))
    return Form(formdata, data=data)


def report_data(form: Any, milestones: Sequence[Any]) -> ReportData:
    results = tuple(
        Result(
            m.id,
            Achievement(form[f"achievement-{m.id}"].data) if form[f"achievement-{m.id}"].data else None,
            form[f"value-{m.id}"].data or "",
            form[f"note-{m.id}"].data or "",
        )
        for m in milestones
    )
    return ReportData(form.work_done.data or "", form.deviations.data or "", form.spend_yen.data, results)

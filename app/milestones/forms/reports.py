"""Forms of reports: the lead's, a partner's part, the officer's finding, later due dates."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wtforms import BooleanField

from app.calls.choices import Programme
from app.core.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
    choices_of,
)
from app.core.i18n import _l
from app.milestones.choices import Achievement, ReportKind, ReportStatus
from app.milestones.definitions.sections import DEVIATIONS, SPENT, WORK, sections_of
from app.milestones.forms.days import NearDayField
from app.milestones.operations import PartData, ReportData, Result

MAX_HOURS = 1_000_000
COLUMNS = {WORK: "work_done", DEVIATIONS: "deviations", SPENT: "spend_yen"}


class StartForm(BaseForm):
    started_on = NearDayField(_l("Start"), [Required()])
    end_on = NearDayField(_l("Planned end"), [Required()])


class CompleteForm(BaseForm):
    completed_on = NearDayField(_l("Completed on"), [Required()])


class AskForm(BaseForm):
    """An officer asks for a report."""

    kind = ChoiceField(_l("Kind"), [Required()], choices=choices_of(ReportKind))
    period_from = NearDayField(_l("From"), [Required()])
    period_to = NearDayField(_l("Until"), [Required()])
    due_on = NearDayField(_l("Due on"), description=_l("Empty: by the rule for this kind of report."))


class IncidentForm(BaseForm):
    """Telling of a delay or an accident."""

    organisation_id = ChoiceField(_l("Organisation"), [Required()])
    happened_on = NearDayField(_l("Happened on"), [Required()])


class ExtensionForm(BaseForm):
    until = NearDayField(_l("New due date"), [Required()])
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)


class DecideForm(BaseForm):
    version = VersionField()
    until = NearDayField(_l("Extend until"), description=_l("Empty: the day that was asked for."))
    answer = TextField(_l("Answer"), limit=1000)


class ConfirmForm(BaseForm):
    version = VersionField()
    name = TextField(_l("Name of the person who confirms"), [Required()])


class ReportsFilter(BaseForm):
    status = ChoiceField(
        _l("State"),
        choices=[
            ("", _l("waiting: handed in, or late")),
            ("all", _l("All")),
            *((s.value, s.label) for s in ReportStatus),
        ],
    )
    kind = ChoiceField(_l("Kind"), choices=choices_of(ReportKind, _l("All")))
    programme = ChoiceField(_l("Programme"), choices=[("", _l("All")), *((p.value, p.short) for p in Programme)])
    overdue = ChoiceField(_l("Due"), choices=[("", _l("All")), ("yes", _l("overdue"))])
    extension = ChoiceField(
        _l("Extension of the due date"), choices=[("", _l("All")), ("asked", _l("waiting for an answer"))]
    )
    due_until = NearDayField(_l("Due until"))


class _JudgeForm(BaseForm):
    version = VersionField()
    remarks = LongTextField(_l("Remarks"), description=_l("Needed when you return the report."))


def judge_form(sections: Mapping[str, Any], formdata: Any = None) -> _JudgeForm:
    """The officer's finding: a box and a remark for each section that can be sent back alone."""

    class Form(_JudgeForm):
        pass

    for key, title in sections.items():
        setattr(Form, f"back-{key}", BooleanField(title, name=f"back-{key}"))
        setattr(Form, f"remark-{key}", TextField(_l("What has to be corrected here"), limit=1000, name=f"remark-{key}"))
    return Form(formdata)


def sent_back(form: Any, sections: Collection[str]) -> dict[str, str]:
    return {key: form[f"remark-{key}"].data or "" for key in sections if form[f"back-{key}"].data}


class _ReportForm(BaseForm):
    version = VersionField()


def report_form(
    kind: ReportKind, milestones: Sequence[Any], locked: Collection[str], formdata: Any = None, **data: Any
) -> _ReportForm:
    """The form of one report: its open sections, and three fields for each milestone."""

    class Form(_ReportForm):
        pass

    for section in sections_of(kind):
        if section.key in locked:
            continue
        name = COLUMNS.get(section.key, f"text-{section.key}")
        build = YenField if section.key == SPENT else LongTextField
        setattr(Form, name, build(section.title, description=section.hint or "", name=name))
    for m in milestones if WORK not in locked else ():
        choices = [("", _l("Not due yet")), *((a.value, a.label) for a in Achievement)]
        setattr(
            Form, f"achievement-{m.id}", ChoiceField(_l("Achievement"), choices=choices, name=f"achievement-{m.id}")
        )
        setattr(Form, f"value-{m.id}", TextField(_l("Value reached"), limit=40, name=f"value-{m.id}"))
        setattr(Form, f"note-{m.id}", TextField(_l("Note"), limit=1000, name=f"note-{m.id}"))
    return Form(formdata, data=data)


def report_data(form: Any, report: Any, milestones: Sequence[Any]) -> ReportData:
    """What was typed; a section that the form does not hold stays as it is stored."""
    results = tuple(
        Result(
            m.id,
            Achievement(form[f"achievement-{m.id}"].data) if form[f"achievement-{m.id}"].data else None,
            form[f"value-{m.id}"].data or "",
            form[f"note-{m.id}"].data or "",
        )
        for m in milestones
        if f"achievement-{m.id}" in form
    )
    typed = {
        section.key: form[name].data
        for section in sections_of(report.kind)
        if (name := COLUMNS.get(section.key, f"text-{section.key}")) in form
    }
    texts = {key: text or "" for key, text in typed.items() if key not in COLUMNS}
    return ReportData(
        (typed[WORK] or "") if WORK in typed else report.work_done,
        (typed[DEVIATIONS] or "") if DEVIATIONS in typed else report.deviations,
        typed[SPENT] if SPENT in typed else report.spend_yen,
        results,
        texts,
    )


class _PartForm(BaseForm):
    version = VersionField()
    work = LongTextField(_l("Your work in this period"))
    deviations = LongTextField(_l("Deviations from the plan, and what you do about them"))
    staff_hours = WholeNumberField(_l("Staff hours"), high=MAX_HOURS)
    assets = LongTextField(_l("Assets bought"))
    ip = LongTextField(_l("Intellectual property filed or obtained"))
    meetings = LongTextField(_l("Meetings held"))
    next_period = LongTextField(_l("Plan for the next period"))
    costs_note = LongTextField(_l("Remarks on the costs"))


def part_form(cost_items: Mapping[str, Any], formdata: Any = None, **data: Any) -> _PartForm:
    """The form of one partner's part, with a field for each cost item."""

    class Form(_PartForm):
        pass

    for key, item in cost_items.items():
        setattr(Form, f"cost-{key}", YenField(item.name, name=f"cost-{key}"))
    return Form(formdata, data=data)


def part_data(form: Any, cost_items: Mapping[str, Any]) -> PartData:
    costs = {key: form[f"cost-{key}"].data for key in cost_items if form[f"cost-{key}"].data}
    words = {
        name: form[name].data or ""
        for name in ("work", "deviations", "costs_note", "assets", "ip", "meetings", "next_period")
    }
    return PartData(staff_hours=form.staff_hours.data, costs=costs, **words)

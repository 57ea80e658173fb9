"""Forms of agreements."""

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import BooleanField

from app.agreements.choices import AwardStatus, Grade
from app.agreements.definitions import AXES
from app.agreements.operations import Sheet, Terms, Verdict
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
    _Typed,
)
from app.core.i18n import _l
from app.projects.choices import Regime


class PercentField(_Typed):
    """A share with at most two decimals: 66.67 is kept as 6667 hundredths of a percent."""

    message = _l("Write a percentage above 0 and up to 100 with at most two decimals, such as 66.67.")

    def read(self, text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
        try:
            value = Decimal(plain) * 100
        except InvalidOperation:
            raise ValueError("not a number") from None
        if len(plain) > 6 or not value.is_finite() or value != value.to_integral_value() or not 0 < value <= 10_000:
            raise ValueError("out of range")
        return int(value)

    def show(self, value: int) -> str:
        return f"{value / 100:g}"


class FilterForm(BaseForm):
    status = ChoiceField(_l("State"), choices=[("", _l("All")), *((s.value, s.label) for s in AwardStatus)])
    regime = ChoiceField(_l("Regime"), choices=[("", _l("All")), *((r.value, r.label) for r in Regime)])


class VersionForm(BaseForm):
    version = VersionField()


class ReasonForm(VersionForm):
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)


class NoteForm(VersionForm):
    reason = LongTextField(_l("Note"), limit=1000)


class DatedForm(VersionForm):
    on = DayField(_l("On"), [Required()])


class DatedReasonForm(DatedForm):
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)


class DatedNoteForm(DatedForm):
    reason = LongTextField(_l("Note"), limit=1000)


class ReceivedForm(DatedForm):
    paper = LongTextField(
        _l("If it came on paper: how, and under which number"),
        limit=1000,
        description=_l("Leave this empty when the report was handed in here."),
    )


class CompletedForm(VersionForm):
    on = DayField(_l("Work ended on"), [Required()])


class PointForm(VersionForm):
    """One point of the checklist."""

    done = BooleanField(_l("Done"))
    not_applicable = BooleanField(_l("Not applicable"))
    note = TextField(_l("Note"), limit=1000)


class SignForm(VersionForm):
    name = TextField(_l("Your name, as you sign"), [Required()])


class ObjectionForm(VersionForm):
    objection = LongTextField(_l("What is wrong with the assessment"), [Required()])


class ConfirmForm(SignForm):
    sha256 = TextField(limit=64)
    read = BooleanField(_l("I have read this text and confirm it for my side."), [Required()])


class OfferForm(VersionForm):
    starts_on = DayField(_l("From"), [Required()])
    ends_on = DayField(_l("Until"), [Required()])
    amount_yen = YenField(_l("Ceiling (yen)"), [Required()])
    rate = PercentField(_l("Share of eligible cost (%)"), [Required()])
    conditions = LongTextField(_l("Further conditions"))

    def terms(self, reason: str = "") -> Terms:
        return Terms(
            self.starts_on.data, self.ends_on.data, self.amount_yen.data, self.rate.data, self.conditions.data or "", reason
        )  # fmt: skip


class ChangeForm(OfferForm):
    reason = LongTextField(_l("Why the terms change"), [Required()], limit=1000)


class ScheduleForm(BaseForm):
    fiscal_year = WholeNumberField(_l("Fiscal year that is evaluated"), [Required()], low=1990, high=2100)
    held_on = DayField(_l("Held on"), [Required()])


class ReviewForm(VersionForm):
    technical = ChoiceField(AXES["technical"])
    commercialization = ChoiceField(AXES["commercialization"])
    policy = ChoiceField(AXES["policy"])
    management = ChoiceField(AXES["management"])
    comment = LongTextField(_l("Evaluators’ comment"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for axis in AXES:
            self[axis].offer([("", _l("Choose a grade")), *((grade.value, grade.label) for grade in Grade)])

    def grades(self) -> dict[str, Grade]:
        return {axis: Grade(self[axis].data) for axis in AXES if self[axis].data}


class DecideForm(VersionForm):
    event = ChoiceField(
        _l("Verdict"),
        [Required()],
        choices=[
            ("", _l("Choose one")),
            ("go_on", _l("Continue")),
            ("reduce", _l("Continue with less")),
            ("stop", _l("Stop")),
        ],
    )
    next_amount_yen = YenField(_l("Next fiscal year’s amount (yen), if less"))
    conditions = LongTextField(_l("Conditions, or the reason for stopping"))

    def verdict(self) -> Verdict:
        return Verdict(self.event.data or "", self.conditions.data or "", self.next_amount_yen.data)


def sheet_form(targets: list[dict[str, Any]], formdata: Any = None, **data: Any) -> Any:
    """The consortium's part of an evaluation, with one result per target."""
    fields: dict[str, Any] = {
        f"result_{n}": TextField(f"{t['goal']} ({t['target']} {t['unit']})".strip(), limit=200) for n, t in enumerate(targets)
    }  # fmt: skip
    fields["version"] = VersionField()
    fields["trl"] = WholeNumberField(_l("Technology readiness level (1 to 9)"), low=1, high=9)
    fields["problems"] = LongTextField(_l("What remains to be solved"))
    fields["plan_update"] = LongTextField(_l("Commercialization plan from here (product, customer, price, sales)"))
    return type("SheetForm", (BaseForm,), fields)(formdata, data=data)


def sheet_of(form: Any, targets: list[dict[str, Any]]) -> Sheet:
    results = [form[f"result_{n}"].data or "" for n in range(len(targets))]
    return Sheet(results, form.trl.data, form.problems.data or "", form.plan_update.data or "")


def costs_form(lines: Any, formdata: Any = None, version: int | None = None) -> Any:
    """The assessed amounts with their reasons, line by line."""
    fields: dict[str, Any] = {"version": VersionField()}
    data: dict[str, Any] = {"version": version}
    for line in lines:
        fields[f"yen-{line.id}"] = YenField(_l("Assessed (yen)"), [Required()])
        fields[f"reason-{line.id}"] = TextField(_l("Reason"), limit=400)
        data |= {f"yen-{line.id}": line.assessed_yen, f"reason-{line.id}": line.reason}
    return type("CostsForm", (BaseForm,), fields)(formdata, data=data)


def amounts_of(form: Any, lines: Any) -> dict[int, tuple[int, str]]:
    return {x.id: (form[f"yen-{x.id}"].data, form[f"reason-{x.id}"].data or "") for x in lines}


#: What each event on an award's page asks for.
EVENT_FORMS: dict[str, type[VersionForm]] = {
    "assess": VersionForm, "apply": VersionForm, "begin": VersionForm, "receive_report": ReceivedForm,
    "return_report": ReasonForm, "settle": VersionForm, "complete": CompletedForm, "follow": VersionForm,
    "suspend": DatedReasonForm, "resume": DatedNoteForm, "withdraw": DatedReasonForm, "terminate": DatedReasonForm,
    "revoke": DatedReasonForm, "claim_repayment": ReasonForm, "close": NoteForm,
}  # fmt: skip

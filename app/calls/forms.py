"""Forms of calls: a new one from its programme, and the editing of a draft."""

import re
import unicodedata
from datetime import datetime
from typing import Any

from wtforms import BooleanField

from app.calls.choices import Programme
from app.calls.definitions import DATES, LONGEST_GRACE_MINUTES, MAX_REVIEWS, NEXT_STEPS, PARAMETERS
from app.core.clock import JST
from app.core.fiscal import jst, parse_day
from app.core.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
    _Typed,
    choices_of,
)
from app.core.i18n import _, _l

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


class InstantField(_Typed):
    """A moment in Japan's time with seconds: 2026-05-29 17:00:00."""

    message = _l("Write a date and a time in JST, such as 2026-05-29 17:00:00.")

    def read(self, text: str) -> datetime:
        plain = unicodedata.normalize("NFKC", text).strip().replace("T", " ")
        day, _space, clock = plain.rpartition(" ")
        match = _CLOCK.fullmatch(clock)
        if not match:
            raise ValueError("no time")
        hour, minute, second = (int(part or 0) for part in match.groups())
        on = parse_day(day)
        if not 1990 <= on.year <= 2200:
            raise ValueError("out of range")
        return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=JST)

    def show(self, value: datetime) -> str:
        return jst(value).strftime("%Y-%m-%d %H:%M:%S")


class NewCallForm(BaseForm):
    programme = ChoiceField(_l("Programme"), [Required()], choices=[])
    fiscal_year = WholeNumberField(_l("Fiscal year"), [Required()], low=1997, high=2100)
    opens_at = InstantField(_l("Opens at (JST)"), [Required()])
    closes_at = InstantField(_l("Closes at (JST)"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme.offer(choices_of(Programme, _("Choose")))


class CallForm(BaseForm):
    """The fields that every call has; ``call_form`` adds those of its frames, criteria and parameters."""

    version = VersionField()
    title_en = TextField(_l("Title in English"), [Required()])
    title_ja = TextField(_l("Title in Japanese"), [Required()])
    summary_en = LongTextField(_l("Summary in English"))
    summary_ja = LongTextField(_l("Summary in Japanese"))
    announce_at = InstantField(_l("Announced at (JST)"))
    opens_at = InstantField(_l("Opens at (JST)"), [Required()])
    questions_until = InstantField(_l("Questions until (JST)"))
    closes_at = InstantField(_l("Closes at (JST)"), [Required()])
    interview_at = InstantField(_l("Interviews at (JST)"))
    decision_at = InstantField(_l("Decision at (JST)"))
    start_at = InstantField(_l("Projects start at (JST)"))
    next_adopted_en = LongTextField(_l("Next steps after adoption, in English"))
    next_adopted_ja = LongTextField(_l("Next steps after adoption, in Japanese"))
    next_reserve_en = LongTextField(_l("Next steps in reserve, in English"))
    next_reserve_ja = LongTextField(_l("Next steps in reserve, in Japanese"))
    next_rejected_en = LongTextField(_l("Next steps when not adopted, in English"))
    next_rejected_ja = LongTextField(_l("Next steps when not adopted, in Japanese"))
    budget_yen = YenField(_l("Budget of the call (yen)"))
    required_reviews = WholeNumberField(
        _l("Reviews needed for each application"), [Required()], low=1, high=MAX_REVIEWS
    )
    followup_years = WholeNumberField(_l("Years of follow-up after completion"), [Required()], low=0, high=15)

    def shown(self) -> dict[Any, str]:
        """Label and text of every field, for the page that compares two versions."""
        return {
            field.label.text: ("✓" if field.data else "–")
            if isinstance(field, BooleanField)
            else str(field._value() or "")
            for field in self
            if field.name != "version"
        }


def call_form(call: Any, formdata: Any = None) -> CallForm:
    """The form of one call, filled from it unless ``formdata`` is given."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        name: getattr(call, name)
        for name in ("version", "title_en", "title_ja", "summary_en", "summary_ja", *DATES, "budget_yen",
                     "required_reviews", "followup_years")
    }  # fmt: skip
    for outcome in NEXT_STEPS:
        for language in ("en", "ja"):
            data[f"next_{outcome}_{language}"] = call.next_steps.get(outcome, {}).get(language, "")
    for name, label in PARAMETERS.items():
        if name in call.parameters:
            fields[f"parameter_{name}"] = WholeNumberField(label, [Required()], low=0, high=100)
            data[f"parameter_{name}"] = call.parameters[name]
    for frame in call.frames:
        p = f"frame_{frame.id}"
        fields[f"{p}_keep"] = BooleanField(_("%(name)s: offered", name=frame.name))
        fields[f"{p}_year1"] = YenField(_("%(name)s: ceiling of year 1 (yen)", name=frame.name))
        fields[f"{p}_year2"] = YenField(_("%(name)s: ceiling of each later year (yen)", name=frame.name))
        fields[f"{p}_years"] = WholeNumberField(
            _("%(name)s: at most years", name=frame.name), [Required()], low=1, high=10
        )
        fields[f"{p}_companies"] = WholeNumberField(
            _("%(name)s: companies needed", name=frame.name), [Required()], low=0, high=20
        )
        fields[f"{p}_sme"] = BooleanField(_("%(name)s: the SME rule applies (CON-7)", name=frame.name))
        data |= {
            f"{p}_keep": True,
            f"{p}_year1": frame.ceiling_year1_yen,
            f"{p}_year2": frame.ceiling_year2_yen,
            f"{p}_years": frame.max_years,
            f"{p}_companies": frame.min_companies,
            f"{p}_sme": frame.sme_rule,
        }
    for criterion in call.criteria:
        fields[f"weight_{criterion.id}"] = WholeNumberField(criterion.name, [Required()], low=0, high=100)
        data[f"weight_{criterion.id}"] = criterion.weight
        fields[f"optional_{criterion.id}"] = BooleanField(_("%(name)s: may be left out", name=criterion.name))
        data[f"optional_{criterion.id}"] = not criterion.mandatory
    for document in call.documents:
        fields[f"blind_safe_{document.id}"] = BooleanField(_("%(name)s: tells no names", name=document.name))
        data[f"blind_safe_{document.id}"] = document.blind_safe
    form_class = type("OneCallForm", (CallForm,), fields)
    return form_class(formdata, data=data)  # type: ignore[no-any-return]


class DeadlineForm(BaseForm):
    """Another closing time for everybody, with the dates that follow it."""

    version = VersionField()
    closes_at = InstantField(_l("New closing time (JST)"), [Required()])
    interview_at = InstantField(_l("Interviews at (JST)"))
    decision_at = InstantField(_l("Decision at (JST)"))
    start_at = InstantField(_l("Projects start at (JST)"))
    reason = LongTextField(
        _l("Reason"), [Required()], limit=1000, description=_l("Sent to the people of every draft and shown in public.")
    )


class GraceForm(BaseForm):
    version = VersionField()
    minutes = WholeNumberField(_l("Minutes after the closing"), [Required()], low=1, high=LONGEST_GRACE_MINUTES)
    number = TextField(
        _l("Number of one application"), limit=30, description=_l("Leave empty when the grace is for everybody.")
    )
    reason = LongTextField(
        _l("Reason"), [Required()], limit=1000, description=_l("Sent to those whom the grace concerns.")
    )


class IndividualForm(BaseForm):
    version = VersionField()
    number = TextField(_l("Number of the application"), [Required()], limit=30)
    to_at = InstantField(_l("Closing time for this application (JST)"), [Required()])
    reason = LongTextField(
        _l("Reason"),
        [Required()],
        limit=1000,
        description=_l("Sent to this consortium only; no other applicant sees it."),
    )


class QuestionForm(BaseForm):
    text = LongTextField(
        _l("Your question"), [Required()], limit=2000,
        description=_l("It is published with the answer, without your name. Write nothing that must stay secret."),
    )  # fmt: skip


class AnswerForm(BaseForm):
    version = VersionField()
    question_en = LongTextField(_l("Question for publication, in English"), limit=2000)
    question_ja = LongTextField(_l("Question for publication, in Japanese"), limit=2000)
    answer_en = LongTextField(_l("Answer in English"))
    answer_ja = LongTextField(_l("Answer in Japanese"))


class VersionForm(BaseForm):
    version = VersionField()

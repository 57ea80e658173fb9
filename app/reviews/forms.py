"""Forms of reviewing and deciding."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import StopValidation

from app.calls.forms import InstantField
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
    select_choices,
)
from app.core.i18n import _, _l, locale
from app.reviews.choices import Confidence, Others, Outcome, PhaseKind
from app.reviews.definitions import RIGHTS, sheets


class ScoreField(RadioField):
    """A score from 1 to 5, or none yet. An optional one can be taken back: its last choice is no score."""

    def __init__(self, label: Any, choices: Any, weight: int, mandatory: bool, **kwargs: Any) -> None:
        super().__init__(label, choices=choices, coerce=_score, **kwargs)
        self.weight, self.mandatory = weight, mandatory

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and self.raw_data[0] and self.data is None:
            raise StopValidation(_("Choose a score from 1 to 5."))


def _score(value: Any) -> int | None:
    return int(value) if str(value) in ("1", "2", "3", "4", "5") else None


class ReviewForm(BaseForm):
    """The fields that every score sheet has; ``review_form`` adds those of the rubric."""

    version = VersionField()
    confidence = ChoiceField(sheets.LABELS[sheets.CONFIDENCE])
    forecast_pct = WholeNumberField(sheets.LABELS[sheets.PROBABILITY], low=0, high=100)
    forecast_year = WholeNumberField(sheets.LABELS[sheets.YEAR], low=sheets.FIRST_YEAR, high=sheets.LAST_YEAR)
    comment_to_panel = LongTextField(
        _l("Comment to the panel"), description=_l("Only officers and the panel read this.")
    )
    comment_to_applicant = LongTextField(
        _l("Comment to the applicant"), description=_l("Sent with the decision, without your name.")
    )
    score_names: tuple[str, ...] = ()

    def texts(self) -> dict[str, str]:
        """What was typed, as one text for each field; of a valid form."""
        return {f.name: "" if f.data is None else str(f.data) for f in self if f.name != "version"}

    @property
    def scores(self) -> list[Any]:
        return [self[name] for name in self.score_names]


#: The form of a rubric is the same for everybody who reads one language: it is made once.
_classes: dict[tuple[Any, ...], type[ReviewForm]] = {}
_MOST = 64


def _form_class(criteria: Sequence[Any]) -> type[ReviewForm]:
    key = (locale(), *((c.id, c.weight, c.mandatory, c.name_en, c.name_ja, repr(c.anchors)) for c in criteria))
    if key not in _classes:
        while len(_classes) >= _MOST:
            _classes.pop(next(iter(_classes)), None)
        _classes[key] = _made(criteria)
    return _classes[key]


def _made(criteria: Sequence[Any]) -> type[ReviewForm]:
    fields: dict[str, Any] = {}
    for criterion in criteria:
        choices = [(n, f"{n} – {anchor}" if (anchor := criterion.anchor(n)) else str(n)) for n in range(5, 0, -1)]
        name = sheets.score_field(criterion.id)
        fields[name] = ScoreField(
            str(criterion.name),
            select_choices([*choices, *(() if criterion.mandatory else (("", _("no score")),))]),
            criterion.weight, criterion.mandatory, name=name,
        )  # fmt: skip
    names = tuple(fields)
    sure = [("", _("not said")), *((one.value, str(one.label)) for one in Confidence)]
    fields[sheets.CONFIDENCE] = ChoiceField(sheets.LABELS[sheets.CONFIDENCE], choices=sure)
    return type("TheReviewForm", (ReviewForm,), {**fields, "score_names": names})


def sent(texts: Mapping[str, str], version: int) -> MultiDict[str, str]:
    """Texts by field as if the page had sent them."""
    return MultiDict({**texts, "version": str(version)})


def review_form(criteria: Sequence[Any], formdata: Any = None, **texts: Any) -> ReviewForm:
    """The score sheet of a rubric: a field ``score-<criterion id>`` for each criterion, filled from texts by field."""
    data: dict[str, Any] = dict(texts)
    for name in (sheets.PROBABILITY, sheets.YEAR):
        if name in data:
            data[name] = int(data[name]) if data[name] else None
    return _form_class(criteria)(formdata, data=data)


class AnswerForm(BaseForm):
    reason = TextField(_l("Reason"), limit=1000, description=_l("Needed when you decline or report a conflict."))


class ReasonForm(BaseForm):
    reason = TextField(_l("Reason"), [Required()], limit=1000)
    version = HiddenField()


class ChangeForm(BaseForm):
    """Why a score that was sent is changed; the scores themselves come with the sheet."""

    reason = TextField(_l("Reason"), [Required()], limit=1000, description=_l("Kept with the score before and after."))


class AssignForm(BaseForm):
    reviewer_id = ChoiceField(_l("Reviewer"), [Required()])
    due_on = DayField(_l("Due on"), [Required()])


class DecisionForm(BaseForm):
    version = VersionField()
    outcome = ChoiceField(_l("Decision"), [Required()], choices=[("", ""), *((o.value, o.label) for o in Outcome)])
    amount_yen = YenField(_l("Amount (yen)"), description=_l("Leave empty when not adopted."))
    conditions = LongTextField(_l("Conditions"), description=_l("Printed in the letter."))
    remarks = LongTextField(
        _l("Remarks for the applicant"),
        description=_l("Printed in the letter and shown with the result, once it is released."),
    )
    remarks_composed = BooleanField(_l("The remarks hold the reviewers’ comments; do not print these beside them"))
    reason = LongTextField(_l("Reason"), [Required()], description=_l("For the record; not sent to the applicant."))


class CorrectionForm(BaseForm):
    version = VersionField()
    outcome = ChoiceField(_l("Decision"), [Required()], choices=[(o.value, o.label) for o in Outcome])
    amount_yen = YenField(_l("Amount (yen)"), description=_l("Leave empty when not adopted."))
    conditions = LongTextField(_l("Conditions"), description=_l("Printed in the letter."))
    remarks = LongTextField(_l("Remarks for the applicant"), description=_l("Printed in the letter."))
    reason = LongTextField(
        _l("Reason for the correction"), [Required()], description=_l("For the record; not sent to the applicant.")
    )


class WordForm(BaseForm):
    word = TextField(
        _l("Word to blot out"), [Required()], limit=100,
        description=_l("A brand, a nickname, a place that tells who applies. Found in every width, case and spacing."),
    )  # fmt: skip


class VersionForm(BaseForm):
    version = VersionField()


class PhaseForm(BaseForm):
    """One phase of a call's review; ``rights`` are the boxes of definitions.RIGHTS."""

    version = VersionField()
    kind = ChoiceField(_l("Kind"), [Required()], choices=[(one.value, one.label) for one in PhaseKind])
    name_en = TextField(_l("Name in English"), [Required()])
    name_ja = TextField(_l("Name in Japanese"), [Required()])
    opens_at = InstantField(_l("Begins at (JST)"), [Required()])
    closes_at = InstantField(_l("Ends at (JST)"), description=_l("Empty: it holds until the next phase opens."))
    others = ChoiceField(
        _l("Reviewers see the reviews of others"), [Required()], choices=[(one.value, one.label) for one in Others]
    )
    sees_proposal = BooleanField(RIGHTS["sees_proposal"])
    sees_names = BooleanField(RIGHTS["sees_names"])
    may_score = BooleanField(RIGHTS["may_score"])
    sees_discussion = BooleanField(RIGHTS["sees_discussion"])
    may_discuss = BooleanField(RIGHTS["may_discuss"])
    sees_means = BooleanField(RIGHTS["sees_means"])
    applicant_answers = BooleanField(RIGHTS["applicant_answers"])

    def shown(self) -> dict[Any, str]:
        """Label and text of every field, for the page that compares two versions."""
        return {
            field.label.text: ("✓" if field.data else "–")
            if isinstance(field, BooleanField)
            else str(field._value() if isinstance(field, InstantField) else field.data or "")
            for field in self
            if field.name != "version"
        }

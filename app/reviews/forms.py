"""Forms of reviewing and deciding."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField
from wtforms.validators import StopValidation

from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    YenField,
    select_choices,
)
from app.core.i18n import _, _l
from app.reviews.choices import Outcome


class ScoreField(RadioField):
    """A score from 1 to 5, or none yet."""

    def __init__(self, label: Any, anchors: dict[int, Any], **kwargs: Any) -> None:
        choices = [(n, f"{n} – {anchors[n]}" if anchors.get(n) else str(n)) for n in range(5, 0, -1)]
        super().__init__(label, choices=select_choices(choices), coerce=_score, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and self.raw_data[0] and self.data is None:
            raise StopValidation(_("Choose a score from 1 to 5."))


def _score(value: Any) -> int | None:
    return int(value) if str(value) in ("1", "2", "3", "4", "5") else None


class _ReviewForm(BaseForm):
    version = VersionField()
    comment_to_panel = LongTextField(
        _l("Comment to the panel"), description=_l("Only officers and the panel read this.")
    )
    comment_to_applicant = LongTextField(
        _l("Comment to the applicant"), description=_l("Sent with the decision, without your name.")
    )


def review_form(criteria: Sequence[Any], formdata: Any = None, **data: Any) -> _ReviewForm:
    """The form for one rubric: a field ``score-<criterion id>`` for each criterion."""

    class Form(_ReviewForm):
        pass

    for criterion in criteria:
        anchors = {n: criterion.anchor(n) for n in range(1, 6)}
        name = f"score-{criterion.id}"
        setattr(Form, name, ScoreField(criterion.name, anchors, name=name))
    return Form(formdata, data=data)


class AnswerForm(BaseForm):
    reason = TextField(_l("Reason"), limit=1000, description=_l("Needed when you decline or report a conflict."))


class ReasonForm(BaseForm):
    reason = TextField(_l("Reason"), [Required()], limit=1000)
    version = HiddenField()


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
    reason = LongTextField(_l("Reason"), [Required()], description=_l("For the record; not sent to the applicant."))

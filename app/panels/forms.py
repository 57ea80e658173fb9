"""Forms of discussions, meetings, minutes and answers."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField

from app.calls.forms import InstantField
from app.core.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    YenField,
)
from app.core.i18n import _l
from app.panels.choices import Audience, Recommendation


class PostForm(BaseForm):
    audience = ChoiceField(_l("Who reads it"), [Required()])
    text = LongTextField(
        _l("Text"), [Required()], limit=4000,
        description=_l("Plain text, at most 4,000 characters. An @ with a name tells that person by mail, once."),
    )  # fmt: skip

    def offer(self, audiences: Any) -> None:
        """Offer the circles to which this person writes, from the smallest to the largest."""
        circles = [one for one in Audience if one in audiences]
        self.audience.offer([(one.value, one.label) for one in circles])


class MendForm(BaseForm):
    version = VersionField()
    text = LongTextField(_l("Text"), [Required()], limit=4000, description=_l("What it said before is kept."))


class NamesForm(BaseForm):
    names_shown = BooleanField(_l("Reviewers of this call read one another’s names"))


class MeetingForm(BaseForm):
    version = VersionField()
    starts_at = InstantField(_l("Starts at (JST)"), [Required()])
    place = TextField(_l("Where it is held"), description=_l("A room, or where the video conference is."))
    chair_id = ChoiceField(_l("Chair"))


class PlanForm(MeetingForm):
    minutes = WholeNumberField(_l("Minutes for each proposal"), [Required()], low=1, high=240)


class NumbersForm(BaseForm):
    version = VersionField()
    numbers = LongTextField(_l("Numbers of proposals"), [Required()], description=_l("One on each line."))


class TimeForm(BaseForm):
    version = VersionField()
    minutes = WholeNumberField(_l("Minutes"), [Required()], low=1, high=240)


class MinutesForm(BaseForm):
    version = VersionField()
    text = LongTextField(_l("Minutes of the discussion"), [Required()], limit=10_000)
    recommendation = ChoiceField(
        _l("Recommendation"), [Required()], choices=[("", ""), *((one.value, one.label) for one in Recommendation)]
    )
    amount_yen = YenField(_l("Amount (yen)"), description=_l("Only when adoption is recommended."))


class VersionForm(BaseForm):
    version = VersionField()


class AnswersForm(BaseForm):
    """The answer to all comments; ``answers_form`` adds a field for each comment."""

    version = VersionField()
    overall = LongTextField(_l("To all comments"), limit=20_000)  # counted as people count further below

    def texts(self) -> dict[str, str]:
        """What was typed, by the key of the comment; of fields that were sent."""
        return {
            field.name.removeprefix("answer-"): field.data or ""
            for field in self
            if field.name.startswith("answer-") and field.raw_data
        }


def answers_form(texts: Mapping[str, str], formdata: Any = None, **data: Any) -> AnswersForm:
    """A field ``answer-<key>`` for each comment."""
    fields = {
        f"answer-{key}": LongTextField(_l("Your answer to comment %(n)d", n=n), limit=20_000)
        for n, key in enumerate(texts, 1)
    }
    made = type("TheAnswersForm", (AnswersForm,), fields)
    return made(formdata, data={**data, **{f"answer-{key}": text for key, text in texts.items()}})

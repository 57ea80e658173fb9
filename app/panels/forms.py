"""Forms of discussions, meetings, minutes and answers."""

from typing import Any

from wtforms import BooleanField

from app.core.forms import BaseForm, ChoiceField, LongTextField, Required, VersionField
from app.core.i18n import _l
from app.panels.choices import Audience


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

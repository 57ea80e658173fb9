"""The question, sent by GET so that every answer has an address."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from app.analytics.definitions import COMMERCIALIZATION
from app.calls.choices import Programme
from app.core.clock import today
from app.core.fiscal import fiscal_year
from app.core.forms import BaseForm, ChoiceField, DayField, Required, WholeNumberField
from app.core.i18n import _, _l
from app.learning.choices import Against
from app.learning.definitions.correlation import FEWEST
from app.learning.definitions.questions import Question
from app.learning.definitions.results import LEVELS

#: How far back the page looks when nothing is asked.
YEARS_BACK = 15


class LearningForm(BaseForm):
    programme = ChoiceField(_l("Programme"), [Required()], choices=[])
    first = WholeNumberField(_l("Rounds from fiscal year"), [Required()], low=1950, high=2100)
    last = WholeNumberField(_l("Rounds to fiscal year"), [Required()], low=1950, high=2100)
    against = ChoiceField(
        _l("Later result"), [Required()], choices=[(a.value, a.label) for a in Against],
        description=_l("What the scores are set against."),
    )  # fmt: skip
    level = ChoiceField(_l("Level"), [Required()], choices=[(key, COMMERCIALIZATION[key].label) for key in LEVELS])
    years = WholeNumberField(_l("Years since completion"), [Required()], low=1, high=10)
    as_of = DayField(_l("As of"), [Required()])
    fewest = WholeNumberField(
        _l("Fewest projects for a figure"), [Required()], low=10, high=1000,
        description=_l("With fewer the page says that there are too few."),
    )  # fmt: skip

    def __init__(self, asked: Any) -> None:
        year = fiscal_year(today())
        defaults: dict[str, Any] = {
            "programme": Programme.consortium_rd.value, "first": year - YEARS_BACK, "last": year,
            "against": Against.reached.value, "level": "E2", "years": 5, "as_of": today(), "fewest": FEWEST,
        }  # fmt: skip
        known = {name for name in defaults if name in asked}
        super().__init__(asked if known else None, data=defaults)
        if known:  # what an address leaves out keeps its default
            for name in defaults.keys() - known:
                self[name].data, self[name].raw_data = defaults[name], None
        self.programme.choices = [*((p.value, p.short) for p in Programme), ("all", _("All programmes"))]

    def validate_last(self, field: Any) -> None:
        if field.data is not None and self.first.data is not None and field.data < self.first.data:
            raise ValidationError(_("The last year must not lie before the first."))

    def question(self) -> Question:
        asked: dict[str, Any] = self.data
        programme = None if asked["programme"] == "all" else Programme(asked["programme"])
        return Question(
            programme, asked["first"], asked["last"], asked["as_of"], asked["level"], asked["years"],
            Against(asked["against"]), asked["fewest"],
        )  # fmt: skip

    def address(self) -> dict[str, Any]:
        """The question as query arguments."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.data.items()
            if value is not None
        }

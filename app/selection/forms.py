"""Forms of a round: calibration, scenarios, lists of decisions."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField

from app.core.forms import BaseForm, ChoiceField, LongTextField, Required, TextField, WholeNumberField, YenField
from app.core.i18n import _, _l
from app.core.money import MAX_YEN
from app.reviews.choices import Outcome
from app.selection.choices import Measure, Sorting

_POINTS = re.compile(r"([0-9])(?:\.([0-9]{1,2}))?", re.ASCII)
BOUNDS = 6  # floors and caps that the form offers at once


class PointsField(WholeNumberField):
    """Points of the scale as people write them (1.25); the value is in hundredths of a point, as are the limits."""

    @property
    def message(self) -> str:  # type: ignore[override]
        return _("Write points from %(low)s to %(high)s.", low=self.show(self.low), high=self.show(self.high))

    def read(self, text: str) -> int:
        found = _POINTS.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None:
            raise ValueError("not points")
        return super().read(found[1] + (found[2] or "").ljust(2, "0"))

    def show(self, value: Any) -> str:
        return f"{value / 100:.2f}"


class RankingForm(BaseForm):
    """What the ranking's address may ask for."""

    sort = ChoiceField(choices=[(s.value, s.value) for s in Sorting])


class CalibrationForm(BaseForm):
    places = WholeNumberField(
        _l("Fundable proposals"), low=1, high=100_000, description=_l("Where the line lies; or give a budget.")
    )
    budget_yen = YenField(
        _l("Budget (yen)"), description=_l("The line lies where the amounts asked for, added up by rank, exceed it.")
    )
    lower_pct = WholeNumberField(_l("Zone of indifference from (%)"), [Required()], low=1, high=98)
    upper_pct = WholeNumberField(_l("Zone of indifference to (%)"), [Required()], low=2, high=99)
    fewest = WholeNumberField(_l("Fewest reviews of a reviewer"), [Required()], low=2, high=20)
    disagreement = PointsField(_l("Spread from which reviews disagree (points)"), [Required()], low=10, high=200)


class ScenarioForm(BaseForm):
    name = TextField(_l("Name of the scenario"), [Required()], limit=200)
    note = LongTextField(_l("Note"), limit=2000)
    total_yen = YenField(_l("Budget of all years (yen)"))
    most = WholeNumberField(_l("Proposals at most"), low=1, high=100_000)
    least_score = PointsField(
        _l("Least score (points, 1 to 5)"), low=0, high=500, description=_l("Proposals below it are left out.")
    )
    over_least = BooleanField(_l("Count only what a score has above the least score"))
    least_share = WholeNumberField(
        _l("Least part of the amount asked for (%)"), [Required()], low=10, high=100,
        description=_l("100 means that no amount is cut."),
    )  # fmt: skip
    step_yen = YenField(_l("Amounts are cut in steps of (yen)"), [Required()])
    fixed = LongTextField(
        _l("Fixed in or out"),
        description=_l(
            "One a line: number, “in” or “out”, reason. For example: C2026-1-0007 in continues a cluster project"
        ),
    )


def scenario_form(years: Sequence[int], tags: Sequence[tuple[str, Any]], formdata: Any = None, **data: Any) -> Any:
    """The form for one call: ``year-<fiscal year>`` for each year, and rows ``bound-<n>-tag|measure|low|high``."""

    class Form(ScenarioForm):
        pass

    from app.core.i18n import show_fiscal_year

    for year in years:
        label = _("Budget of %(year)s (yen)", year=show_fiscal_year(year))
        setattr(Form, f"year-{year}", YenField(label, name=f"year-{year}"))
    for n in range(BOUNDS):
        name = f"bound-{n}"
        offered = [("", _("No limit")), *tags]
        setattr(Form, f"{name}-tag", ChoiceField(_("Group"), choices=offered, name=f"{name}-tag"))
        kinds = [(m.value, m.label) for m in Measure]
        setattr(Form, f"{name}-measure", ChoiceField(_("Counted in"), choices=kinds, name=f"{name}-measure"))
        for end, words in (("low", _("At least")), ("high", _("At most"))):
            setattr(Form, f"{name}-{end}", WholeNumberField(words, high=MAX_YEN, name=f"{name}-{end}"))
    return Form(formdata, data=data)


class ListForm(BaseForm):
    lines = LongTextField(
        _l("Numbers, one a line"), [Required()], limit=100_000,
        description=_l("An amount in yen may follow a number where it is not what was asked for."),
    )  # fmt: skip
    outcome = ChoiceField(_l("Decision"), [Required()], choices=[("", ""), *((o.value, o.label) for o in Outcome)])
    reason = LongTextField(_l("Reason"), [Required()], description=_l("For the record; not sent to the applicant."))


class AdoptForm(BaseForm):
    reason = LongTextField(_l("Reason"), [Required()], description=_l("For the record; not sent to the applicant."))


class OrderForm(BaseForm):
    numbers = LongTextField(_l("Numbers in the order of the reserve list, one a line"), [Required()], limit=100_000)

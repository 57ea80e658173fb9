"""Forms of assigning."""

from collections.abc import Mapping, Sequence

from wtforms import BooleanField

from app.applications.forms.fields import AddressField
from app.assigning.definitions.planning import Parameters
from app.calls.forms import InstantField
from app.core.forms import BaseForm, ChoiceField, DayField, LongTextField, Required, TextField, WholeNumberField
from app.core.i18n import _, _l


class PlanForm(BaseForm):
    """The conditions of a plan."""

    wanted = WholeNumberField(_l("Reviewers per proposal"), [Required()], low=1, high=10)
    most = WholeNumberField(
        _l("Reviews per reviewer at most"), [Required()], low=1, high=200,
        description=_l("A lower limit in a profile goes first."),
    )  # fmt: skip
    least = WholeNumberField(_l("Reviews per reviewer at least"), [Required()], low=0, high=200)
    academic = WholeNumberField(_l("From universities and research, at least"), [Required()], low=0, high=10)
    business = WholeNumberField(_l("From business, at least"), [Required()], low=0, high=10)
    bad = LongTextField(
        _l("Reviewers who shall not read the same proposal"),
        description=_l("One pair a line: e-mail address; e-mail address"),
    )
    keep = BooleanField(
        _l("Leave everybody who was asked where they are"),
        description=_l("Without the tick, requests on which nothing was written may be withdrawn at the price below."),
    )
    removal = WholeNumberField(
        _l("Price of a withdrawal (points)"), [Required()], low=0, high=500,
        description=_l("A pair is worth up to 150 points: topic up to 100, wishes from -50 to 50."),
    )  # fmt: skip
    crowding = WholeNumberField(
        _l("Price of each further review of a person (points)"), [Required()], low=0, high=50,
        description=_l("The first costs this once, the second twice, and so on: work spreads."),
    )  # fmt: skip
    fit = WholeNumberField(_l("Weight of the topic (%)"), [Required()], low=0, high=300)
    wish = WholeNumberField(_l("Weight of the wishes (%)"), [Required()], low=0, high=300)

    def pairs(self, people: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
        """The bad pairs by key; lines that cannot be read are refused at the field. ``people`` are by address."""
        found = []
        for line in (self.bad.data or "").replace("；", ";").splitlines():
            parts = [part.strip().lower() for part in line.split(";") if part.strip()]
            if not parts:
                continue
            keys = [people.get(part) for part in parts]
            if len(parts) != 2 or None in keys or keys[0] == keys[1]:
                self.refuse("bad", _("“%(line)s”: write the addresses of two reviewers.", line=line[:80]))
            else:
                a, b = sorted(key for key in keys if key is not None)
                found.append((a, b))
        return tuple(dict.fromkeys(found))

    def parameters(self, bad: Sequence[tuple[int, int]]) -> Parameters:
        names = ("wanted", "least", "most", "academic", "business", "removal", "crowding", "fit", "wish")
        return Parameters(**{name: self[name].data for name in names}, keep=bool(self.keep.data), bad=tuple(bad))


class ApplyForm(BaseForm):
    answer_by = DayField(_l("Answer until"), [Required()], description=_l("For example 2026-12-15"))
    due_on = DayField(_l("Review until"), [Required()])


class PairForm(BaseForm):
    reviewer_id = ChoiceField(_l("Reviewer"), [Required()])


class ReplaceForm(ApplyForm):
    reviewer_id = ChoiceField(_l("Reviewer"), [Required()])


class DeclineForm(BaseForm):
    reason = LongTextField(_l("Reason"), [Required()], limit=1000)
    suggestion = LongTextField(
        _l("Whom do you suggest instead?"), limit=1000,
        description=_l("Name, employer, why; only the office reads this."),
    )  # fmt: skip


class RoundForm(BaseForm):
    closes_at = InstantField(_l("Wishes until"), [Required()])


class PoolForm(BaseForm):
    """An invitation to the pool."""

    name = TextField(_l("Name"), [Required()])
    email = AddressField(_l("E-mail address"), [Required()])
    locale = ChoiceField(_l("Language of the letter"), [Required()], choices=[("ja", "日本語"), ("en", "English")])


class TableForm(BaseForm):
    """A table as it was read, for the second step."""

    content = LongTextField(limit=1_000_000)

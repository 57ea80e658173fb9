"""Forms of the PDCA board."""

import re
import unicodedata
from typing import Any

from wtforms import ValidationError

from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION
from app.calls.choices import Programme
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
)
from app.core.i18n import _, _l
from app.portfolio.choices import Actual
from app.portfolio.definitions.pace import FOLLOWED, fits
from app.portfolio.operations import ActionData, TargetData

RATES = (Actual.commercialization.value, Actual.participation.value)
_NUMBER = re.compile(r"[0-9]{1,3}(,[0-9]{3})*(\.[0-9]{1,4})?|[0-9]{1,12}(\.[0-9]{1,4})?", re.ASCII)


class NumberField(WholeNumberField):
    """A number of up to twelve digits with at most four decimals."""

    message = _l("Write a number such as 26.5 or 40,000.")  # type: ignore[assignment]

    def read(self, text: str) -> Any:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not _NUMBER.fullmatch(plain) or float(plain.replace(",", "")) > 1e12:
            raise ValueError("not a number")
        return float(plain.replace(",", ""))

    def show(self, value: Any) -> str:
        return f"{value:,.4f}".rstrip("0").rstrip(".")


class TargetForm(BaseForm):
    indicator = TextField(_l("Indicator"), [Required()], limit=200)
    unit = TextField(_l("Unit"), [Required()], limit=40)
    baseline = NumberField(_l("Baseline"), [])
    starts_on = DayField(_l("Day of the baseline"), [Required()])
    target = NumberField(_l("Target"), [])
    ends_on = DayField(_l("Day of the target"), [Required()])
    programme = ChoiceField(_l("Programme"), choices=[])
    cluster_id = ChoiceField(_l("Cluster"), choices=[])
    source = TextField(_l("Where the target is laid down"), [Required()], limit=400)
    actual = ChoiceField(
        _l("The actual value comes from"), [Required()], choices=[(kind.value, kind.label) for kind in Actual]
    )
    definition = ChoiceField(
        _l("Definition of the rate"),
        choices=[("", "–")]
        + [(d.id, d.label) for d in COMMERCIALIZATION.values()]
        + [(key, PARTICIPATION[key].label) for key in FOLLOWED],
    )
    first = WholeNumberField(_l("Projects from fiscal year"), low=1950, high=2100)
    last = WholeNumberField(_l("Projects to fiscal year"), low=1950, high=2100)
    lag = WholeNumberField(_l("Years since completion at least"), low=0, high=50)
    version = VersionField()

    def __init__(self, formdata: Any = None, clusters: Any = (), **kwargs: Any) -> None:
        super().__init__(formdata, **kwargs)
        self.programme.offer([("", _("All programmes")), *((p.value, p.short) for p in Programme)])
        self.cluster_id.offer([("", _("None")), *((str(c.id), c.name) for c in clusters)])

    @classmethod
    def of(cls, row: Any, clusters: Any) -> "TargetForm":
        """The form filled with what is stored."""
        stored = {name: getattr(row, name) for name in ("indicator", "unit", "baseline", "starts_on", "target", "ends_on", "source", "version")}  # fmt: skip
        programme = row.programme.value if row.programme else ""
        return cls(
            None, clusters, data={**stored, **row.question, "programme": programme, "actual": row.actual.value,
                                  "cluster_id": str(row.cluster_id or "")},
        )  # fmt: skip

    def _needed(self, field: Any) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Fill in this field."))

    validate_baseline = validate_target = _needed

    def validate_definition(self, field: Any) -> None:
        if self.actual.data not in RATES:
            return
        if not fits(Actual(self.actual.data), field.data):
            raise ValidationError(_("Choose a definition of this kind of rate."))

    def validate_last(self, field: Any) -> None:
        if self.actual.data not in RATES:
            return
        if self.first.data is None or field.data is None or field.data < self.first.data:
            raise ValidationError(_("Give the first and the last fiscal year, the first not after the last."))

    def target_data(self) -> TargetData:
        asked: dict[str, Any] = self.data
        kind = Actual(asked["actual"])
        question = {name: asked[name] for name in ("definition", "first", "last")} | {"lag": asked["lag"] or 0}
        names = ("indicator", "unit", "baseline", "target", "starts_on", "ends_on", "source")
        return TargetData(
            **{name: asked[name] for name in names},
            programme=Programme(asked["programme"]) if asked["programme"] else None,
            cluster_id=int(asked["cluster_id"]) if asked["cluster_id"] else None,
            actual=kind,
            question=None if kind is Actual.typed else question,
        )


class ValueForm(BaseForm):
    observed_on = DayField(_l("On"), [Required()])
    value = NumberField(_l("Value"), [])
    source = TextField(_l("Source"), [Required()], limit=400)

    validate_value = TargetForm._needed


class ActionForm(BaseForm):
    title = TextField(_l("What is done"), [Required()], limit=200)
    owner_id = ChoiceField(_l("Who sees to it"), [Required()], choices=[])
    due_on = DayField(_l("Until"), [Required()])
    year = WholeNumberField(_l("Fiscal year"), [Required()], low=1950, high=2100)

    def __init__(self, formdata: Any = None, officers: Any = (), **kwargs: Any) -> None:
        super().__init__(formdata, **kwargs)
        self.owner_id.offer([(str(user.id), user.name) for user in officers])

    def action_data(self) -> ActionData:
        return ActionData(self.title.data, int(self.owner_id.data), self.due_on.data)


class MoveForm(BaseForm):
    words = LongTextField(_l("What came of it, or why it is dropped"), limit=2000)
    due_on = DayField(_l("New due day"))
    version = VersionField()

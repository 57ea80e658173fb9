"""Forms of targets and of new businesses."""

from typing import Any

from wtforms import BooleanField

from app.clusters.choices import BusinessType, FigureKind, Indicator
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    Required,
    TextField,
    VersionField,
    WholeNumberField,
    choices_of,
)
from app.core.i18n import _, _l

TARGET_FIELDS = ("indicator", "kind", "value", "baseline", "valid_from", "valid_to", "cumulative", "counted_from", "source")  # fmt: skip


class TargetForm(BaseForm):
    indicator = ChoiceField(_l("Indicator"), [Required()])
    kind = ChoiceField(_l("Target, forecast or report"), [Required()])
    value = WholeNumberField(_l("Value"), [Required()], high=10**15)
    valid_from = DayField(_l("From"), [Required()])
    valid_to = DayField(_l("Until before"), [Required()])
    cumulative = BooleanField(_l("Cumulative total"))
    counted_from = DayField(_l("Counted since"))
    baseline = WholeNumberField(_l("Level at the beginning"), high=10**15)
    source = TextField(_l("Source"), limit=400)
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator.offer([("", _("Choose")), *((one.value, f"{one.label} ({one.unit})") for one in Indicator)])
        self.kind.offer(choices_of(FigureKind, _("Choose")))

    def values(self) -> dict[str, Any]:
        return {
            "indicator": Indicator(str(self.indicator.data)),
            "kind": FigureKind(str(self.kind.data)),
            "source": self.source.data or "",
            "cumulative": bool(self.cumulative.data),
            **{name: self[name].data for name in ("value", "baseline", "valid_from", "valid_to", "counted_from")},
        }


class ReasonForm(BaseForm):
    """Why something is taken back."""

    reason = TextField(_l("Reason"), [Required()], limit=400)
    version = VersionField()


class BusinessForm(BaseForm):
    organisation = TextField(_l("Organisation: its key or its corporate number"), [Required()], limit=60)
    name_ja = TextField(_l("Name in Japanese"))
    name_en = TextField(_l("Name in English"))
    type = ChoiceField(_l("Type"), [Required()])
    kind = ChoiceField(_l("Forecast or actual"), [Required()])
    started_on = DayField(_l("Begun on, or expected to begin on"), [Required()])
    evidence = TextField(_l("Evidence"), limit=400)
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type.offer(choices_of(BusinessType, _("Choose")))
        self.kind.offer(
            [("", _("Choose")), *((one.value, one.label) for one in (FigureKind.forecast, FigureKind.actual))]
        )

    def values(self) -> dict[str, Any]:
        return {
            "organisation": self.organisation.data,
            "name_ja": self.name_ja.data or "",
            "name_en": self.name_en.data or "",
            "type": BusinessType(str(self.type.data)),
            "kind": FigureKind(str(self.kind.data)),
            "started_on": self.started_on.data,
            "evidence": self.evidence.data or "",
        }

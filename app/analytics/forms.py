"""Forms that ask for a rate. They are sent by GET, so that every answer has an address."""

from datetime import date
from typing import Any

from wtforms import ValidationError

from app.analytics.definitions import (
    COMMERCIALIZATION,
    PARTICIPATION,
    Commercialization,
    Participation,
    Reference,
    ReferenceKind,
)
from app.analytics.definitions.figures import Comparison
from app.calls.choices import Programme
from app.core.forms import BaseForm, ChoiceField, DayField, Required, WholeNumberField
from app.core.i18n import Bilingual, _, _l
from app.outcomes.choices import EvidenceLevel

POPULATIONS = (
    ("adopted", Bilingual("adopted (by year of adoption)", "採択(採択年度)")),
    ("completed", Bilingual("completed (by year of completion)", "完了(完了年度)")),
)


class _RateForm(BaseForm):
    defaults: dict[str, Any] = {}
    first = WholeNumberField(_l("From fiscal year"), [Required()], low=1950, high=2100)
    last = WholeNumberField(_l("To fiscal year"), [Required()], low=1950, high=2100)
    programme = ChoiceField(_l("Programme"), [Required()], choices=[])

    def __init__(self, asked: Any) -> None:
        known = {name: value for name, value in asked.items() if name in self._names()}
        super().__init__(asked if known else None, data=self.defaults)
        if known:  # what an address leaves out keeps its default
            for name, value in self.defaults.items():
                if name not in known:
                    self[name].data = value
                    self[name].raw_data = None
        self.programme.choices = [*((p.value, p.short) for p in Programme), ("all", _("All programmes"))]

    @classmethod
    def _names(cls) -> set[str]:
        return set(cls.defaults)

    def validate_last(self, field: Any) -> None:
        if field.data is not None and self.first.data is not None and field.data < self.first.data:
            raise ValidationError(_("The last year must not lie before the first."))

    def _programme(self) -> Programme | None:
        name: Any = self.programme.data
        return None if name == "all" else Programme(name)

    def address(self) -> dict[str, Any]:
        """The question as query arguments."""
        found = {}
        for name in self.defaults:
            value = self[name].data
            if value not in (None, ""):
                found[name] = value.isoformat() if isinstance(value, date) else value
        return found


class ParticipationForm(_RateForm):
    defaults = {
        "definition": "PR-1",
        "programme": "consortium_rd",
        "population": "adopted",
        "first": 1997,
        "last": 2004,
        "reference": "fixed",
        "day": date(2005, 12, 31),
        "list_code": None,
    }
    definition = ChoiceField(_l("Definition"), [Required()], choices=[])
    population = ChoiceField(_l("Population"), [Required()], choices=[])
    reference = ChoiceField(_l("Membership is judged"), [Required()], choices=[])
    day = DayField(_l("Date (fixed or ever)"))
    list_code = ChoiceField(_l("List (PR-8)"), choices=[])

    def __init__(self, asked: Any, lists: Any) -> None:
        super().__init__(asked)
        self.definition.choices = [(d.id, d.label) for d in PARTICIPATION.values()]
        self.population.choices = list(POPULATIONS)
        self.reference.choices = [(kind.value, kind.label) for kind in ReferenceKind]
        self.list_code.choices = [
            ("", _("None")),
            *((row.list_code, Bilingual(row.name_en, row.name_ja)) for row in lists),
        ]

    def validate_day(self, field: Any) -> None:
        if self.reference.data in ("fixed", "ever") and field.data is None:
            raise ValidationError(_("Give the date on which membership is judged."))

    def validate_list_code(self, field: Any) -> None:
        if self.definition.data == "PR-8" and not field.data:
            raise ValidationError(_("Choose the list that PR-8 counts."))

    def validate_reference(self, field: Any) -> None:
        if self.definition.data in ("PR-7", "PR-8") and field.data not in ("fixed", "ever"):
            raise ValidationError(_("This definition needs a fixed date or “ever until a date”."))

    def question(self) -> Participation:
        asked: dict[str, Any] = self.data
        kind = ReferenceKind(asked["reference"])
        return Participation(
            asked["definition"],
            self._programme(),
            asked["population"],
            asked["first"],
            asked["last"],
            Reference(kind, asked["day"] if kind.dated else None),
            asked["list_code"] if asked["definition"] == "PR-8" else None,
        )


class CommercializationForm(_RateForm):
    defaults = {
        "level": "E1",
        "programme": "consortium_rd",
        "first": 1997,
        "last": 2005,
        "as_of": date(2006, 3, 31),
        "known_at": None,
        "lag": 0,
        "min_evidence": "0",
    }
    level = ChoiceField(_l("Level"), [Required()], choices=[])
    as_of = DayField(_l("As of"), [Required()])
    known_at = DayField(_l("Known by (optional)"))
    lag = WholeNumberField(_l("Years since completion at least"), low=0, high=50)
    min_evidence = ChoiceField(_l("Evidence at least"), [Required()], choices=[])

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        self.level.choices = [(d.id, d.label) for d in COMMERCIALIZATION.values()]
        self.min_evidence.choices = [(str(int(level)), level.label) for level in EvidenceLevel]

    def question(self) -> Commercialization:
        asked: dict[str, Any] = self.data
        return Commercialization(
            asked["level"],
            self._programme(),
            asked["first"],
            asked["last"],
            asked["as_of"],
            asked["known_at"],
            asked["lag"] or 0,
            int(asked["min_evidence"]),
        )


class ComparisonForm(CommercializationForm):
    """Cluster projects against others, at equal age (CR-12)."""

    defaults = {**CommercializationForm.defaults, "reference": "adoption", "day": date(2005, 12, 31), "within": 3}
    reference = ChoiceField(_l("Membership is judged"), [Required()], choices=[])
    day = DayField(_l("Date (fixed or ever)"))
    within = WholeNumberField(_l("Reached within how many years"), low=0, high=30)

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        self.reference.choices = [(kind.value, kind.label) for kind in ReferenceKind]

    def validate_day(self, field: Any) -> None:
        if self.reference.data in ("fixed", "ever") and field.data is None:
            raise ValidationError(_("Give the date on which membership is judged."))

    def comparison(self) -> Comparison:
        asked: dict[str, Any] = self.data
        kind = ReferenceKind(asked["reference"])
        reference = Reference(kind, asked["day"] if kind.dated else None)
        return Comparison(self.question(), reference, 3 if asked["within"] is None else asked["within"])

"""Forms of change requests; the form of a kind is made of its declared fields."""

from typing import Any

from app.applications.choices import MemberRole
from app.calls.choices import COST_ITEMS
from app.changes.choices import ChangeKind, ChangeStatus
from app.changes.definitions import KINDS, FieldType
from app.changes.operations import Words
from app.core.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    VersionField,
    YenField,
)
from app.core.i18n import _l, show_fiscal_year


class WordsForm(BaseForm):
    version = VersionField()
    reason = LongTextField(_l("Why the change is needed"))
    effect_on_goals = LongTextField(_l("Effect on the goals"), limit=2000)
    effect_on_budget = LongTextField(_l("Effect on the budget"), limit=2000)
    effective_on = DayField(_l("Holds from"), description=_l("A cost without prior approval is not eligible (MON-4)."))

    def as_data(self) -> Words:
        return Words(
            self.reason.data or "", self.effect_on_goals.data or "", self.effect_on_budget.data or "",
            self.effective_on.data,
        )  # fmt: skip


class DecisionForm(BaseForm):
    version = VersionField()
    basis = TextField(limit=64)
    words = LongTextField(_l("Conditions or reason"), description=_l("Needed for everything but a plain approval."))


class StepForm(BaseForm):
    version = VersionField()


class FilterForm(BaseForm):
    status = ChoiceField(
        _l("State"),
        choices=[
            ("", _l("waiting for the office")),
            ("all", _l("All")),
            *((s.value, s.label) for s in ChangeStatus if s not in (ChangeStatus.draft, ChangeStatus.submitted)),
        ],
    )


def item_form(kind: ChangeKind, choices: dict[str, list[tuple[str, Any]]], formdata: Any = None) -> Any:
    """The form of one kind; ``choices`` for partner, milestone and year come from the project."""
    offers = {
        FieldType.item: [(code, COST_ITEMS[code].name) for code in COST_ITEMS],
        FieldType.role: [(role.value, role.label) for role in MemberRole],
        FieldType.partner: choices["partner"],
        FieldType.milestone: choices["milestone"],
        FieldType.year: choices["year"],
    }
    plain = {
        FieldType.text: TextField, FieldType.long: LongTextField, FieldType.day: DayField, FieldType.yen: YenField,
        FieldType.organisation: TextField,
    }  # fmt: skip
    fields: dict[str, Any] = {"version": VersionField()}
    for one in KINDS[kind].fields:
        needed = [Required()] if one.required else []
        if one.type in offers:
            fields[one.name] = ChoiceField(one.label, needed, choices=[("", ""), *offers[one.type]])
        else:
            fields[one.name] = plain[one.type](one.label, needed)
    return type("ItemForm", (BaseForm,), fields)(formdata)


def year_choices(years: list[int]) -> list[tuple[str, Any]]:
    return [(str(year), show_fiscal_year(year)) for year in years]

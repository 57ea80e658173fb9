"""The sections of a draft: basics, milestones, commercialization plan, a member's share."""

from typing import Any

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from app.applications.choices import NoveltyKind
from app.applications.forms.fields import JsicField, SectionForm, SignedYenField, TargetField
from app.applications.operations import MAX_MILESTONES, Basics, Milestone, Plan, Share
from app.calls.choices import COST_ITEMS, Programme
from app.clusters.choices import FIELDS
from app.core.forms import (
    ChoiceField,
    DayField,
    LongTextField,
    Required,
    TextField,
    WholeNumberField,
    YenField,
    choices_of,
    select_choices,
)
from app.core.i18n import _, _l

SPARE_ROWS = 3


class BasicsForm(SectionForm):
    frame_id = ChoiceField(_l("Frame"), [Required()], coerce=str)
    title_ja = TextField(_l("Title in Japanese"))
    title_en = TextField(_l("Title in English"))
    abstract = LongTextField(_l("Abstract"))
    field = ChoiceField(_l("Field"))
    starts_on = DayField(_l("Starts on"))
    ends_on = DayField(_l("Ends on"))
    seed_technology = LongTextField(_l("Seed technology: what it is, whose it is, what is already proven"))
    novelty = SelectMultipleField(
        _l("What is new"), option_widget=CheckboxInput(), choices=select_choices(choices_of(NoveltyKind))
    )
    novelty_text = LongTextField(_l("Why it is new, compared with what exists"))
    combination_text = LongTextField(_l("How the members' fields differ and how they combine"))
    has_written_rules = BooleanField(_l("The body has written rules on roles and responsibilities"))

    def values(self) -> Basics:
        def text(name: str) -> str:
            return (self[name].data or "") if name in self else ""

        return Basics(
            frame_id=int(str(self.frame_id.data)),
            title_en=text("title_en"),
            title_ja=text("title_ja"),
            abstract=text("abstract"),
            field=text("field"),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            seed_technology=text("seed_technology"),
            novelty=tuple(self.novelty.data or ()) if "novelty" in self else (),
            novelty_text=text("novelty_text"),
            combination_text=text("combination_text"),
            has_written_rules=bool(self.has_written_rules.data) if "has_written_rules" in self else False,
        )


def basics_form(application: Any, formdata: Any = None) -> BasicsForm:
    data = {
        name: getattr(application, name)
        for name in ("version", "frame_id", "title_en", "title_ja", "abstract", "field", "starts_on", "ends_on",
                     "seed_technology", "novelty_text", "combination_text", "has_written_rules")
    }  # fmt: skip
    data["novelty"] = [code for code in application.novelty.split(";") if code]
    form = BasicsForm(formdata, data=data)
    form.frame_id.offer([(str(f.id), f.name) for f in application.call.frames])
    form.field.offer(choices_of(FIELDS.values(), _("Choose")))
    if application.call.programme == Programme.consortium_rd:
        del form.novelty, form.novelty_text, form.combination_text, form.has_written_rules
    else:
        del form.seed_technology
    return form


class MilestonesForm(SectionForm):
    def rows(self) -> list[Milestone]:
        """The filled-in rows; raises nothing, validation has been asked before."""
        found = []
        for n in range(self.count):
            if self[f"m{n}_goal"].data:
                org = self[f"m{n}_organisation_id"].data
                found.append(
                    Milestone(
                        self[f"m{n}_goal"].data,
                        self[f"m{n}_target_value"].data,
                        self[f"m{n}_unit"].data or "",
                        self[f"m{n}_due_on"].data,
                        int(org) if org else None,
                    )
                )
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for n in range(self.count):
            parts = {name: self[f"m{n}_{name}"] for name in ("goal", "target_value", "due_on")}
            if any(field.data or field.errors for field in parts.values()) or self[f"m{n}_unit"].data:
                for field in parts.values():
                    if not field.data and not field.errors:
                        field.errors = [_("Fill in this field, or empty the whole row.")]
                        good = False
        return good

    count = 0


def milestones_form(application: Any, formdata: Any = None) -> MilestonesForm:
    stored = list(application.milestones)
    count = min(MAX_MILESTONES, len(stored) + SPARE_ROWS)
    fields: dict[str, Any] = {"count": count}
    data: dict[str, Any] = {"version": application.version}
    seen: dict[int, Any] = {m.organisation_id: m.organisation.name for m in application.members}
    organisations = [("", _("the whole consortium")), *((str(key), name) for key, name in seen.items())]
    for n in range(count):
        p, no = f"m{n}", n + 1
        fields[f"{p}_goal"] = TextField(_("Milestone %(n)d: goal", n=no), limit=400)
        fields[f"{p}_target_value"] = TargetField(_("Milestone %(n)d: target value", n=no))
        fields[f"{p}_unit"] = TextField(_("Milestone %(n)d: unit", n=no), limit=40)
        fields[f"{p}_due_on"] = DayField(_("Milestone %(n)d: due on", n=no))
        fields[f"{p}_organisation_id"] = ChoiceField(_("Milestone %(n)d: responsible", n=no), choices=organisations)
        if n < len(stored):
            for name in ("goal", "target_value", "unit", "due_on"):
                data[f"{p}_{name}"] = getattr(stored[n], name)
            data[f"{p}_organisation_id"] = str(stored[n].organisation_id or "")
    return type("TheMilestonesForm", (MilestonesForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]


class PlanForm(SectionForm):
    product = LongTextField(_l("Product or service"), limit=4000)
    market = LongTextField(_l("Market: who needs it, how large, on what evidence"))
    who_sells = LongTextField(_l("Who makes it and who sells it"))
    first_sale_on = DayField(_l("First sale on"))
    investment_yen = YenField(_l("Investment until the first sale (yen)"))

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for no in range(1, 11):
            sales, profit = self[f"sales_{no}"], self[f"profit_{no}"]
            if sales.data is None and profit.data is not None and not sales.errors:
                sales.errors = [_("Enter the sales of this year too, 0 if there are none.")]
                good = False
        return good

    def values(self) -> Plan:
        return Plan(
            self.product.data or "",
            self.market.data or "",
            self.who_sells.data or "",
            self.first_sale_on.data,
            self.investment_yen.data,
            {
                no: (self[f"sales_{no}"].data, self[f"profit_{no}"].data or 0)
                for no in range(1, 11)
                if self[f"sales_{no}"].data is not None
            },
        )


def plan_form(application: Any, formdata: Any = None) -> PlanForm:
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"version": application.version}
    plan = application.plan
    if plan is not None:
        for name in ("product", "market", "who_sells", "first_sale_on", "investment_yen"):
            data[name] = getattr(plan, name)
        for year in plan.years:
            data[f"sales_{year.year_no}"], data[f"profit_{year.year_no}"] = year.sales_yen, year.profit_yen
    for no in range(1, 11):
        fields[f"sales_{no}"] = YenField(_("Year %(n)d after completion: sales (yen)", n=no))
        fields[f"profit_{no}"] = SignedYenField(_("Year %(n)d after completion: profit (yen)", n=no))
    return type("ThePlanForm", (PlanForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]


class ShareForm(SectionForm):
    resources = LongTextField(_l("What the organisation brings and does"))
    contribution_pct = WholeNumberField(_l("Contribution to the whole (%)"), low=0, high=100)
    jsic = JsicField(_l("Industrial class (JSIC, four digits)"))
    holds_seed = BooleanField(_l("Holds the seed technology or knowledge"))
    contact_name = TextField(_l("Contact person"))
    years: tuple[int, ...] = ()

    def values(self) -> Share:
        return Share(
            self.resources.data or "",
            self.contribution_pct.data,
            self.jsic.data,
            bool(self.holds_seed.data),
            self.contact_name.data or "",
            {
                (year, code): self[f"b_{year}_{code}"].data
                for year in self.years
                for code in COST_ITEMS
                if self[f"b_{year}_{code}"].data
            },
        )


def share_form(member: Any, years: list[int], formdata: Any = None) -> ShareForm:
    """The share of one member with a budget cell for each fiscal year and cost item."""
    stored = {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}
    every = tuple(sorted(set(years) | {year for year, _item in stored}))
    fields: dict[str, Any] = {"years": every}
    data = {
        name: getattr(member, name)
        for name in ("version", "resources", "contribution_pct", "jsic", "holds_seed", "contact_name")
    }
    for year in every:
        for code, item in COST_ITEMS.items():
            fields[f"b_{year}_{code}"] = YenField(f"FY{year} {item.name}")
            data[f"b_{year}_{code}"] = stored.get((year, code))
    return type("TheShareForm", (ShareForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]

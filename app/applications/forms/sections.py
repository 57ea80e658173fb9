"""The sections of a draft: basics, milestones, commercialization plan."""

import re
from typing import Any

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from app.applications.choices import NoveltyKind
from app.applications.forms.fields import SectionForm, SignedYenField, TargetField
from app.applications.operations import MAX_MILESTONES, Basics, Milestone, Plan
from app.calls.choices import Programme
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
MILESTONE = ("goal", "target_value", "unit", "due_on", "organisation_id")
_ROW = re.compile(r"m([0-9]{1,2})_", re.ASCII)


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
        def kept(name: str) -> Any:  # a field that this programme does not ask keeps what is stored
            return self[name].data if name in self else None

        return Basics(
            frame_id=int(str(self.frame_id.data)),
            title_en=self.title_en.data or "",
            title_ja=self.title_ja.data or "",
            abstract=self.abstract.data or "",
            field=self.field.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            seed_technology=kept("seed_technology"),
            novelty=tuple(self.novelty.data or ()) if "novelty" in self else None,
            novelty_text=kept("novelty_text"),
            combination_text=kept("combination_text"),
            has_written_rules=bool(self.has_written_rules.data) if "has_written_rules" in self else None,
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
    count = 0

    def rows(self) -> dict[int, Milestone]:
        """The rows in which anything stands, by their position; what is missing in them the rules say."""
        found = {}
        for n in range(self.count):
            goal, target, unit, due, org = (self[f"m{n}_{name}"].data for name in MILESTONE)
            if goal or target or unit or due or org:
                found[n + 1] = Milestone(goal or "", target or "", unit or "", due, int(org) if org else None)
        return found


def milestones_form(application: Any, formdata: Any = None) -> MilestonesForm:
    """The stored rows, each under its own position, and some empty ones after them."""
    stored = {row.position - 1: row for row in application.milestones}
    posted = [int(found[1]) for name in formdata or () if (found := _ROW.match(name))]
    count = min(MAX_MILESTONES, max([*(n + 1 + SPARE_ROWS for n in stored), *(n + 1 for n in posted), SPARE_ROWS]))
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
        if n in stored:
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
    new_jobs = WholeNumberField(_l("Jobs created five years after completion (persons)"), high=100_000)
    patents = WholeNumberField(_l("Patent applications until completion"), high=10_000)
    trl_start = WholeNumberField(_l("Technology readiness at the start (TRL 1 to 9)"), low=1, high=9)
    trl_target = WholeNumberField(_l("Technology readiness at the end (TRL 1 to 9)"), low=1, high=9)

    def values(self) -> Plan:
        years = {no: (self[f"sales_{no}"].data, self[f"profit_{no}"].data) for no in range(1, 11)}
        return Plan(
            self.product.data or "",
            self.market.data or "",
            self.who_sells.data or "",
            self.first_sale_on.data,
            self.investment_yen.data,
            {no: year for no, year in years.items() if year != (None, None)},
            self.new_jobs.data,
            self.patents.data,
            self.trl_start.data,
            self.trl_target.data,
        )


def plan_form(application: Any, formdata: Any = None) -> PlanForm:
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"version": application.version}
    plan = application.plan
    if plan is not None:
        for name in ("product", "market", "who_sells", "first_sale_on", "investment_yen", "new_jobs", "patents",
                     "trl_start", "trl_target"):  # fmt: skip
            data[name] = getattr(plan, name)
        for year in plan.years:
            data[f"sales_{year.year_no}"], data[f"profit_{year.year_no}"] = year.sales_yen, year.profit_yen
    for no in range(1, 11):
        fields[f"sales_{no}"] = YenField(_("Year %(n)d after completion: sales (yen)", n=no))
        fields[f"profit_{no}"] = SignedYenField(_("Year %(n)d after completion: profit (yen)", n=no))
    return type("ThePlanForm", (PlanForm,), fields)(formdata, data=data)  # type: ignore[no-any-return]

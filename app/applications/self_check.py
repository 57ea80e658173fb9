"""The public self-check: a few answers, judged by the same rule objects as a real proposal. Nothing is stored."""

from datetime import timedelta
from typing import Any

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from app.applications.choices import NoveltyKind
from app.applications.definitions import Facts, Finding, FrameFacts, MemberFacts, PlanFacts, evaluate, rules_for
from app.calls.choices import Programme
from app.core.fiscal import add_years, fiscal_year_start
from app.core.forms import BaseForm, ChoiceField, TextField, WholeNumberField, YenField, choices_of, select_choices
from app.core.i18n import _, _l
from app.organisations.choices import ORG_TYPES

LEADER_TYPES = ("foundation_association", "tlo", "chamber", "national_university", "company_sme", "company_large")


def _count(label: Any) -> WholeNumberField:
    return WholeNumberField(label, low=0, high=40)


class ConsortiumCheck(BaseForm):
    frame = ChoiceField(_l("Frame"))
    managing = ChoiceField(_l("Kind of the managing organisation"))
    has_leader = BooleanField(_l("There is a project leader"))
    has_sub_leader = BooleanField(_l("There is a sub-leader"))
    holds_seed = BooleanField(_l("The holder of the seed technology takes part"))
    smes = _count(_l("Small and medium-sized companies (research implementers)"))
    large = _count(_l("Large companies (research implementers)"))
    research = _count(_l("Universities, technical colleges, public research institutes"))
    years = WholeNumberField(_l("Length in fiscal years"), low=1, high=10)
    year1_yen = YenField(_l("Budget of year 1 (yen)"))
    year2_yen = YenField(_l("Budget of each later year (yen)"))
    sme_yen = YenField(_l("Part of year 1 that the SMEs carry (yen)"))

    def facts(self, call: Any) -> Facts:
        frame = next((f for f in call.frames if f.code == self.frame.data), call.frames[0])
        start = fiscal_year_start(call.fiscal_year + 1)
        years = self.years.data or 1
        first, later, smes = self.year1_yen.data or 0, self.year2_yen.data or 0, self.sme_yen.data or 0
        rest = [(start.year, "OTH", max(0, first - smes))]
        rest += [(start.year + n, "OTH", later) for n in range(1, years)]
        members = [
            MemberFacts(
                self.managing.data or "", "managing_organisation", "managing", holds_seed=bool(self.holds_seed.data),
                budget=tuple(rest),
            )
        ]  # fmt: skip
        if self.has_leader.data:
            members.append(MemberFacts("", "project_leader", "leader"))
        if self.has_sub_leader.data:
            members.append(MemberFacts("", "sub_leader", "sub"))
        for kind, count in (
            ("company_sme", self.smes),
            ("company_large", self.large),
            ("national_university", self.research),
        ):
            for n in range(count.data or 0):
                budget = ((start.year, "OTH", smes),) if kind == "company_sme" and n == 0 else ()
                members.append(MemberFacts(kind, "implementer", (kind, n), budget=budget))
        return Facts(
            call.programme,
            tuple(members),
            FrameFacts(
                frame.code, frame.ceiling_year1_yen, frame.ceiling_year2_yen, frame.max_years, frame.min_companies,
                frame.sme_rule,
            ),
            call.parameters,
            starts_on=start,
            ends_on=add_years(start, years) - timedelta(days=1),
        )  # fmt: skip


class CollaborationCheck(BaseForm):
    core = ChoiceField(_l("Kind of the core company"))
    smes = _count(_l("Other small and medium-sized companies"))
    large = _count(_l("Large companies"))
    others = _count(_l("Universities, institutes and others"))
    jsic = TextField(_l("Industrial classes of the companies (four digits each, separated by commas)"), limit=200)
    combination = BooleanField(_l("Where classes are equal, we can explain how the fields differ"))
    sme_pct = WholeNumberField(_l("Contribution of the SMEs together (%)"), low=0, high=100)
    rules = BooleanField(_l("There are written rules of the body"))
    novelty = SelectMultipleField(
        _l("What is new"), option_widget=CheckboxInput(), choices=select_choices(choices_of(NoveltyKind))
    )
    years = WholeNumberField(_l("Length of the plan in years"), low=1, high=15)
    sales_years = WholeNumberField(_l("Years for which sales are planned"), low=0, high=10)
    sales_yen = YenField(_l("Sales in a typical year (yen)"))
    profit_yen = YenField(_l("Profit in all years up to the tenth (yen)"))
    investment_yen = YenField(_l("Investment (yen)"))

    def facts(self, call: Any) -> Facts:
        codes = [part.strip() for part in (self.jsic.data or "").replace("、", ",").split(",") if part.strip()]
        kinds = [
            self.core.data or "",
            *["company_sme"] * (self.smes.data or 0),
            *["company_large"] * (self.large.data or 0),
        ]
        pct = self.sme_pct.data
        members = []
        for n, kind in enumerate(kinds + ["national_university"] * (self.others.data or 0)):
            share = None
            if pct is not None:
                share = pct if n == 0 else 0
            members.append(
                MemberFacts(
                    kind, "core_company" if n == 0 else "cooperator", n, jsic=codes[n] if n < len(codes) else None,
                    contribution_pct=share,
                )
            )  # fmt: skip
        if pct is not None:
            # What the SMEs do not contribute is contributed by others, whoever they are.
            members.append(MemberFacts("", "adviser", "rest", contribution_pct=100 - pct))
        start = fiscal_year_start(call.fiscal_year + 1)
        frame = call.frames[0]
        sold = self.sales_yen.data or 0
        profit = self.profit_yen.data
        years = tuple((n, sold, profit or 0 if n == 1 else 0) for n in range(1, (self.sales_years.data or 0) + 1))
        return Facts(
            call.programme,
            tuple(members),
            FrameFacts(frame.code, None, None, frame.max_years, frame.min_companies, frame.sme_rule),
            call.parameters,
            starts_on=start if self.years.data else None,
            ends_on=add_years(start, self.years.data) - timedelta(days=1) if self.years.data else None,
            novelty=tuple(self.novelty.data or ()),
            novelty_text="-",
            combination_text="-" if self.combination.data else "",
            has_written_rules=bool(self.rules.data),
            plan=PlanFacts(market="-", who_sells="-", investment_yen=self.investment_yen.data, years=years),
        )


def check_form(call: Any, answers: Any = None) -> ConsortiumCheck | CollaborationCheck:
    """The questions of a programme; ``answers`` are the query arguments."""
    form: Any
    if call.programme == Programme.consortium_rd:
        form = ConsortiumCheck(answers)
        form.frame.offer([(f.code, f.name) for f in call.frames])
        form.managing.offer(choices_of([ORG_TYPES[code] for code in LEADER_TYPES], _("Choose")))
    else:
        form = CollaborationCheck(answers)
        kinds = ("company_sme", "company_small", "sole_proprietor", "company_large")
        form.core.offer(choices_of([ORG_TYPES[code] for code in kinds], _("Choose")))
    return form  # type: ignore[no-any-return]


def findings(call: Any, form: Any) -> list[Finding]:
    return evaluate(form.facts(call), rules_for(call.programme, self_check=True))

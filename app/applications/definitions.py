"""The rules of both programmes as objects: pure, without database and HTTP, evaluated on ``Facts``.

The same objects serve the live list beside a draft, the refusal at submission, the officer's screening, the
public self-check, and the check of a running project's consortium.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.calls.choices import Programme
from app.core.fiscal import add_years, fiscal_year
from app.core.i18n import Bilingual
from app.organisations import definitions as sme
from app.organisations.choices import COMPANY_TYPES, RESEARCH_TYPES

SME_TYPES = ("company_sme", "company_small", "sole_proprietor")
NATIONAL_UNIVERSITIES = ("national_university",)
SECTIONS = {
    "basics": Bilingual("Basics", "基本事項"),
    "consortium": Bilingual("Members", "参加機関"),
    "share": Bilingual("Shares and budget", "分担内容と経費"),
    "milestones": Bilingual("Milestones", "マイルストーン"),
    "plan": Bilingual("Commercialization plan", "事業化計画"),
    "attachments": Bilingual("Documents", "添付書類"),
}


@dataclass(frozen=True)
class MemberFacts:
    """One organisation in one role. Only ``org_type`` and ``role`` are needed by the rules on the consortium itself."""

    org_type: str
    role: str
    key: Any = None  # tells organisations apart; the same organisation may stand in two roles
    name: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    jsic: str | None = None
    contribution_pct: int | None = None
    holds_seed: bool | None = None  # None: not known (projects do not record it)
    resources: str = ""
    confirmed: bool = False
    capital_yen: int | None = None
    employees: int | None = None
    industry: str | None = None  # the register's class, where the share gives none
    budget: tuple[tuple[int, str, int], ...] = ()  # (fiscal year, cost item, yen)

    @property
    def is_company(self) -> bool:
        return self.org_type in COMPANY_TYPES

    @property
    def is_sme(self) -> bool:
        return self.org_type in SME_TYPES


@dataclass(frozen=True)
class FrameFacts:
    code: str = ""
    ceiling_year1_yen: int | None = None
    ceiling_year2_yen: int | None = None
    max_years: int = 2
    min_companies: int = 2
    sme_rule: bool = False


@dataclass(frozen=True)
class PlanFacts:
    product: str = ""
    market: str = ""
    who_sells: str = ""
    first_sale_on: date | None = None
    investment_yen: int | None = None
    years: tuple[tuple[int, int, int], ...] = ()  # (year no., sales, profit)


@dataclass(frozen=True)
class DocumentFacts:
    code: str
    name: Bilingual
    mandatory: bool
    attached: bool


@dataclass(frozen=True)
class Facts:
    """Everything that rules may ask about."""

    programme: Programme
    members: tuple[MemberFacts, ...] = ()
    frame: FrameFacts = FrameFacts()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    lead_key: Any = None
    title_en: str = ""
    title_ja: str = ""
    abstract: str = ""
    seed_technology: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    novelty: tuple[str, ...] = ()
    novelty_text: str = ""
    combination_text: str = ""
    has_written_rules: bool = False
    milestones: tuple[tuple[date | None, str], ...] = ()  # (due, numeric target)
    plan: PlanFacts | None = None
    documents: tuple[DocumentFacts, ...] = ()

    def parameter(self, name: str, default: int) -> int:
        value = self.parameters.get(name, default)
        return value if isinstance(value, int) else default

    @property
    def organisations(self) -> tuple[MemberFacts, ...]:
        """Each organisation once, in whichever role it stands first."""
        seen: dict[Any, MemberFacts] = {}
        for position, member in enumerate(self.members):
            seen.setdefault(position if member.key is None else ("key", member.key), member)
        return tuple(seen.values())

    @property
    def companies(self) -> tuple[MemberFacts, ...]:
        return tuple(m for m in self.organisations if m.is_company)

    @property
    def total(self) -> int:
        return sum(yen for m in self.members for _fy, _item, yen in m.budget)

    def item(self, *codes: str) -> int:
        return sum(yen for m in self.members for _fy, item, yen in m.budget if item in codes)

    def year(self, fy: int) -> int:
        return sum(yen for m in self.members for year, _item, yen in m.budget if year == fy)

    def attached(self, code: str) -> bool:
        return any(d.code == code and d.attached for d in self.documents)


class State(StrEnum):
    ok = "ok"
    failed = "failed"
    not_applicable = "not_applicable"

    @property
    def label(self) -> Bilingual:
        return {
            "ok": Bilingual("holds", "満たす"),
            "failed": Bilingual("does not hold", "満たさない"),
            "not_applicable": Bilingual("does not apply", "対象外"),
        }[self.value]


class Severity(StrEnum):
    error = "error"
    warning = "warning"


@dataclass(frozen=True)
class Result:
    """What one check found, with its arithmetic in words."""

    state: State
    detail: Bilingual


@dataclass(frozen=True)
class Rule:
    """One rule: where it comes from, how grave it is, where it is mended, and a pure check."""

    id: str
    programmes: tuple[Programme, ...]
    text: Bilingual
    source: str
    where: str
    check: Callable[[Facts], Result]
    severity: Severity = Severity.error
    of_members: bool = False  # can be judged from the members alone
    self_check: bool = False  # asked on the public self-check page


@dataclass(frozen=True)
class Finding:
    rule: Rule
    state: State
    detail: Bilingual

    @property
    def ok(self) -> bool:
        return self.state is not State.failed

    @property
    def failed(self) -> bool:
        return self.state is State.failed

    @property
    def blocks(self) -> bool:
        """Does it keep the application from being submitted?"""
        return self.failed and self.rule.severity is Severity.error

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule.id,
            "state": self.state.value,
            "severity": self.rule.severity.value,
            "detail": {"en": self.detail.en, "ja": self.detail.ja},
        }


def _result(holds: bool, en: str, ja: str) -> Result:
    return Result(State.ok if holds else State.failed, Bilingual(en, ja))


def _absent(en: str, ja: str) -> Result:
    return Result(State.not_applicable, Bilingual(en, ja))


def _yen(amount: int) -> str:
    return f"{amount:,}"


def plan_years(facts: Facts) -> list[int]:
    """The fiscal years that the project touches, in order (none while the dates are missing or reversed)."""
    if facts.starts_on is None or facts.ends_on is None or facts.ends_on < facts.starts_on:
        return []
    return list(range(fiscal_year(facts.starts_on), fiscal_year(facts.ends_on) + 1))[:20]


# --- the consortium (programme A) -----------------------------------------------------------------------------------


def _con_4(facts: Facts) -> Result:
    count = {
        role: len([m for m in facts.members if m.role == role])
        for role in ("managing_organisation", "project_leader", "sub_leader", "implementer")
    }
    seeds = [m.holds_seed for m in facts.members]
    seed_known = any(value is not None for value in seeds)
    single = all(count[role] == 1 for role in ("managing_organisation", "project_leader", "sub_leader"))
    holds = single and count["implementer"] >= 1 and (any(seeds) or not seed_known)
    seed_en = f"{sum(bool(s) for s in seeds)} seed holder(s)" if seed_known else "seed holder not recorded"
    seed_ja = f"シーズ保有者 {sum(bool(s) for s in seeds)}" if seed_known else "シーズ保有者は記録なし"
    return _result(
        holds,
        f"{count['managing_organisation']} managing organisation, {count['project_leader']} project leader,"
        f" {count['sub_leader']} sub-leader (one each needed), {count['implementer']} implementer(s), {seed_en}"
        " (at least one needed).",
        f"管理法人 {count['managing_organisation']}、総括研究代表者 {count['project_leader']}、"
        f"副総括研究代表者 {count['sub_leader']}(各1必要)、研究実施者 {count['implementer']}、{seed_ja}(1以上必要)。",
    )


def _con_5(facts: Facts) -> Result:
    n, needed = len(facts.companies), facts.frame.min_companies
    return _result(
        n >= needed,
        f"Private companies: {n}; at least {needed} needed.",
        f"民間企業 {n} 社(必要数 {needed} 社以上)。",
    )


def _con_6(facts: Facts) -> Result:
    n = len([m for m in facts.organisations if m.org_type in RESEARCH_TYPES])
    return _result(
        n >= 1,
        f"Research institutions: {n}; at least 1 needed (company laboratories do not count).",
        f"研究機関 {n} 機関(1以上必要。企業の研究所は含まない)。",
    )


def _con_7(facts: Facts) -> Result:
    if not facts.frame.sme_rule:
        return _absent("Only in the SME frame.", "中小企業枠のみ対象です。")
    companies = facts.companies
    smes = [m for m in companies if m.is_sme]
    by_count = bool(companies) and 3 * len(smes) >= 2 * len(companies)
    excluded = sum(
        yen
        for m in facts.members
        if m.role == "managing_organisation" or m.org_type in NATIONAL_UNIVERSITIES
        for _fy, item, yen in m.budget
        if item == "EQ"
    )
    base = facts.total - excluded
    by_sme = sum(
        yen
        for m in facts.members
        if m.is_sme
        for _fy, item, yen in m.budget
        if not (m.role == "managing_organisation" and item == "EQ")
    )
    by_cost = base > 0 and 3 * by_sme >= 2 * base
    return _result(
        by_count or by_cost,
        f"{len(smes)} of {len(companies)} companies are SMEs, or SMEs carry {_yen(by_sme)} of"
        f" {_yen(base)} yen (equipment of the managing organisation and national universities left out);"
        " one of the two must reach 2/3.",
        f"企業 {len(companies)} 社中、中小企業 {len(smes)} 社。又は中小企業の経費 {_yen(by_sme)} 円/"
        f"{_yen(base)} 円(管理法人・国立大学の機械装置費を除く)。いずれかが2/3以上であること。",
    )


def _con_8(facts: Facts) -> Result:
    managing = [m for m in facts.members if m.role == "managing_organisation"]
    if facts.lead_key is None:
        return _absent("The filing organisation is not known here.", "申請者はここでは不明です。")
    return _result(
        any(m.key == facts.lead_key for m in managing),
        "The organisation that files must be the managing organisation.",
        "提案者は管理法人でなければなりません。",
    )


def _con_9(facts: Facts) -> Result:
    frame, years = facts.frame, plan_years(facts)
    if frame.ceiling_year1_yen is None and frame.ceiling_year2_yen is None:
        return _absent("This frame has no ceiling.", "上限額のない枠です。")
    if not years:
        return _result(False, "Enter the dates of the project first.", "先に研究開発期間を入力してください。")
    ceilings = [frame.ceiling_year1_yen, frame.ceiling_year2_yen]
    within = len(years) <= frame.max_years
    parts_en, parts_ja = [], []
    for position, fy in enumerate(years):
        ceiling = ceilings[min(position, 1)]
        amount = facts.year(fy)
        if ceiling is not None:
            within = within and amount <= ceiling
            parts_en.append(f"FY{fy}: {_yen(amount)} of at most {_yen(ceiling)} yen")
            parts_ja.append(f"{fy}年度: {_yen(amount)}円(上限{_yen(ceiling)}円)")
    return _result(
        within,
        "; ".join(parts_en) + f"; {len(years)} fiscal years of at most {frame.max_years}.",
        "、".join(parts_ja) + f"、{len(years)}か年度(上限{frame.max_years}か年度)。",
    )


def _con_16(facts: Facts) -> Result:
    limit, total, outside = facts.parameter("outsourcing_reason_pct", 50), facts.total, facts.item("OUT", "SUB")
    if total == 0:
        return _absent("There is no budget yet.", "経費が未入力です。")
    above = 100 * outside > limit * total
    share = f"{100 * outside / total:.1f}"
    reason = facts.attached("outsourcing_reason")
    return _result(
        not above or reason,
        f"Outsourcing and re-commission are {_yen(outside)} of {_yen(total)} yen = {share}%; above {limit}% a written"
        f" reason is needed ({'attached' if reason else 'not attached'}).",
        f"外注費と再委託費は {_yen(outside)}/{_yen(total)}円={share}%。{limit}%を超える場合は理由書が必要"
        f"({'添付あり' if reason else '添付なし'})。",
    )


def _adm(facts: Facts) -> Result:
    limit, overhead = facts.parameter("admin_cost_pct", 10), facts.item("ADM")
    direct = facts.total - overhead
    if facts.total == 0:
        return _absent("There is no budget yet.", "経費が未入力です。")
    return _result(
        100 * overhead <= limit * direct,
        f"General administration is {_yen(overhead)} yen; at most {limit}% of the direct cost of {_yen(direct)} ="
        f" {_yen(direct * limit // 100)} yen.",
        f"一般管理費 {_yen(overhead)}円。直接経費 {_yen(direct)}円の{limit}%={_yen(direct * limit // 100)}円以内。",
    )


def _con_2(facts: Facts) -> Result:
    return _result(
        bool(facts.seed_technology.strip()),
        "The seed technology, whose it is and what is already proven must be described.",
        "シーズ技術の内容・保有者・実証済みの成果を記載してください。",
    )


# --- New Collaboration (programme B) --------------------------------------------------------------------------------


def _nc_2(facts: Facts) -> Result:
    cores = [m for m in facts.members if m.role == "core_company"]
    smes = [m for m in facts.organisations if m.is_sme]
    core_is_sme = len(cores) == 1 and cores[0].is_sme
    needed = facts.frame.min_companies
    return _result(
        core_is_sme and len(smes) >= needed,
        f"{len(cores)} core company ({'an SME' if core_is_sme else 'must be exactly one, and an SME'}); {len(smes)} SMEs"
        f" in all, at least {needed} needed.",
        f"コア企業 {len(cores)} 社({'中小企業' if core_is_sme else '中小企業1社であること'})、"
        f"中小企業 計 {len(smes)} 社({needed}社以上必要)。",
    )


def _nc_3(facts: Facts) -> Result:
    limit = facts.parameter("sme_contribution_pct", 50)
    given = [m for m in facts.members if m.contribution_pct is not None]
    if not given:
        return _result(False, "No contribution is entered.", "貢献割合が未入力です。")
    whole = sum(m.contribution_pct or 0 for m in given)
    smes = sum(m.contribution_pct or 0 for m in given if m.is_sme)
    return _result(
        len(given) == len(facts.members) and whole == 100 and smes > limit,
        f"SMEs contribute {smes}% (more than {limit}% needed); all members together {whole}% (100% needed);"
        f" entered by {len(given)} of {len(facts.members)}.",
        f"中小企業の貢献割合 {smes}%({limit}%超が必要)、全体 {whole}%(100%必要)、"
        f"入力済み {len(given)}/{len(facts.members)}。",
    )


def _nc_3_count(facts: Facts) -> Result:
    members = facts.organisations
    smes = [m for m in members if m.is_sme]
    return _result(
        2 * len(smes) >= len(members),
        f"{len(smes)} of {len(members)} members are SMEs; normally at least half.",
        f"参加者 {len(members)} 中、中小企業 {len(smes)}(通常は半数以上)。",
    )


def _nc_4(facts: Facts) -> Result:
    companies = facts.companies
    codes = [m.jsic for m in companies if m.jsic]
    missing = len(companies) - len(codes)
    doubles = sorted({code for code in codes if codes.count(code) > 1})
    reason = bool(facts.combination_text.strip())
    said = ", ".join(doubles) or "–"
    return _result(
        missing == 0 and len(companies) >= 2 and (not doubles or reason),
        f"{len(set(codes))} different 4-digit JSIC classes among {len(companies)} companies; {missing} missing; shared:"
        f" {said}. Where a class is shared, the text on how the members' fields differ is needed.",
        f"企業 {len(companies)} 社の産業細分類(4桁)は {len(set(codes))} 種、未入力 {missing}、重複 {said}。"
        "重複する場合は分野の相違と組合せの説明が必要です。",
    )


def _nc_5(facts: Facts) -> Result:
    return _result(
        facts.has_written_rules,
        "The body has written rules on roles and responsibilities." if facts.has_written_rules
        else "State that the body has written rules on roles and responsibilities.",
        "役割と責任を定めた規約があります。" if facts.has_written_rules else "役割と責任を定めた規約が必要です。",
    )  # fmt: skip


def _nc_6(facts: Facts) -> Result:
    n, text = len(facts.novelty), bool(facts.novelty_text.strip())
    return _result(
        n >= 1 and text,
        f"{n} kind(s) of new business activity chosen (at least 1); what is new is"
        f" {'described' if text else 'not described'}.",
        f"新たな事業活動の類型 {n} 件(1件以上)、新規性の説明 {'あり' if text else 'なし'}。",
    )


def _nc_7(facts: Facts) -> Result:
    plan = facts.plan or PlanFacts()
    years = {no: sales for no, sales, _profit in plan.years}
    given = [no for no in range(1, 6) if no in years]
    return _result(
        len(given) == 5 and sum(years.values()) > 0 and bool(plan.market.strip()) and bool(plan.who_sells.strip()),
        f"Sales are planned for {len(given)} of 5 years, {_yen(sum(years.values()))} yen in all; market"
        f" {'described' if plan.market.strip() else 'missing'}, seller {'named' if plan.who_sells.strip() else 'missing'}.",
        f"売上計画 {len(given)}/5年、合計 {_yen(sum(years.values()))}円、市場の説明"
        f"{'あり' if plan.market.strip() else 'なし'}、販売主体{'あり' if plan.who_sells.strip() else 'なし'}。",
    )


def _nc_8(facts: Facts) -> Result:
    limit = facts.parameter("payback_years", 10)
    plan = facts.plan
    if plan is None or plan.investment_yen is None or not plan.years:
        return _result(
            False, "Enter the investment and the profit of each year.", "投資額と各年の利益を入力してください。"
        )
    profit = sum(p for no, _sales, p in plan.years if no <= limit)
    balance = profit - plan.investment_yen
    return _result(
        balance >= 0,
        f"Profit of the years up to {limit}: {_yen(profit)} yen less the investment of {_yen(plan.investment_yen)} ="
        f" {_yen(balance)} yen; it must not be below 0.",
        f"{limit}年目までの利益 {_yen(profit)}円-投資額 {_yen(plan.investment_yen)}円={_yen(balance)}円(0円以上が必要)。",
    )


def _nc_9(facts: Facts) -> Result:
    low, high = facts.parameter("min_plan_years", 3), facts.parameter("max_plan_years", 5)
    if facts.starts_on is None or facts.ends_on is None or not 1900 < facts.starts_on.year < 2900:
        return _result(False, "Enter the dates of the plan.", "計画期間を入力してください。")
    after = facts.ends_on + timedelta(days=1) if facts.ends_on < date.max else facts.ends_on
    return _result(
        add_years(facts.starts_on, low) <= after <= add_years(facts.starts_on, high),
        f"The plan runs from {facts.starts_on} to {facts.ends_on}; it must last {low} to {high} years.",
        f"計画期間 {facts.starts_on}~{facts.ends_on}({low}年以上{high}年以内)。",
    )


def _nc_12(facts: Facts) -> Result:
    silent = [m for m in facts.members if not m.resources.strip()]
    return _result(
        bool(facts.members) and not silent,
        f"{len(facts.members) - len(silent)} of {len(facts.members)} members say what they bring.",
        f"{len(facts.members)} 参加者中 {len(facts.members) - len(silent)} が経営資源・役割を記載。",
    )


def _sme_size(facts: Facts) -> Result:
    judged = [
        (
            m,
            sme.judge(
                sme.Facts(True, m.org_type == "sole_proprietor", m.jsic or m.industry, m.capital_yen, m.employees)
            ),
        )
        for m in facts.organisations
        if m.is_sme
    ]
    large = [(m, j) for m, j in judged if j.size in (sme.Size.large, sme.Size.deemed_large)]
    unknown = [m for m, j in judged if j.size is sme.Size.unknown]
    if not judged:
        return _absent("No member is entered as an SME.", "中小企業の参加者がいません。")
    return _result(
        not large,
        f"Entered as SMEs: {len(judged)}; above the limits by capital and employees: {len(large)}; size not known:"
        f" {len(unknown)}." + "".join(f" {m.name.en}: {j.why.en}" for m, j in large),
        f"中小企業としての登録 {len(judged)}、資本金・従業員数が基準超 {len(large)}、規模不明 {len(unknown)}。"
        + "".join(f"{m.name.ja}: {j.why.ja}" for m, j in large),
    )


# --- completeness (both programmes) ---------------------------------------------------------------------------------


def _title(facts: Facts) -> Result:
    return _result(
        bool(facts.title_en or facts.title_ja), "A title in English or Japanese.", "課題名(日本語又は英語)。"
    )


def _abstract(facts: Facts) -> Result:
    n = len(facts.abstract.strip())
    return _result(n >= 20, f"The abstract has {n} characters; at least 20.", f"概要 {n} 文字(20文字以上)。")


def _dates(facts: Facts) -> Result:
    start, end = facts.starts_on, facts.ends_on
    return _result(
        start is not None and end is not None and start < end,
        f"From {start or '–'} to {end or '–'}; both are needed and the end lies after the start.",
        f"開始 {start or '–'}、終了 {end or '–'}(両方必要。終了は開始より後)。",
    )


def _confirmed(facts: Facts) -> Result:
    n = len([m for m in facts.members if m.confirmed])
    waiting = [m for m in facts.members if not m.confirmed]
    return _result(
        bool(facts.members) and n == len(facts.members),
        f"{n} of {len(facts.members)} shares are confirmed."
        + (" Waiting for: " + ", ".join(m.name.en for m in waiting) + "." if waiting else ""),
        f"分担内容の確認 {n}/{len(facts.members)}。"
        + ("未確認: " + "、".join(m.name.ja for m in waiting) + "。" if waiting else ""),
    )


def _budget(facts: Facts) -> Result:
    return _result(facts.total > 0, f"The budget is {_yen(facts.total)} yen.", f"経費総額 {_yen(facts.total)}円。")


def _budget_years(facts: Facts) -> Result:
    years = plan_years(facts)
    outside = sorted({fy for m in facts.members for fy, _item, yen in m.budget if yen and fy not in years})
    said = ", ".join(str(fy) for fy in outside) or "–"
    return _result(
        not outside,
        f"Budget in fiscal years outside the period: {said}.",
        f"期間外の年度の経費: {said}。",
    )


def is_number(text: str) -> bool:
    """A plain decimal number of sane length: no NaN, no infinity, no exponent."""
    plain = text.strip().replace(",", "")
    if not plain or len(plain) > 30 or not plain.isascii() or set(plain) - set("0123456789.-+"):
        return False
    try:
        return Decimal(plain).is_finite()
    except InvalidOperation:
        return False


def _milestones(facts: Facts) -> Result:
    numeric = [m for m in facts.milestones if is_number(m[1])]
    return _result(
        len(numeric) >= 1 and len(numeric) == len(facts.milestones),
        f"{len(numeric)} of {len(facts.milestones)} milestones have a numeric target; at least 1 is needed.",
        f"マイルストーン {len(facts.milestones)} 件中、数値目標あり {len(numeric)} 件(1件以上必要)。",
    )


def _milestone_dates(facts: Facts) -> Result:
    if not facts.milestones:
        return _absent("There are no milestones yet.", "マイルストーンが未入力です。")
    if facts.starts_on is None or facts.ends_on is None:
        return _absent("The period is not entered yet.", "期間が未入力です。")
    outside = [due for due, _target in facts.milestones if due is None or not facts.starts_on <= due <= facts.ends_on]
    return _result(
        not outside,
        f"{len(outside)} of {len(facts.milestones)} milestones lie outside {facts.starts_on} to {facts.ends_on}.",
        f"マイルストーン {len(facts.milestones)} 件中、期間外 {len(outside)} 件({facts.starts_on}~{facts.ends_on})。",
    )


def _plan(facts: Facts) -> Result:
    plan = facts.plan or PlanFacts()
    texts = [plan.product, plan.market, plan.who_sells]
    filled = len([t for t in texts if t.strip()])
    return _result(
        filled == 3 and plan.first_sale_on is not None and len(plan.years) >= 1,
        f"{filled} of 3 texts (product, market, seller); first sale {plan.first_sale_on or '–'}; sales planned for"
        f" {len(plan.years)} year(s).",
        f"記述 {filled}/3(製品・市場・販売主体)、販売開始 {plan.first_sale_on or '–'}、売上計画 {len(plan.years)} 年分。",
    )


def _documents(facts: Facts) -> Result:
    missing = [d for d in facts.documents if d.mandatory and not d.attached]
    needed = len([d for d in facts.documents if d.mandatory])
    return _result(
        not missing,
        f"{needed - len(missing)} of {needed} required documents are attached."
        + (" Missing: " + ", ".join(d.name.en for d in missing) + "." if missing else ""),
        f"必要書類 {needed - len(missing)}/{needed} 添付済み。"
        + ("未添付: " + "、".join(d.name.ja for d in missing) + "。" if missing else ""),
    )


A, B = (Programme.consortium_rd,), (Programme.new_collaboration,)
BOTH = A + B
WARNING = Severity.warning


def _rule(id: str, programmes: tuple[Programme, ...], where: str, source: str, check: Callable[[Facts], Result],
          en: str, ja: str, **more: Any) -> Rule:  # fmt: skip
    return Rule(id, programmes, Bilingual(en, ja), source, where, check, **more)


RULES: tuple[Rule, ...] = (
    _rule("CON-4", A, "consortium", "CON-4 [JST-15]", _con_4,
          "The consortium has one managing organisation, one project leader, one sub-leader, implementers and the"
          " holder of the seed technology",
          "管理法人・総括研究代表者・副総括研究代表者(各1)、研究実施者、シーズ保有者で構成される",
          of_members=True, self_check=True),
    _rule("CON-5", A, "consortium", "CON-5 [JST-15]", _con_5,
          "Enough private companies take part", "民間企業が必要数参加している", of_members=True, self_check=True),
    _rule("CON-6", A, "consortium", "CON-6 [JST-15][DOYU]", _con_6,
          "A research institution takes part", "研究機関が参加している", of_members=True, self_check=True),
    _rule("CON-7", A, "consortium", "CON-7 [DOYU]", _con_7,
          "SME frame: SMEs are two thirds of the companies or carry two thirds of the cost",
          "中小企業枠: 企業数又は経費の2/3以上を中小企業が占める", self_check=True),
    _rule("CON-8", A, "consortium", "CON-8 [METI-22]", _con_8,
          "The managing organisation files the proposal", "管理法人が提案する"),
    _rule("CON-9", A, "share", "CON-9 [JST-15]", _con_9,
          "The budget of each year stays within the frame's ceiling", "年度ごとの経費が枠の上限以内である", self_check=True),
    _rule("CON-16", A, "share", "CON-16 [METI-R3]", _con_16,
          "Outsourcing and re-commission above the limit come with a reason", "外注・再委託が上限を超える場合は理由書がある"),
    _rule("ADM", BOTH, "share", "4.3 ADM [ITAKU], limit [own]", _adm,
          "General administration stays within its limit", "一般管理費が上限以内である"),
    _rule("CON-2", A, "basics", "CON-2, CON-3 [JST-15]", _con_2,
          "The seed technology is described", "シーズ技術が説明されている"),
    _rule("NC-2", B, "consortium", "NC-2 [TKC][OITA]", _nc_2,
          "One core company that is an SME, and enough SMEs in all", "コア企業は中小企業1社、中小企業が必要数参加",
          of_members=True, self_check=True),
    _rule("NC-3", B, "share", "NC-3 [KAKURA]", _nc_3,
          "The SMEs contribute more than half", "中小企業の貢献割合が半分を超える", self_check=True),
    _rule("NC-3-COUNT", B, "consortium", "NC-3 [NAVI]", _nc_3_count,
          "At least half of the members are SMEs", "参加者の半数以上が中小企業である",
          severity=WARNING, of_members=True, self_check=True),
    _rule("NC-4", B, "share", "NC-4 [PAPERZZ][TKC]", _nc_4,
          "The members come from different fields", "異なる分野の事業者で構成される", self_check=True),
    _rule("NC-5", B, "basics", "NC-5 [PAPERZZ][JNET]", _nc_5,
          "Written rules fix roles and responsibilities", "規約により役割と責任が定められている", self_check=True),
    _rule("NC-6", B, "basics", "NC-6 [JNET]", _nc_6,
          "The business activity is new", "新たな事業活動である", self_check=True),
    _rule("NC-7", B, "plan", "NC-7 [JNET][SOUMU]", _nc_7,
          "There is a concrete sales plan for five years", "5年間の具体的な販売計画がある", self_check=True),
    _rule("NC-8", B, "plan", "NC-8 [PAPERZZ][KAKURA]", _nc_8,
          "The investment is recovered within ten years", "投資が10年以内に回収される", self_check=True),
    _rule("NC-9", B, "basics", "NC-9 [OITA][KAKURA]", _nc_9,
          "The plan lasts three to five years", "計画期間が3~5年である", self_check=True),
    _rule("NC-12", B, "share", "NC-12 [SOUMU]", _nc_12,
          "Every member says what it brings", "各参加者の経営資源が記載されている"),
    _rule("SME", BOTH, "consortium", "11.4 [SME]", _sme_size,
          "The members entered as SMEs are within the limits of the SME Basic Act",
          "中小企業として登録された参加者が中小企業基本法の範囲にある", severity=WARNING),
    _rule("GEN-1", BOTH, "basics", "completeness", _title, "The proposal has a title", "課題名がある"),
    _rule("GEN-2", BOTH, "basics", "completeness", _abstract, "The proposal has an abstract", "概要がある"),
    _rule("GEN-3", BOTH, "basics", "completeness", _dates,
          "The period is given and runs forward", "期間が正しく入力されている"),
    _rule("GEN-4", BOTH, "share", "domain 12", _confirmed,
          "Every member has confirmed its share", "全参加機関が分担内容を確認している"),
    _rule("GEN-5", BOTH, "share", "completeness", _budget, "There is a budget", "経費が入力されている"),
    _rule("GEN-6", BOTH, "share", "completeness", _budget_years,
          "The budget lies within the period", "経費が期間内の年度にある"),
    _rule("GEN-7", BOTH, "milestones", "4.2 (clear numeric goals)", _milestones,
          "There are milestones with numeric targets", "数値目標のあるマイルストーンがある"),
    _rule("GEN-8", BOTH, "milestones", "completeness", _milestone_dates,
          "The milestones lie within the period", "マイルストーンが期間内にある"),
    _rule("GEN-9", BOTH, "plan", "4.2 (commercialization plan)", _plan,
          "There is a commercialization plan", "事業化計画がある"),
    _rule("GEN-10", BOTH, "attachments", "call; NC-13", _documents,
          "The required documents are attached", "必要書類が添付されている"),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}


def rules_for(programme: Programme, *, self_check: bool = False, of_members: bool = False) -> list[Rule]:
    return [
        rule
        for rule in RULES
        if programme in rule.programmes and (rule.self_check or not self_check) and (rule.of_members or not of_members)
    ]


def evaluate(facts: Facts, rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Every rule of the programme on these facts, in the rules' order."""
    findings = []
    for rule in rules_for(facts.programme) if rules is None else rules:
        result = rule.check(facts)
        findings.append(Finding(rule, result.state, result.detail))
    return findings


def consortium_findings(
    programme: Programme, members: Iterable[MemberFacts], *, min_companies: int = 2, sme_rule: bool = False
) -> list[Finding]:
    """The rules on the consortium alone: for a running project, whose budget and plan live elsewhere."""
    facts = Facts(programme, tuple(members), FrameFacts(min_companies=min_companies, sme_rule=sme_rule))
    return evaluate(facts, rules_for(programme, of_members=True))

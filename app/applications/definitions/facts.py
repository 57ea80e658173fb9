"""What the rules are asked on, and what a rule, a finding and its severity are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.calls.choices import Programme
from app.core.fiscal import fiscal_year
from app.core.i18n import Bilingual
from app.organisations.choices import COMPANY_TYPES

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
    people: tuple[tuple[bool, bool, str], ...] = ()  # (has a name, has a role, researcher number of e-Rad)
    subcontractors: tuple[bool, ...] = ()  # has a name

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
    infected: bool = False  # a virus was found in what is attached; it does not count


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
    note = "note"  # a figure that follows from what is entered; it cannot fail


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
    field: str = ""  # the field of that section at which mending starts
    gap: bool = False  # asks only whether something is filled in; otherwise what is filled in breaks a limit
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


def judged(holds: bool, en: str, ja: str) -> Result:
    return Result(State.ok if holds else State.failed, Bilingual(en, ja))


def absent(en: str, ja: str) -> Result:
    return Result(State.not_applicable, Bilingual(en, ja))


def in_yen(amount: int) -> str:
    return f"{amount:,}"


def plan_years(facts: Facts) -> list[int]:
    """The fiscal years that the project touches, in order (none while the dates are missing or reversed)."""
    if facts.starts_on is None or facts.ends_on is None or facts.ends_on < facts.starts_on:
        return []
    return list(range(fiscal_year(facts.starts_on), fiscal_year(facts.ends_on) + 1))[:20]

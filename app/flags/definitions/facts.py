"""What the rules look at: plain facts of a project, of a programme's years, of a firm over its projects."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Seen:
    """One observation: the day it holds for, and the two scales."""

    observed_on: date
    stage: int
    dev_state: str


@dataclass(frozen=True)
class Firm:
    """A company of the project: whether it belonged to a cluster at adoption, and ever up to today."""

    organisation_id: int
    name: str
    role: str
    matched: bool
    member_at_adoption: bool
    member_ever: bool


@dataclass(frozen=True)
class Owed:
    """A report that has not arrived."""

    kind: str  # milestone_report or follow_up
    identity: int
    due_on: date


@dataclass(frozen=True)
class Other:
    """Another award of one of the project's organisations."""

    project_key: str
    title: str
    organisation: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Lost:
    """An asset under restriction that is gone without approval (MON-7)."""

    label: str
    name: str
    finding: str
    restricted_until: date


@dataclass(frozen=True)
class Return:
    """A profit return above zero that is not paid yet (MON-9); whole yen."""

    fiscal_year: int
    yen: int
    status: str


@dataclass(frozen=True)
class Shared:
    """A product whose sales are attributed to several projects; ``share`` is their sum in hundredths of a percent."""

    product_key: str
    share: int


@dataclass(frozen=True)
class PlanYear:
    """What the proposal planned to sell in a fiscal year, and what is on record; None = nothing is known."""

    fiscal_year: int
    planned_yen: int
    actual_yen: int | None


@dataclass(frozen=True)
class Outgrown:
    """A firm that was an SME when the project was adopted and is none any more (domain.md 11.4)."""

    name: str
    fiscal_year: int
    size: str


@dataclass(frozen=True)
class Disputed:
    """Something verified that is in dispute and not decided; ``due_on`` while an answer is awaited."""

    identity: int
    observed_on: date
    stage: int
    opened_on: date
    due_on: date | None


@dataclass(frozen=True)
class Told:
    """What an organisation told of one year: its value added, and how many of its graded quarters are behind (C or D)."""

    organisation: str
    fiscal_year: int
    value_added_yen: int | None
    before_yen: int | None  # of the year before
    graded: int = 0
    behind: int = 0


@dataclass(frozen=True)
class Facts:
    """All that the rules look at for one project."""

    project_key: str
    title: str
    adopted_on: date
    starts_on: date
    ends_on: date
    observations: tuple[Seen, ...] = ()  # in order of observed_on
    firms: tuple[Firm, ...] = ()
    owed: tuple[Owed, ...] = ()
    others: tuple[Other, ...] = ()
    failed_rules: tuple[tuple[str, str], ...] = ()  # consortium rules that no longer hold: (id, detail)
    programme: str = ""
    lost: tuple[Lost, ...] = ()
    returns: tuple[Return, ...] = ()
    shared: tuple[Shared, ...] = ()
    plan: tuple[PlanYear, ...] = ()
    outgrown: tuple[Outgrown, ...] = ()
    disputed: tuple[Disputed, ...] = ()
    told: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Cohort:
    """PR-1 of one programme's projects of one fiscal year of adoption, judged on the day of adoption."""

    programme: str
    fiscal_year: int
    yes: int
    unknown: int
    total: int


@dataclass(frozen=True)
class Course:
    """The cumulative incidence of a programme some years after completion (CR-4)."""

    programme: str
    level: str
    years: int
    incidence: float
    at_risk: int
    projects: int


@dataclass(frozen=True)
class Record:
    """A firm over its completed projects of a span of fiscal years (OUT-10): how many, what they sold, its patents."""

    organisation_id: int
    name: str
    projects: int
    sales_yen: int
    patents: int


@dataclass(frozen=True)
class Finding:
    rule: str
    occasion: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    subject: str = ""  # empty: the project that was looked at

"""Figures, words and worked examples of the help on projects, their money, outcomes and rates.

Every example is computed by the code that computes the real thing, so that a text cannot keep a sum that no longer holds.
"""

from datetime import date
from typing import Any

from app.agreements.choices import Grade
from app.agreements.definitions import AXES, CHECKLISTS, GENERAL, STEPS, reports_by
from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, Count
from app.analytics.definitions.disclosure import FEWEST
from app.analytics.definitions.figures import FEWEST_AT_RISK, GOOD_RESPONSE, LAGS
from app.analytics.estimators import DRAWS, LEVEL, Spell, cumulative_incidence, newcombe, wilson
from app.changes.definitions import KINDS
from app.clusters.choices import ActivityKind, BusinessType, FigureKind, LinkKind
from app.clusters.definitions.pace import expected_by
from app.flags.choices import FlagStatus
from app.flags.definitions import RULES
from app.milestones.choices import ReportKind
from app.milestones.definitions.due import RULES as DUE
from app.milestones.definitions.monitoring import AXES as MONITORED
from app.milestones.definitions.monitoring import HIGHEST, LOWEST
from app.milestones.definitions.sections import SECTIONS
from app.milestones.operations.telling import REMIND_DAYS_BEFORE
from app.money.choices import DisposalKind, PaymentKind, Verdict
from app.money.definitions import charges, fixing, transfers
from app.money.definitions import property as property_rules
from app.money.definitions.chain import GOODS, WAGES, wages
from app.money.definitions.profit import ProfitSum
from app.money.operations.costs import MAX_LINES
from app.money.operations.fixing import REPAY_DAYS
from app.organisations.choices import SuccessionKind
from app.organisations.definitions.matching import BY_NAME, BY_NUMBER, BY_PART, BY_SOUND, LEAST, SHOWN
from app.outcomes.choices import Answer, EvidenceLevel, Level, Stage
from app.outcomes.definitions import Terms
from app.outcomes.operations.delegating import AT_ONCE, LETTERS_PER_DAY, LIFE
from app.outcomes.queries.chasing import MOST
from app.portfolio.choices import Actual, Standing
from app.portfolio.definitions.columns import COLUMNS
from app.portfolio.definitions.filters import FILTERS, GROUPINGS
from app.portfolio.definitions.shading import FEWEST as FEWEST_SHADED
from app.portfolio.exports import MOST_IN_WORKBOOK
from app.portfolio.operations import REASON_ABOVE
from app.projects.choices import Regime
from app.publishing.choices import SnapshotStatus

_BUDGET = {"EQ": 6_000_000, "LAB": 3_000_000, "ADM": 1_000_000}
_SPENT = {"EQ": 6_500_000, "LAB": 2_400_000, "ADM": 1_050_000}
#: Ten projects: two sold in the year of completion and three two years later, one was stopped, four were seen no more.
_SPELLS = {
    Spell(0, "event"): 2, Spell(1, "competing"): 1, Spell(1, "censored"): 1, Spell(2, "event"): 3, Spell(3, "censored"): 3,
}  # fmt: skip
#: Reached and counted, in either group.
_GROUPS = (56, 70, 48, 80)


def of_projects() -> dict[str, Any]:
    """Contracts, milestones, reports, changes and yearly reports: days, words of the choices, limits."""
    return {
        "regimes": list(Regime),
        "steps": STEPS,
        "checklists": CHECKLISTS,
        "general": GENERAL,
        "evaluation_axes": AXES,
        "grades": list(Grade),
        "performance_due": reports_by(date(2027, 3, 31)),
        "report_kinds": [(kind, DUE[kind], SECTIONS[kind]) for kind in ReportKind],
        "reminders": [days for days in REMIND_DAYS_BEFORE if days],
        "monitored": MONITORED,
        "scores": (LOWEST, HIGHEST),
        "change_kinds": list(KINDS.values()),
        "terms": Terms(),
        "answers_yearly": list(Answer),
        "stages": list(Stage),
        "commercial_levels": list(Level),
        "evidence_levels": list(EvidenceLevel),
        "invitation_life": LIFE.days,
        "invitations_at_once": AT_ONCE,
        "invitations_a_day": LETTERS_PER_DAY,
        "chased_most": MOST,
        "flag_rules": RULES,
        "flag_states": list(FlagStatus),
    }


def of_money() -> dict[str, Any]:
    """Costs and payments, with the sums of MON-3, MON-8, MON-9 and CON-15 worked out."""
    rule = transfers.TransferRule()
    limit = transfers.free_limit(_BUDGET, rule)
    counted = transfers.count(_SPENT, _BUDGET, limit, rule)
    return {
        "transfer_rule": rule,
        "budget_example": _BUDGET,
        "free_limit": limit,
        "fixing_example": fixing.Calculation(counted, rule, 6_600, 6_000_000, 4_000_000),
        "charge_example": additional(),
        "charge_pct": charges.CHARGE_RATE / 100,
        "profit_example": ProfitSum(500_000, 750_000, 790_000, 400_000, 300_000),
        "wage_example": (450, 2_500, wages(450, 2_500)),
        "goods": GOODS,
        "wages_chain": WAGES,
        "cost_lines": MAX_LINES,
        "restricted_from": property_rules.RESTRICTED_FROM,
        "restricted_example": property_rules.restricted_until(date(2026, 7, 1), 5),
        "disposals": list(DisposalKind),
        "verdicts_of_cost": {verdict.value: verdict.label for verdict in Verdict},
        "payment_kinds": {kind.value: kind.label for kind in PaymentKind},
        "repay_days": REPAY_DAYS,
    }


def additional() -> tuple[int, date, date, int]:
    """An amount, the day of its receipt, the day of its repayment, and the charge on it."""
    amount, received, repaid = 1_000_000, date(2026, 4, 1), date(2027, 4, 1)
    return amount, received, repaid, charges.additional_charge(amount, received, repaid)


def of_figures() -> dict[str, Any]:
    """Rates and how they are made public: definitions, estimators on small examples, limits of what is shown."""
    return {
        "participation_rates": PARTICIPATION,
        "commercialization_rates": COMMERCIALIZATION,
        "count_example": Count(300, 130, 700),
        "wilson_example": wilson(300, 1_130),
        "level_of_interval": round(LEVEL * 100),
        "incidence_example": cumulative_incidence(_SPELLS),
        "incidence_projects": sum(_SPELLS.values()),
        "newcombe_groups": _GROUPS,
        "newcombe_example": newcombe(*_GROUPS),
        "chance_example": 1 - (1 - 0.2) ** 5,
        "draws_of_band": DRAWS,
        "lags": LAGS,
        "fewest_at_risk": FEWEST_AT_RISK,
        "fewest_in_cell": FEWEST,
        "good_response": round(GOOD_RESPONSE * 100),
        "snapshot_states": list(SnapshotStatus),
    }


def of_portfolio() -> dict[str, Any]:
    """The explorer, the board, clusters and the register of organisations."""
    return {
        "portfolio_filters": FILTERS,
        "portfolio_groupings": GROUPINGS,
        "portfolio_columns": len(COLUMNS),
        "export_reason_above": REASON_ABOVE,
        "workbook_rows": MOST_IN_WORKBOOK,
        "fewest_shaded": FEWEST_SHADED,
        "board_standings": list(Standing),
        "board_sources": list(Actual),
        "business_types": list(BusinessType),
        "figure_kinds": {kind.value: kind.label for kind in FigureKind},
        "activity_kinds": list(ActivityKind),
        "link_kinds": list(LinkKind),
        "pace_example": expected_by(40_000, 0, date(2001, 4, 1), date(2011, 4, 1), date(2006, 3, 31)),
        "match_scores": {"number": BY_NUMBER, "name": BY_NAME, "sound": BY_SOUND, "part": BY_PART},
        "match_least": LEAST,
        "match_shown": SHOWN,
        "succession_kinds": list(SuccessionKind),
    }

"""Rules on money, plans, sizes, cohorts, programmes and firms (domain.md 9.1), and their parameters."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.flags.definitions import (
    RULES,
    Cohort,
    Course,
    Disputed,
    Facts,
    Lost,
    Outgrown,
    PlanYear,
    Record,
    Return,
    Seen,
    Shared,
    Told,
    evaluate,
    evaluate_cohort,
    evaluate_course,
    evaluate_firm,
)

ON = date(2026, 11, 1)
PROJECT = Facts("P1", "A title", date(2020, 4, 1), date(2020, 4, 1), date(2022, 3, 31), programme="consortium_rd")


def found(facts: Any, **values: Any) -> dict[str, dict[str, Any]]:
    return {f"{one.rule}/{one.occasion}": one.facts for one in evaluate(replace(facts, **values), ON)}


def test_every_rule_of_the_domain_is_there() -> None:
    assert {
        "NEW_COMMERCIALIZED", "STAGE_DROP", "STALLED", "REPORT_DUE", "REPORT_OVERDUE", "PROFIT_RETURN_DUE",
        "ASSET_UNAPPROVED_DISPOSAL", "SALES_OVERATTRIBUTED", "DOUBLE_FUNDING", "CLUSTER_MEMBER", "CLUSTER_SHARE_LOW",
        "SME_STATUS_CHANGED", "CONSORTIUM_INVALID", "BELOW_BENCHMARK", "PLAN_VARIANCE",
    } <= set(RULES)  # fmt: skip
    for rule in RULES.values():
        assert rule.title.ja and rule.explanation.en and rule.source
        assert all(one.low <= one.default <= one.high for one in rule.parameters)


def test_an_asset_is_flagged_until_its_restriction_ends() -> None:
    """MON-7."""
    asset = Lost("A-1", "Press", "missing", ON)
    assert found(PROJECT, lost=(asset,))["ASSET_UNAPPROVED_DISPOSAL/A-1"]["found"] == "missing"
    assert not found(PROJECT, lost=(replace(asset, restricted_until=date(2026, 10, 31)),))


def test_money_that_is_owed_and_sales_that_are_given_away_twice() -> None:
    """MON-9 with its worked example; OUT-7."""
    assert found(PROJECT, returns=(Return(2025, 60_000, "confirmed"), Return(2024, 0, "computed"))) == {
        "PROFIT_RETURN_DUE/2025": {"fiscal_year": 2025, "yen": 60_000, "status": "confirmed"}
    }
    assert found(PROJECT, shared=(Shared("X", 10_000),)) == {}
    assert found(PROJECT, shared=(Shared("X", 10_001),))["SALES_OVERATTRIBUTED/X"]["percent"] == 100.01


@pytest.mark.parametrize(("actual", "flagged"), [(None, False), (50, False), (49, True), (0, True)])
def test_a_year_that_sold_less_than_half_of_the_plan(actual: int | None, flagged: bool) -> None:
    """Nothing known is not nothing sold."""
    assert ("PLAN_VARIANCE/2024" in found(PROJECT, plan=(PlanYear(2024, 100, actual),))) is flagged


def test_a_firm_that_grew_out_of_being_an_sme() -> None:
    assert (
        found(PROJECT, outgrown=(Outgrown("F", 2026, "deemed_large"),))["SME_STATUS_CHANGED/F"]["size"]
        == "deemed_large"
    )


def test_parameters_move_the_rules_and_a_rule_that_is_off_finds_nothing() -> None:
    stages = tuple(Seen(date(2025, month, 1), 1, "development") for month in (1, 2, 3, 4))
    facts = replace(PROJECT, observations=stages)
    assert [one.rule for one in evaluate(facts, ON, {"STALLED": {"reports": 4, "years": 2}})] == ["STALLED"]
    assert not evaluate(facts, ON, {"STALLED": {"reports": 5, "years": 2}})
    assert not evaluate(facts, ON, {"STALLED": {"reports": 4, "years": 1}})
    assert not evaluate(facts, ON, {})


@pytest.mark.parametrize(
    ("yes", "unknown", "total", "flagged"), [(2, 0, 10, True), (2, 1, 10, False), (2, 0, 9, False)]
)
def test_a_low_share_is_low_even_if_all_unknown_were_members(yes: int, unknown: int, total: int, flagged: bool) -> None:
    """PR-10: the upper bound is compared."""
    cohort = Cohort("consortium_rd", 2004, yes, unknown, total)
    settings = {"CLUSTER_SHARE_LOW": {"percent": 30, "projects": 10}}
    assert bool(evaluate_cohort(cohort, ON, settings)) is flagged
    assert not evaluate_cohort(cohort, ON)  # silent until a threshold is set


def test_the_official_benchmark_needs_enough_at_risk() -> None:
    """MON-11: more than half within five years."""
    course = Course("consortium_rd", "E0", 5, 0.499, 10, 300)
    (one,) = evaluate_course(course, ON)
    assert one.subject == "programme:consortium_rd" and one.facts["percent"] == 49.9
    assert not evaluate_course(replace(course, incidence=0.5), ON)
    assert not evaluate_course(replace(course, at_risk=9), ON)


@pytest.mark.parametrize(
    ("projects", "sales", "patents", "flagged"),
    [(16, 0, 0, True), (15, 0, 0, False), (16, 160_000_000, 0, False), (16, 159_999_999, 2, True), (20, 0, 3, False)],
)
def test_a_firm_needs_sales_or_patents_for_its_many_awards(
    projects: int, sales: int, patents: int, flagged: bool
) -> None:
    """OUT-10: an average of sales per award, or patents of 15 % of the awards; from 16 awards on."""
    assert bool(evaluate_firm(Record(7, "F", projects, sales, patents), ON)) is flagged


def test_disputes_value_added_and_graded_items() -> None:
    """OUT-15, MON-10, MON-13."""
    doubt = Disputed(4, date(2025, 3, 31), 3, date(2026, 10, 1), None)
    assert found(PROJECT, disputed=(doubt,))["OUTCOME_DISPUTED/4"]["stage"] == 3
    told = (
        Told("A", 2025, 70, 100, graded=4, behind=2), Told("B", 2025, 71, 100, graded=4, behind=1),
        Told("C", 2025, -5, -9), Told("D", 2025, None, 100),
    )  # fmt: skip
    assert set(found(PROJECT, told=told)) == {"VALUE_ADDED_FELL/A:2025", "PLAN_ITEMS_BEHIND/A:2025"}

"""Each flag rule, both ways."""

from datetime import date
from typing import Any

import pytest

from app.flags.definitions import RULES, Facts, Firm, Other, Owed, Seen, evaluate, plain_title

ON = date(2026, 11, 23)


def facts(**values: Any) -> Facts:
    base: dict[str, Any] = {
        "project_key": "C1",
        "title": "Laser sensing of gear wear",
        "adopted_on": date(2024, 4, 1),
        "starts_on": date(2024, 4, 1),
        "ends_on": date(2026, 3, 31),
    }
    return Facts(**{**base, **values})


def seen(*stages: int, state: str = "development") -> tuple[Seen, ...]:
    """One observation a year, the last on 31 March 2026."""
    first = 2026 - len(stages) + 1
    return tuple(Seen(date(first + i, 3, 31), stage, state) for i, stage in enumerate(stages))


def codes(given: Facts) -> set[str]:
    return {finding.rule for finding in evaluate(given, ON)}


def test_nothing_known_raises_nothing() -> None:
    assert codes(facts()) == set()


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ((2,), {"NEW_STAGE_1"}),
        ((0, 3), {"NEW_STAGE_1", "NEW_COMMERCIALIZED"}),
        ((4,), {"NEW_STAGE_1", "NEW_COMMERCIALIZED", "NEW_STAGE_4"}),
        ((5,), {"NEW_STAGE_1", "NEW_COMMERCIALIZED", "NEW_STAGE_4", "NEW_STAGE_5"}),
        ((0, 0), set()),
    ],
)
def test_first_reached_stages(stages: tuple[int, ...], expected: set[str]) -> None:
    assert codes(facts(observations=seen(*stages))) == expected


def test_first_sale_names_the_first_day_it_was_seen() -> None:
    found = [f for f in evaluate(facts(observations=seen(1, 3, 4)), ON) if f.rule == "NEW_COMMERCIALIZED"]
    assert [f.facts["observed_on"] for f in found] == ["2025-03-31"]


def test_a_drop_is_of_the_last_step_only() -> None:
    assert "STAGE_DROP" in codes(facts(observations=seen(4, 3)))
    assert "STAGE_DROP" not in codes(facts(observations=seen(4, 3, 3)))
    assert "STAGE_DROP" not in codes(facts(observations=seen(3, 4)))


def test_old_observations_call_for_no_action() -> None:
    old = tuple(Seen(date(2005 + i, 3, 31), stage, "development") for i, stage in enumerate((2, 1, 1, 1)))
    assert codes(facts(observations=old)) == {"NEW_STAGE_1"}
    dropped = (Seen(date(2023, 11, 23), 3, "launched"), Seen(date(2024, 11, 23), 1, "development"))
    assert "STAGE_DROP" in codes(facts(observations=dropped))
    assert "STAGE_DROP" not in {f.rule for f in evaluate(facts(observations=dropped), date(2026, 11, 24))}


def test_three_equal_reports_below_a_sale_are_stalled_unless_stopped() -> None:
    assert "STALLED" in codes(facts(observations=seen(1, 1, 1)))
    assert "STALLED" not in codes(facts(observations=seen(1, 1)))
    assert "STALLED" not in codes(facts(observations=seen(3, 3, 3)))
    assert "STALLED" not in codes(facts(observations=seen(1, 1, 1, state="stopped")))


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 11, 22), {"REPORT_OVERDUE"}),
        (date(2026, 11, 23), {"REPORT_DUE"}),
        (date(2026, 12, 23), {"REPORT_DUE"}),
        (date(2026, 12, 24), set()),
    ],
)
def test_reports_due_and_overdue_to_the_day(due: date, expected: set[str]) -> None:
    assert codes(facts(owed=(Owed("milestone_report", 7, due),))) == expected


def firm(at: bool, ever: bool, matched: bool = True, role: str = "implementer") -> Firm:
    return Firm(1, "F", role, matched, at, ever)


def test_cluster_flags() -> None:
    assert codes(facts(firms=(firm(True, True),))) == {"CLUSTER_MEMBER"}
    assert codes(facts(firms=(firm(False, True),))) == {"CLUSTER_MEMBER", "JOINED_AFTER_ADOPTION"}
    assert codes(facts(firms=(firm(True, True, role="core_company"),))) == {"CLUSTER_MEMBER", "CORE_MEMBER"}
    assert codes(facts(firms=(firm(False, False, matched=False),))) == {"UNKNOWN_MATCH"}
    assert codes(facts(firms=(firm(False, False),))) == set()
    assert codes(facts(firms=(firm(False, False, matched=False), firm(True, True)))) == {"CLUSTER_MEMBER"}


def test_double_funding_needs_a_like_title_and_an_overlap() -> None:
    def other(title: str, start: date, end: date) -> Facts:
        return facts(others=(Other("N2", title, "F", start, end),))

    same = "Synthetic project 12: laser sensing of gear wear"
    assert codes(other(same, date(2025, 4, 1), date(2026, 3, 31))) == {"DOUBLE_FUNDING"}
    assert codes(other(same, date(2026, 4, 1), date(2027, 3, 31))) == set()
    assert codes(other("Recycling of glass", date(2025, 4, 1), date(2026, 3, 31))) == set()
    assert plain_title("合成 プロジェクト 第12号 歯車") == plain_title("第9号 歯車")


def test_failed_rules_are_named() -> None:
    found = evaluate(facts(failed_rules=(("CON-5", "one company"),)), ON)
    assert [(f.rule, f.facts["rules"]) for f in found] == [("CONSORTIUM_INVALID", ["CON-5: one company"])]


def test_every_rule_speaks_both_languages_and_names_its_source() -> None:
    for rule in RULES.values():
        assert rule.title.en and rule.title.ja and rule.explanation.en and rule.explanation.ja and rule.source

"""When reports fall due, how shares add up, and when a level was reached: against plain readings."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest

from app.core.fiscal import fiscal_year
from app.outcomes.choices import DevState, FollowUpStatus, Level, Phase
from app.outcomes.definitions import (
    WHOLE,
    Count,
    Share,
    Terms,
    apportion,
    first_reached,
    overfull,
    phase,
    response_tables,
    schedule,
    shares_at,
)
from app.outcomes.forms import hundredths


@dataclass(frozen=True)
class Seen:
    observed_on: date
    recorded_on: date
    dev_state: DevState
    stage: int
    evidence_level: int = 2


@dataclass(frozen=True)
class Report:
    status: FollowUpStatus
    opens_on: date = date(2026, 4, 1)
    due_on: date = date(2026, 6, 29)


def test_the_duty_begins_with_the_year_of_completion_and_ends_by_rule() -> None:
    """MON-10: n reports, due 90 days after the fiscal year; the other reading begins a year later."""
    slots = schedule(date(2024, 3, 31), 5, Terms())
    assert [s.fiscal_year for s in slots] == [2023, 2024, 2025, 2026, 2027]
    assert slots[0].opens_on == date(2024, 4, 1) and slots[0].due_on == date(2024, 6, 29)
    later = schedule(date(2024, 3, 31), 5, Terms(covers_completion_year=False, due_after_days=60))
    assert [s.fiscal_year for s in later] == [2024, 2025, 2026, 2027, 2028]
    assert later[0].due_on == date(2025, 3, 31) + timedelta(days=60)
    assert schedule(date(2024, 3, 31), 0, Terms()) == []


@pytest.mark.parametrize(
    ("status", "day", "expected"),
    [
        ("due", date(2026, 3, 31), Phase.scheduled),
        ("due", date(2026, 4, 1), Phase.open),
        ("due", date(2026, 6, 29), Phase.open),
        ("due", date(2026, 6, 30), Phase.missed),
        ("returned", date(2026, 5, 1), Phase.returned),
        ("returned", date(2026, 6, 30), Phase.missed),
        ("submitted", date(2026, 6, 30), Phase.submitted),
        ("verified", date(2030, 1, 1), Phase.verified),
    ],
)
def test_scheduled_open_and_missed_are_read_off_the_dates(status: str, day: date, expected: Phase) -> None:
    assert phase(Report(FollowUpStatus(status)), day) is expected


def _random_shares(random: Random) -> list[Share]:
    return [
        Share(random.randrange(3), random.choice((0, 2500, 3333, 5000, 10_000)), date(2020 + random.randrange(4), 4, 1),
              date(2021 + random.randrange(3), 1, 1), number)
        for number in range(1, 6)
    ]  # fmt: skip


def test_shares_in_force_agree_with_a_day_by_day_reading() -> None:
    """The last row recorded that speaks of the day holds; a sum above the whole on any day at any state of knowledge is
    found (OUT-7)."""
    random, found_some = Random(7), 0
    days = [date(2020 + n, 4, 1) for n in range(5)]
    knowns = [date(2021 + n, 1, 1) for n in range(4)]
    for _ in range(400):
        rows = _random_shares(random)
        worst = 0
        for known in knowns:
            for day in days:
                expected: dict[int, int] = {}
                for project in range(3):
                    told = [
                        r for r in rows if r.project_id == project and r.valid_from <= day and r.recorded_on <= known
                    ]
                    if told:
                        last = max(told, key=lambda r: (r.recorded_on, r.number))
                        if last.share:
                            expected[project] = last.share
                assert shares_at(rows, day, known) == expected
                worst = max(worst, sum(expected.values()))
        over = overfull(rows)
        assert (over is not None) == (worst > WHOLE)
        found_some += over is not None
    assert 40 < found_some < 390


def test_a_split_is_apportioned_without_double_counting() -> None:
    """OUT-7, the example of the source: 22 million over two projects makes 11 each; no yen is counted twice."""
    assert apportion(22_000_000, {1: 5000, 2: 5000}) == {1: 11_000_000, 2: 11_000_000}
    random = Random(3)
    for _ in range(200):
        amount, cut = random.randrange(10**12), random.randrange(WHOLE)
        parts = apportion(amount, {1: cut, 2: WHOLE - cut})
        assert amount - 1 <= sum(parts.values()) <= amount


def test_first_reached_is_derived_and_the_stage_may_fall() -> None:
    """CR-9, CR-10: ever reached stays, "still" tells; the event lies after the last observation without it."""
    rows = [
        Seen(date(2020, 3, 31), date(2020, 5, 1), DevState.development, 0),
        Seen(date(2021, 3, 31), date(2021, 5, 1), DevState.launched, 3),
        Seen(date(2022, 3, 31), date(2022, 5, 1), DevState.stopped, 0),
    ]
    found = first_reached(rows)
    sale = found[Level.E2]
    assert (sale.on, sale.after, sale.still) == (date(2021, 3, 31), date(2020, 3, 31), False)
    assert found[Level.E3].on is None and found[Level.E1].on == date(2021, 3, 31)
    assert first_reached(rows, known=date(2021, 4, 30))[Level.E2].on is None  # observed, but not yet on record
    assert first_reached(rows, known=date(2021, 5, 1))[Level.E2].still


def test_first_reached_agrees_with_brute_force() -> None:
    random = Random(11)
    tests = {Level.E0: lambda s: s.stage >= 1, Level.E1: lambda s: s.dev_state in ("productization", "launched"),
             Level.E2: lambda s: s.stage >= 3, Level.E3: lambda s: s.stage >= 4, Level.E4: lambda s: s.stage == 5}  # fmt: skip
    for _ in range(300):
        rows = [
            Seen(date(2010 + random.randrange(5), 3, 31), date(2012 + random.randrange(5), 5, 1),
                 random.choice(list(DevState)), random.randrange(6), random.randrange(4))
            for _ in range(random.randrange(6))
        ]  # fmt: skip
        known, least = date(2012 + random.randrange(6), 6, 1), random.randrange(4)
        counting = [r for r in rows if r.recorded_on <= known and r.evidence_level >= least]
        for level, test in tests.items():
            expected = min((r.observed_on for r in counting if test(r)), default=None)
            assert first_reached(rows, known, least)[level].on == expected


def test_response_adds_up_the_same_by_year_programme_and_bureau() -> None:
    cells = [(2023, "a", "kanto", 5, 3, 1, 1), (2023, "b", None, 2, 0, 2, 0), (2024, "a", "kinki", 4, 4, 0, 0)]
    tables = response_tables(cells)
    assert tables["total"] == Count(11, 7, 3, 1) and tables["bureau"]["none"].rate == 0
    for name in ("fiscal_year", "programme", "bureau"):
        assert sum(tables[name].values(), Count()) == tables["total"]
    assert Count().rate is None  # nothing owed is no rate of 0 %


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12.5", 1250), ("100", 10_000), ("0.01", 1), ("33.33%", 3333), ("100.01", None), ("1.234", None), ("-1", None),
     ("", None), ("１２.5", 1250), ("1e2", None)],
)  # fmt: skip
def test_percentages_are_read_exactly_or_not_at_all(text: str, expected: int | None) -> None:
    assert hundredths(text) == expected


def test_a_fiscal_year_starts_in_april() -> None:
    assert schedule(date(2024, 4, 1), 1, Terms())[0].fiscal_year == fiscal_year(date(2024, 4, 1)) == 2024

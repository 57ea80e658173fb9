"""What came of a project: yes, no, unknown, not long enough, never guessed."""

from datetime import date

import pytest

from app.learning.choices import State
from app.learning.definitions.results import Lag, Plan, Seen, judge, lag, sales, speed, total

DONE = date(2015, 3, 31)
NOW = date(2026, 6, 1)


def _seen(year: int, stage: int = 0, state: str = "development", sold: date | None = None) -> Seen:
    return Seen(date(year, 4, 10), stage, state, sold)


def test_reached_in_time_is_yes_and_says_when() -> None:
    found = judge("E2", 5, DONE, [_seen(2016), _seen(2017, 3, "launched"), _seen(2018, 4, "launched")], NOW)
    assert (found.state, found.reached_on) == (State.yes, date(2017, 4, 10))
    assert judge("E3", 5, DONE, [_seen(2017, 3, "launched"), _seen(2018, 4, "launched")], NOW).reached_on == date(
        2018, 4, 10
    )
    assert judge("E1", 5, DONE, [_seen(2016, 0, "productization")], NOW).state is State.yes
    assert judge("E4", 5, DONE, [_seen(2019, 4, "launched")], NOW).state is State.no


def test_a_day_named_in_a_report_counts_for_the_first_sale_only() -> None:
    """The report after the last year tells of a sale within it."""
    seen = [_seen(2020, 3, "launched", sold=date(2020, 2, 1))]
    assert judge("E2", 5, DONE, seen, NOW).state is State.yes
    assert judge("E3", 5, DONE, [Seen(date(2020, 4, 10), 4, "launched", date(2020, 2, 1))], NOW).state is State.unknown
    late = [_seen(2021, 3, "launched", sold=date(2020, 9, 1))]
    assert judge("E2", 5, DONE, late, NOW).state is State.no  # the day is known, and it is too late


def test_no_needs_somebody_who_answered_in_the_last_year() -> None:
    assert judge("E2", 5, DONE, [_seen(2016), _seen(2019)], NOW).state is State.no
    assert judge("E2", 5, DONE, [_seen(2016), _seen(2018)], NOW).state is State.unknown
    assert judge("E2", 5, DONE, [], NOW).state is State.unknown
    assert judge("E2", 5, DONE, [_seen(2016, 0, "stopped")], NOW).state is State.no
    # first seen at the level long after: when it got there is not known
    assert judge("E2", 5, DONE, [_seen(2016), _seen(2022, 3, "launched")], NOW).state is State.unknown
    assert judge("E2", 5, DONE, [_seen(2019), _seen(2022, 3, "launched")], NOW).state is State.no


def test_too_young_is_never_a_yes_even_when_it_has_sold_already() -> None:
    """Early successes without the failures of their age would flatter the rate."""
    early = [_seen(2016, 5, "launched")]
    assert judge("E2", 5, DONE, early, date(2019, 1, 1)).state is State.young
    assert judge("E2", 3, DONE, early, date(2019, 1, 1)).state is State.yes
    assert judge("E2", 5, None, early, NOW).state is State.unfinished
    assert judge("E2", 5, DONE, [_seen(2019, 5, "launched")], date(2018, 12, 31)).reached_on is None  # not known then


@pytest.mark.parametrize(("year", "expected"), [(2015, 5.0), (2016, 4.0), (2019, 1.0)])
def test_speed_is_higher_the_earlier_the_first_sale(year: int, expected: float) -> None:
    """DONE lies in FY2014: FY2015 is one year later."""
    result = judge("E2", 5, DONE, [Seen(date(year, 5, 1), 3, "launched")], NOW)
    assert speed(result, 5, DONE) == expected


def test_speed_of_no_sale_is_nought_and_of_an_unknown_one_nothing() -> None:
    assert speed(judge("E2", 5, DONE, [_seen(2019)], NOW), 5, DONE) == 0
    assert speed(judge("E2", 5, DONE, [], NOW), 5, DONE) is None


PLAN = Plan(date(2016, 10, 1), {1: 100, 2: 200, 3: 300})


def test_the_first_sale_against_its_plan_in_fiscal_years() -> None:
    def found(*seen: Seen, as_of: date = NOW) -> tuple[State, int | None]:
        answer = lag(PLAN, DONE, seen, as_of)
        return answer.state, answer.years

    assert found(Seen(date(2017, 3, 31), 3, "launched")) == (State.yes, 0)
    assert found(Seen(date(2017, 4, 1), 3, "launched")) == (State.no, 1)
    assert found(Seen(date(2015, 12, 1), 3, "launched")) == (State.yes, -1)
    assert found(_seen(2019)) == (State.no, None)  # heard of after the planned year, and not sold
    assert found(_seen(2016)) == (State.unknown, None)  # last heard of before the planned year ended
    assert found(_seen(2016, 0, "stopped")) == (State.no, None)
    assert found(as_of=date(2017, 3, 30)) == (State.young, None)
    assert lag(Plan(None, {}), DONE, [], NOW) == lag(None, DONE, [], NOW) == Lag(State.unplanned)
    assert lag(PLAN, None, [], NOW).state is State.unfinished


def test_sales_by_year_after_completion_keep_unknown_and_not_due_apart() -> None:
    """DONE lies in FY2014, so year 1 is FY2015; a report on FY2017 is due 90 days after 31 March 2018."""
    by_year = sales(PLAN, DONE, {2015: 50, 2016: 0}, date(2018, 6, 28), (1, 2, 3, 4, 5))
    assert {year: (s.state, s.real) for year, s in by_year.items()} == {
        1: (State.yes, 50), 2: (State.yes, 0), 3: (State.young, None),
    }  # fmt: skip
    assert sales(PLAN, DONE, {}, date(2018, 6, 29), (3,))[3].state is State.unknown
    assert sales(PLAN, None, {}, NOW, (1,))[1].state is State.unfinished
    assert sales(None, DONE, {2015: 1}, NOW, (1, 2)) == {}


def test_all_years_together_are_known_only_when_each_is() -> None:
    whole = total(sales(PLAN, DONE, {2015: 50, 2016: 0, 2017: 400}, NOW, (1, 2, 3)))
    assert (whole.state, whole.planned, whole.real) == (State.yes, 600, 450)
    gap = total(sales(PLAN, DONE, {2015: 50, 2017: 400}, NOW, (1, 2, 3)))
    assert gap.state is State.unknown and gap.real is None
    assert total({}).state is State.unplanned

"""What came of one project, as far as it is known: the level reached in time, the first sale, the sales of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.fiscal import add_years, fiscal_year, fiscal_year_end
from app.learning.choices import State

#: Stages that count as a level; E1 is read off the state of development (analytics.definitions.COMMERCIALIZATION).
STAGE_OF = {"E2": 3, "E3": 4, "E4": 5}
LEVELS = ("E1", "E2", "E3", "E4")
PUT_TO_USE = frozenset({"productization", "launched"})


@dataclass(frozen=True)
class Seen:
    """One observation; ``first_sale_on`` is the day that the verified report behind it names, if it names one."""

    observed_on: date
    stage: int
    dev_state: str
    first_sale_on: date | None = None


@dataclass(frozen=True)
class Result:
    """``reached_on`` is the first day known, also where it came too late for ``yes``."""

    state: State
    reached_on: date | None = None


def reached_on(level: str, seen: Sequence[Seen]) -> date | None:
    """The first day on which the level is known to have been reached. For the first sale (E2) a day named in a
    verified report counts, which lies before the day of the report."""
    if level == "E1":
        days = [s.observed_on for s in seen if s.dev_state in PUT_TO_USE]
    else:
        days = [s.observed_on for s in seen if s.stage >= STAGE_OF[level]]
    if level == "E2":
        days += [s.first_sale_on for s in seen if s.first_sale_on is not None]
    return min(days, default=None)


def judge(level: str, years: int, completed_on: date | None, seen: Sequence[Seen], as_of: date) -> Result:
    """Was the level reached within so many years of completion, as known on ``as_of``?

    A project for which the years have not passed is ``young`` even when it has reached the level already: to take in
    early successes and not the others of their age would flatter. It is ``no`` when it was heard of during the last
    of the years (or was stopped) and had not reached the level; otherwise nobody answered and it is ``unknown``.
    """
    seen = [s for s in seen if s.observed_on <= as_of]
    day = reached_on(level, seen)
    if completed_on is None or completed_on > as_of:
        return Result(State.unfinished, day)
    end = add_years(completed_on, years)
    if end > as_of:
        return Result(State.young, day)
    if day is not None and day <= end:
        return Result(State.yes, day)
    last_year = add_years(completed_on, years - 1)
    without = [s for s in seen if day is None or s.observed_on < day]
    named = level == "E2" and any(s.first_sale_on == day for s in seen if day is not None)
    if named or any(s.observed_on > last_year or s.dev_state == "stopped" for s in without):
        return Result(State.no, day)
    return Result(State.unknown, day)


def speed(result: Result, years: int, completed_on: date | None) -> float | None:
    """How early the first sale came: years + 1 in the fiscal year of completion, one less a year, 0 for none in time."""
    if result.state is State.no:
        return 0.0
    if result.state is not State.yes or result.reached_on is None or completed_on is None:
        return None
    return float(years + 1 - max(0, fiscal_year(result.reached_on) - fiscal_year(completed_on)))


@dataclass(frozen=True)
class Plan:
    """The forecast of a submission: day of the first sale, sales in yen by year after completion."""

    first_sale_on: date | None
    sales: Mapping[int, int]


@dataclass(frozen=True)
class Lag:
    """The first sale against its plan. ``years`` are fiscal years late (early: negative), None while not sold."""

    state: State  # yes: not later than planned; no: later or not yet; young: the planned year has not ended
    years: int | None = None


def lag(plan: Plan | None, completed_on: date | None, seen: Sequence[Seen], as_of: date) -> Lag:
    """How late the first sale came, of a completed project. Unknown when nobody was heard of after the planned year."""
    if completed_on is None or completed_on > as_of:
        return Lag(State.unfinished)
    if plan is None or plan.first_sale_on is None:
        return Lag(State.unplanned)
    planned = fiscal_year(plan.first_sale_on)
    seen = [s for s in seen if s.observed_on <= as_of]
    if fiscal_year_end(planned) > as_of:
        return Lag(State.young)
    day = reached_on("E2", seen)
    if day is not None:
        late = fiscal_year(day) - planned
        return Lag(State.yes if late <= 0 else State.no, late)
    if any(s.observed_on >= fiscal_year_end(planned) or s.dev_state == "stopped" for s in seen):
        return Lag(State.no)
    return Lag(State.unknown)


@dataclass(frozen=True)
class YearSales:
    """Planned and real sales of one year after completion, in yen."""

    state: State  # yes: both known
    planned: int
    real: int | None = None


#: A report on a fiscal year is due so many days after its end (MON-10).
REPORTED_AFTER_DAYS = 90


def sales(
    plan: Plan | None, completed_on: date | None, real: Mapping[int, int], as_of: date, years: Sequence[int]
) -> dict[int, YearSales]:
    """Year by year after completion; ``real`` is by fiscal year. Years without a planned amount are left out."""
    found: dict[int, YearSales] = {}
    for year in years:
        planned = plan.sales.get(year) if plan else None
        if planned is None:
            continue
        if completed_on is None or completed_on > as_of:
            found[year] = YearSales(State.unfinished, planned)
            continue
        fiscal = fiscal_year(completed_on) + year
        amount = real.get(fiscal)
        if amount is not None:
            found[year] = YearSales(State.yes, planned, amount)
        elif (as_of - fiscal_year_end(fiscal)).days < REPORTED_AFTER_DAYS:
            found[year] = YearSales(State.young, planned)
        else:
            found[year] = YearSales(State.unknown, planned)
    return found


def total(by_year: Mapping[int, YearSales]) -> YearSales:
    """All years together: known only when each of them is."""
    planned = sum(y.planned for y in by_year.values())
    if not planned:
        return YearSales(State.unplanned, 0)
    for state in (State.unfinished, State.young, State.unknown):
        if any(y.state is state for y in by_year.values()):
            return YearSales(state, planned)
    return YearSales(State.yes, planned, sum(y.real or 0 for y in by_year.values()))

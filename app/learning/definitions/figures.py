"""From cases to figures: every count that a page prints is made here, over the same cases that its list shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from app.analytics.estimators import wilson
from app.core.i18n import Bilingual
from app.learning.choices import Against, State
from app.learning.definitions.correlation import Correlation, correlate, point, ratio_of_sums
from app.learning.definitions.forecasts import Forecast, Score, score
from app.learning.definitions.questions import SALES_YEARS, Question
from app.learning.definitions.results import Lag, Plan, Result, YearSales, speed, total


@dataclass(frozen=True)
class Case:
    """One adopted project with what was scored and forecast before, and what is known of it since. Scores are points."""

    project_id: int
    key: str
    title: Bilingual
    application_id: int
    fiscal_year: int  # of the round
    completed_on: date | None
    result: Result  # for the level and years asked for
    sale: Result  # for the first sale within the years asked for
    sold_in_five: Result  # what reviewers forecast
    scores: Mapping[str, float]  # by criterion code
    raw: float | None
    adjusted: float | None
    forecasts: tuple[Forecast, ...] = ()
    plan: Plan | None = None
    lag: Lag = field(default_factory=lambda: Lag(State.unplanned))
    sales: Mapping[int, YearSales] = field(default_factory=dict)

    def later(self, question: Question) -> tuple[State, float | None]:
        """The result that scores are set against: how far it is known, and its value when it is."""
        if question.against is Against.reached:
            known = {State.yes: 1.0, State.no: 0.0}
            return self.result.state, known.get(self.result.state)
        if question.against is Against.speed:
            return self.sale.state, speed(self.sale, question.years, self.completed_on)
        whole = total(self.sales)
        return whole.state, None if whole.real is None else whole.real / whole.planned

    def state_in(self, kind: str, question: Question) -> State:
        """Under which heading the case stands in the list behind a page."""
        if kind == "forecasts":
            return self.sold_in_five.state
        if kind == "plans":
            return self.lag.state
        return self.later(question)[0]


def counts(cases: Sequence[Case], kind: str, question: Question) -> dict[State, int]:
    """How many cases stand under each heading, all of them named."""
    found = Counter(case.state_in(kind, question) for case in cases)
    return {state: found[state] for state in State}


@dataclass(frozen=True)
class Line:
    """One criterion (or total) against the later result. ``counted`` is n; the rest of the cases by why they are not.

    ``if_no`` and ``if_yes`` are rho were all unknown results of scored projects no, or yes.
    """

    key: str
    name: Bilingual
    correlation: Correlation
    unknown: int
    unscored: int
    if_no: float | None = None
    if_yes: float | None = None


TOTALS = {
    "raw": Bilingual("Total, as scored", "総合点(補正前)"),
    "adjusted": Bilingual("Total, adjusted for severity", "総合点(厳しさ補正後)"),
}


def _score_of(case: Case, key: str) -> float | None:
    return {"raw": case.raw, "adjusted": case.adjusted}.get(key) if key in TOTALS else case.scores.get(key)


def criteria(cases: Sequence[Case], names: Mapping[str, Bilingual], question: Question) -> list[Line]:
    """Every criterion, then the totals, each over the projects that have that score and a known result."""
    lines = []
    for key, name in {**names, **TOTALS}.items():
        pairs, unknown, unscored = [], [], 0
        for case in cases:
            state, value = case.later(question)
            given = _score_of(case, key)
            if value is not None:
                if given is None:
                    unscored += 1
                else:
                    pairs.append((given, value))
            elif state is State.unknown and given is not None:
                unknown.append(given)
        x, y = [p[0] for p in pairs], [p[1] for p in pairs]
        found = correlate(x, y, fewest=question.fewest)
        bounds: tuple[float | None, float | None] = (None, None)
        if found.rho is not None and unknown and question.against is Against.reached:
            bounds = point(x + unknown, y + [0.0] * len(unknown)), point(x + unknown, y + [1.0] * len(unknown))
        lines.append(Line(key, name, found, len(unknown), unscored, *bounds))
    return lines


def forecasts(cases: Sequence[Case], question: Question) -> Score:
    """All forecasts of the cases against what came; young and unfinished projects are left out, unknown ones bound it."""
    enter = [c for c in cases if c.sold_in_five.state.known or c.sold_in_five.state is State.unknown]
    came = {c.project_id: int(c.sold_in_five.state is State.yes) for c in enter if c.sold_in_five.state.known}
    return score([f for c in enter for f in c.forecasts], came, fewest=question.fewest)


@dataclass(frozen=True)
class FirstSales:
    """First sales against their planned fiscal year. ``lags``: years late (None: not sold yet) and how many."""

    in_time: int
    known: int
    unknown: int
    young: int
    unfinished: int
    unplanned: int
    lags: tuple[tuple[int | None, int], ...]
    median: int | None
    median_unsold: bool  # the middle one has not sold yet
    fewest: int

    @property
    def enough(self) -> bool:
        return self.known >= self.fewest

    @property
    def share(self) -> float | None:
        return self.in_time / self.known if self.known else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.in_time, self.known)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Were all unknown ones late, or all in time."""
        whole = self.known + self.unknown
        return (self.in_time / whole, (self.in_time + self.unknown) / whole) if whole else None


def first_sales(cases: Sequence[Case], question: Question) -> FirstSales:
    states = Counter(case.lag.state for case in cases)
    known = [case.lag for case in cases if case.lag.state.known]
    by_years = Counter(lag.years for lag in known)
    order = sorted(by_years.items(), key=lambda item: (item[0] is None, item[0] or 0))
    ordered = [years for years, n in order for _ in range(n)]
    middle = ordered[(len(ordered) - 1) // 2] if ordered else None  # the lower one of two: an actual project
    return FirstSales(
        states[State.yes], len(known), states[State.unknown], states[State.young], states[State.unfinished],
        states[State.unplanned], tuple(order), middle, bool(ordered) and middle is None, question.fewest,
    )  # fmt: skip


@dataclass(frozen=True)
class SalesLine:
    """One year after completion (None: all five together); amounts in yen over the projects that are known."""

    year: int | None
    n: int
    unknown: int
    young: int
    unfinished: int
    planned: int
    real: int
    reached: int  # sold at least what was planned
    median: float | None
    ratio: tuple[float, float | None, float | None] | None
    fewest: int

    @property
    def enough(self) -> bool:
        return self.n >= self.fewest


def _sales_line(year: int | None, found: Sequence[YearSales], fewest: int) -> SalesLine:
    states = Counter(s.state for s in found)
    known = [(s.planned, s.real) for s in found if s.real is not None]
    ratio = None
    if len(known) >= fewest:
        ratio = ratio_of_sums([float(r) for _p, r in known], [float(p) for p, _r in known])
    own = [r / p for p, r in known if p]
    return SalesLine(
        year, len(known), states[State.unknown], states[State.young], states[State.unfinished],
        sum(p for p, _r in known), sum(r for _p, r in known), sum(r >= p for p, r in known),
        median(own) if own else None, ratio, fewest,
    )  # fmt: skip


def sales_lines(cases: Sequence[Case], question: Question) -> list[SalesLine]:
    """Each year after completion, then all five together over projects of which every year is known."""
    lines = [
        _sales_line(year, [case.sales[year] for case in cases if year in case.sales], question.fewest)
        for year in SALES_YEARS
    ]
    wholes = [total(case.sales) for case in cases]
    return [*lines, _sales_line(None, wholes, question.fewest)]


def planned_rank(cases: Sequence[Case], question: Question) -> Correlation:
    """Do those who plan to sell more sell more? Planned against real sales of five years, in rank."""
    known = [(whole.planned, whole.real) for case in cases if (whole := total(case.sales)).real is not None]
    return correlate([p for p, _r in known], [r or 0 for _p, r in known], fewest=question.fewest)

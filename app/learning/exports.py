"""Figures and the records behind them as CSV, the question and its definition first."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core import tabular
from app.core.clock import now
from app.core.i18n import Bilingual, show_instant
from app.learning.definitions import figures as made
from app.learning.definitions.correlation import Correlation, Measure
from app.learning.definitions.figures import Case
from app.learning.definitions.forecasts import FEWEST_REVIEWERS
from app.learning.definitions.questions import CENSORING, FIGURES, SALES_YEARS, SELECTION, Question

Rows = list[Sequence[Any]]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _head(kind: str, cases: Sequence[Case], question: Question) -> Rows:
    figure = FIGURES[kind]
    rows: Rows = [
        ("figure", figure.title.en, figure.title.ja),
        ("definition", figure.text.en, figure.text.ja),
        ("caveat", figure.caveat.en, figure.caveat.ja),
        ("selection", SELECTION.en, SELECTION.ja),
        ("censoring", CENSORING.en, CENSORING.ja),
        ("programme", question.programme.value if question.programme else "all"),
        ("rounds_fy", f"{question.first_year}..{question.last_year}"),
        ("as_of", question.as_of.isoformat()),
        ("fewest", question.fewest),
    ]
    if kind == "criteria":
        rows += [("against", question.against.value), ("level", question.level), ("years", question.years)]
    rows += [(f"projects_{state.value}", n) for state, n in made.counts(cases, kind, question).items()]
    return [*rows, ("made_at", show_instant(now())), ()]


def _measure(found: Measure | None) -> tuple[str, str, str]:
    return (_number(found.value), _number(found.low), _number(found.high)) if found else ("", "", "")


def _correlation(found: Correlation) -> tuple[Any, ...]:
    return (found.n, *_measure(found.rho), *_measure(found.tau), found.why_thin.en if found.why_thin else "")


def _criteria(cases: Sequence[Case], names: Mapping[str, Bilingual], question: Question) -> Rows:
    rows: Rows = [
        ("criterion", "name_en", "name_ja", "n", "rho", "rho_low", "rho_high", "tau_b", "tau_b_low", "tau_b_high",
         "too_few", "unknown", "not_scored", "rho_if_unknown_were_no", "rho_if_unknown_were_yes"),
    ]  # fmt: skip
    for line in made.criteria(cases, names, question):
        rows.append(
            (line.key, line.name.en, line.name.ja, *_correlation(line.correlation), line.unknown, line.unscored,
             _number(line.if_no), _number(line.if_yes))
        )  # fmt: skip
    return rows


def _forecasts(cases: Sequence[Case], question: Question) -> Rows:
    score = made.forecasts(cases, question)
    rows: Rows = [
        ("forecasts", score.forecasts), ("projects", score.projects), ("unknown_projects", score.unknown),
        ("too_few", score.why_thin.en if score.why_thin else ""),
    ]  # fmt: skip
    if score.brier is None:
        return rows
    names = ("brier", "low", "high", "lowest", "highest", "base_rate", "reliability", "resolution", "uncertainty",
             "within", "skill")  # fmt: skip
    rows += [(name, _number(getattr(score, name))) for name in names]
    rows += [(), ("from", "to", "forecasts", "projects", "mean_forecast", "came", "came_low", "came_high")]
    for row in score.rows:
        low, high = row.interval or (None, None)
        rows.append(
            (row.low, row.high, row.forecasts, row.projects, _number(row.mean), _number(row.rate), _number(low), _number(high))
        )  # fmt: skip
    return rows


def _plans(cases: Sequence[Case], question: Question) -> Rows:
    first = made.first_sales(cases, question)
    low, high = first.bounds or (None, None)
    rows: Rows = [
        ("first_sale_in_time", first.in_time), ("known", first.known), ("unknown", first.unknown),
        ("not_due", first.young), ("not_completed", first.unfinished), ("without_plan", first.unplanned), ("lower", _number(low)), ("upper", _number(high)),
        (), ("fiscal_years_late", "projects"),
        *(("not sold yet" if years is None else years, n) for years, n in first.lags),
        (), ("planned_against_real_in_rank",), ("n", "rho", "low", "high", "tau_b", "low", "high", "too_few"),
        _correlation(made.planned_rank(cases, question)),
        (), ("year_after_completion", "projects", "planned_yen", "real_yen", "ratio", "low", "high", "median_ratio",
             "reached_plan", "unknown", "not_due", "not_completed"),
    ]  # fmt: skip
    for line in made.sales_lines(cases, question):
        ratio = line.ratio or (None, None, None)
        rows.append(
            (line.year or "1..5", line.n, line.planned, line.real, *map(_number, ratio),
             _number(line.median if line.enough else None), line.reached, line.unknown, line.young, line.unfinished)
        )  # fmt: skip
    return rows


def figures(kind: str, cases: Sequence[Case], question: Question, names: Mapping[str, Bilingual]) -> bytes:
    rows = _head(kind, cases, question)
    if kind == "criteria":
        return tabular.whole(rows + _criteria(cases, names, question))
    return tabular.whole(rows + (_forecasts if kind == "forecasts" else _plans)(cases, question))


def mean_forecast(case: Case) -> float | None:
    """Of one project, only where at least five reviewers stand behind it."""
    people = {f.reviewer for f in case.forecasts}
    return sum(f.probability for f in case.forecasts) / len(case.forecasts) if len(people) >= FEWEST_REVIEWERS else None


def records(kind: str, cases: Sequence[Case], question: Question, names: Mapping[str, Bilingual]) -> bytes:
    """Every project with the values that entered the figures."""
    rows = _head(kind, cases, question)
    lead = ("project", "round_fy", "completed_on", "state")
    if kind == "criteria":
        rows.append((*lead, "value", "reached_on", *names, "raw", "adjusted"))
    elif kind == "forecasts":
        rows.append((*lead, "first_sale", "forecasts", "mean_forecast"))
    else:
        years = [f"{what}_{year}" for year in SALES_YEARS for what in ("planned", "real")]
        rows.append((*lead, "planned_first_sale", "first_sale", "fiscal_years_late", *years))
    return tabular.whole([*rows, *(_record(kind, case, question, names) for case in cases)])


def _record(kind: str, case: Case, question: Question, names: Mapping[str, Bilingual]) -> Sequence[Any]:
    lead = (case.key, case.fiscal_year, case.completed_on or "", case.state_in(kind, question).value)
    if kind == "criteria":
        value = case.later(question)[1]
        given = [_number(case.scores.get(code)) for code in names]
        return (*lead, _number(value), case.result.reached_on or "", *given, _number(case.raw), _number(case.adjusted))
    if kind == "forecasts":
        return (*lead, case.sold_in_five.reached_on or "", len(case.forecasts), _number(mean_forecast(case)))
    late = "" if case.lag.years is None else case.lag.years
    amounts: list[Any] = []
    for year in SALES_YEARS:
        sold = case.sales.get(year)
        amounts += ["", ""] if sold is None else [sold.planned, "" if sold.real is None else sold.real]
    planned = case.plan.first_sale_on if case.plan else None
    return (*lead, planned or "", case.sale.reached_on or "", late, *amounts)

"""Figures besides the plain rate: definitions side by side, order in time, curves, cohorts, groups, money."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from typing import Any

from sqlalchemy import func, select

from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, Commercialization, Count, Participation, Rate
from app.analytics.definitions import figures as f
from app.analytics.definitions.questions import Question, Reference, ReferenceKind
from app.analytics.estimators import Point, Spell, Spread, cumulative_incidence, incidence_band, spread
from app.analytics.queries.answers import count_of, measure, remember, shared
from app.analytics.queries.together import together
from app.analytics.queries.units import units
from app.analytics.queries.units.base import NO, UNKNOWN, YES
from app.analytics.queries.units.commercialization import CENSORED, COMPETING, EVENT, by_level_and_lag, latest
from app.analytics.queries.units.participation import by_project
from app.core.db import session
from app.core.fiscal import fiscal_year_end
from app.projects.models import Project

_ENDS: dict[int, Any] = {EVENT: "event", COMPETING: "competing", CENSORED: "censored"}


# --- participation ---------------------------------------------------------------------------------------------------


def side_by_side(question: Participation) -> list[Rate]:
    """The same question under every definition that can answer it."""
    every, found = together(question), []
    for name in PARTICIPATION:
        asked = replace(question, definition=name)
        if not asked.fault():
            count = every.count(name)
            found.append(measure(asked) if count is None else Rate(asked, count))
    return found


def by_reference(question: Participation, day: Any) -> list[Rate]:
    """PR-1 under every reference rule (or the definition asked for, where it goes by projects)."""
    definition = question.definition if question.rule.rows == "project" else "PR-1"
    references = tuple(Reference(kind, day if kind.dated else None) for kind in ReferenceKind)
    if definition in ("PR-1", "PR-6a") and (every := together(question)).references == references:
        return every.at(definition)
    return [measure(replace(question, definition=definition, reference=r, list_code=None)) for r in references]


def time_order(asked: f.TimeOrder) -> f.Ordered:
    """PR-13."""
    return f.Ordered(asked, *together(asked.of).order())


def _by_chance(asked: f.Chance) -> f.ByChance | None:
    every = together(asked.of)
    sizes, places = every.sizes(), every.count("PR-5")
    projects = sum(number for _size, number in sizes)
    if not projects or places is None or places.rate is None:
        return None
    mean, share = sum(size * number for size, number in sizes) / projects, places.rate
    expected = sum((1 - (1 - share) ** size) * number for size, number in sizes) / projects
    return f.ByChance(asked, mean, share, expected)


def by_chance(asked: f.Chance) -> f.ByChance | None:
    """PR-11; None where that means nothing."""
    return _by_chance(asked) if asked.of.definition == "PR-1" else None


# --- commercialization -----------------------------------------------------------------------------------------------


def _levels(asked: f.Levels, row: dict[str, int]) -> f.LevelsAnswered:
    found = []
    for lag in asked.lags:
        due, responded = row[f"due_{lag}"], row[f"responded_{lag}"]
        counts = {level: row[f"{level}_{lag}"] for level in COMMERCIALIZATION}
        rates = [
            Rate(replace(asked.of, level=level, lag=lag), Count(k, due - responded, responded - k))
            for level, k in counts.items()
        ]
        found.append((lag, tuple(rates)))
    return f.LevelsAnswered(asked, tuple(found))


def levels(asked: f.Levels) -> f.LevelsAnswered:
    """Every level at every lag, in one statement."""

    def ask() -> dict[str, int]:
        row = session.execute(by_level_and_lag(asked.of, asked.lags)).one()._mapping
        return {name: int(number) for name, number in row.items()}

    return shared(("levels", asked), ask, lambda row: _levels(asked, row))


def standing(asked: f.Standing) -> f.StandingAnswered:
    """CR-9."""
    found = reached(asked.of)
    now: int = shared(("latest", asked), lambda: int(session.scalar(latest(asked.of)) or 0))
    return f.StandingAnswered(asked, found.denominator, found.numerator, now)


Spells = Counter[Spell]


def _spells(question: Commercialization) -> list[list[int]]:
    """(verdict, year of completion, time, end, entry, how many)."""

    def ask() -> list[list[int]]:
        unit = units(question)
        columns = (unit.c.verdict, unit.c.cohort, unit.c.time, unit.c.ended, unit.c.entry)
        rows = session.execute(select(*columns, func.count()).group_by(*columns))
        return [[int(value) for value in row] for row in rows]

    return shared(("spells", question), ask)


def spells_by_cohort(question: Commercialization) -> dict[int, Spells]:
    """Times under observation, counted, by fiscal year of completion; one statement serves curve, triangle and rate."""
    found: dict[int, Spells] = {}
    for _verdict, cohort, time, ended, entry, number in sorted(_spells(question), key=lambda row: row[1]):
        found.setdefault(cohort, Counter())[Spell(time, _ENDS[ended], entry)] += number
    return found


def reached(question: Commercialization) -> Rate:
    """The number alone, of the times under observation that the page needs anyway."""
    return Rate(question, count_of([(row[0], row[-1]) for row in _spells(question)]))


def reached_by_year(question: Commercialization) -> tuple[tuple[int, Count], ...]:
    rows = _spells(question)
    years = sorted({row[1] for row in rows})
    return tuple((year, count_of([(row[0], row[-1]) for row in rows if row[1] == year])) for year in years)


def _together(spells: Iterable[Spells]) -> Spells:
    return sum(spells, Counter())


def curve(question: Commercialization) -> list[Point]:
    """Cumulative incidence by years since completion (contract section 4)."""
    return cumulative_incidence(_together(spells_by_cohort(question).values()))


def _draw(asked: f.Curve) -> f.CurveDrawn:
    spells = _together(spells_by_cohort(asked.of).values())
    return f.CurveDrawn(asked, tuple(cumulative_incidence(spells)), tuple(incidence_band(spells)))


def draw(asked: f.Curve) -> f.CurveDrawn:
    """The curve with its band (CR-6)."""
    return remember(("curve", asked), lambda: _draw(asked))


def _complete(question: Commercialization, cohort: int, t: int) -> bool:
    return fiscal_year_end(cohort + t) <= question.as_of


def _reached(spells: Spells, t: int) -> int:
    return sum(number for spell, number in spells.items() if spell.end == "event" and spell.time <= t)


def triangle(asked: f.Triangle) -> f.TriangleDrawn:
    """CR-7. Shares are of all projects due, so that silence counts as not reached."""
    rows = []
    for cohort, spells in spells_by_cohort(asked.of).items():
        due, cells = spells.total(), []
        for t in range(asked.width + 1):
            at_risk = sum(n for s, n in spells.items() if s.entry <= t <= s.time)
            complete, reached = _complete(asked.of, cohort, t), _reached(spells, t)
            cells.append(f.Cell(t, reached, at_risk, complete, reached / due if complete else None))
        rows.append(f.TriangleRow(cohort, due, tuple(cells)))
    return f.TriangleDrawn(asked, tuple(rows))


def equal_age(asked: f.EqualAge, oldest: int = 10) -> f.EqualAged:
    """CR-8."""
    found = spells_by_cohort(asked.of)
    points = cumulative_incidence(_together(found.values()))
    cohorts = []
    for cohort, spells in found.items():
        full = [t for t in range(200) if _complete(asked.of, cohort, t)]
        age = full[-1] if full else -1
        share = points[min(age, len(points) - 1)].cif if age >= 0 else 0.0
        cohorts.append(f.Aged(cohort, spells.total(), _reached(spells, 10_000), age, share))
    ages = []
    for t in range(oldest + 1):
        old = [spells for cohort, spells in found.items() if _complete(asked.of, cohort, t)]
        if old:
            ages.append(f.AtAge(t, sum(_reached(s, t) for s in old), sum(s.total() for s in old)))
    return f.EqualAged(asked, tuple(cohorts), tuple(ages))


def _compare(asked: f.Comparison) -> f.Compared:
    question = asked.of
    membership = Participation(
        "PR-1", question.programme, "completed", question.first_year, question.last_year, asked.reference
    )
    unit, member = units(question), by_project(membership).subquery("member")
    columns = (member.c.verdict, unit.c.cohort, unit.c.time, unit.c.ended, unit.c.entry)
    rows = session.execute(
        select(*columns, func.count())
        .select_from(unit.join(member, member.c.project_id == unit.c.project_id))
        .group_by(*columns)
    )
    found: dict[int, dict[int, Spells]] = {NO: {}, UNKNOWN: {}, YES: {}}
    for verdict, cohort, time, ended, entry, number in rows:
        spell = Spell(int(time), _ENDS[ended], int(entry))
        found[verdict].setdefault(int(cohort), Counter())[spell] += int(number)
    groups = []
    for code, name in ((YES, "yes"), (NO, "no"), (UNKNOWN, "unknown")):
        everybody = _together(found[code].values())
        old = _together(s for cohort, s in found[code].items() if _complete(question, cohort, asked.within))
        points = tuple(cumulative_incidence(everybody))
        groups.append(f.Group(name, everybody.total(), old.total(), _reached(old, asked.within), points))
    return f.Compared(asked, *groups)


def compare(asked: f.Comparison) -> f.Compared:
    """CR-12: projects with a cluster member and others, at equal age; those not known stand apart."""
    return remember(("compare", asked), lambda: _compare(asked))


# --- money -----------------------------------------------------------------------------------------------------------


def _amounts(question: Question) -> dict[str, Any]:
    unit = units(question)
    rows = session.execute(
        select(unit.c.verdict, Project.amount_yen, func.count())
        .select_from(unit.join(Project, Project.id == unit.c.project_id))
        .group_by(unit.c.verdict, Project.amount_yen)
    )
    found: dict[int, Counter[int]] = {YES: Counter(), UNKNOWN: Counter(), NO: Counter()}
    missing = 0
    for verdict, yen, number in rows:
        if yen is None:
            missing += number
        else:
            found[verdict][int(yen)] += number
    spreads = [spread(sum(found.values(), Counter())), *(spread(one) for one in found.values())]
    return {"spreads": [list(astuple(one)) if one else None for one in spreads], "missing": missing}


def _answered(asked: f.Amounts, spreads: Sequence[Spread | None], missing: int) -> f.AmountsAnswered:
    whole, yes, unknown, no = spreads
    return f.AmountsAnswered(asked, whole, yes, unknown, no, missing)


def amounts(asked: f.Amounts) -> f.AmountsAnswered | None:
    """CR-13, of the amounts of projects; None for questions that do not go by projects."""
    question = asked.of
    if question.rule.rows != "project":
        return None
    if isinstance(question, Participation):
        every = together(question)
        return _answered(asked, every.amounts(question.definition), every.without_amount())

    def load(found: Any) -> f.AmountsAnswered:
        return _answered(asked, [Spread(*one) if one else None for one in found["spreads"]], found["missing"])

    return shared(("amounts", asked), lambda: _amounts(question), load)

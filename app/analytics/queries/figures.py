"""Figures besides the plain rate: definitions side by side, order in time, curves, cohorts, groups, money."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case, exists, func, select

from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, Commercialization, Count, Participation, Rate
from app.analytics.definitions import figures as f
from app.analytics.definitions.questions import Reference, ReferenceKind
from app.analytics.estimators import Point, Spell, cumulative_incidence, incidence_band, spread
from app.analytics.queries.answers import count_of, measure, remember
from app.analytics.queries.units import units
from app.analytics.queries.units.base import NO, UNKNOWN, YES
from app.analytics.queries.units.commercialization import CENSORED, COMPETING, EVENT, by_level_and_lag, latest
from app.analytics.queries.units.participation import by_definition, by_project, by_references, judged_companies
from app.clusters.models import Membership
from app.core.db import session
from app.core.fiscal import fiscal_year_end
from app.projects.models import Project

_ENDS: dict[int, Any] = {EVENT: "event", COMPETING: "competing", CENSORED: "censored"}


# --- participation ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Projects:
    """Projects by (verdicts under PR-1, PR-2 and PR-3, companies): how many, and their yen; one statement for all."""

    rows: tuple[tuple[int, int, int, int, int, int], ...]

    def rate(self, question: Participation, definition: str) -> Rate:
        column, value = ("PR-1", "PR-2", "PR-3", "PR-6a").index(definition) % 3, 5 if definition == "PR-6a" else 4
        return Rate(replace(question, definition=definition), count_of([(r[column], r[value]) for r in self.rows]))


def _projects(question: Participation) -> _Projects:
    asked = replace(question, definition="PR-1", list_code=None)

    def make() -> _Projects:
        rows = session.execute(by_definition(asked))
        return _Projects(tuple((int(a), int(b), int(c), int(n), int(k), int(yen or 0)) for a, b, c, n, k, yen in rows))

    return remember(("projects", asked), make)


def _places(question: Participation) -> dict[str, Rate]:
    """PR-5 and PR-6b."""
    judged = judged_companies(replace(question, definition="PR-5"))
    columns = (judged.c.verdict, func.count(), func.sum(judged.c.allocation))
    rows = session.execute(select(*columns).group_by(judged.c.verdict)).all()
    counts = {"PR-5": [(row[0], row[1]) for row in rows], "PR-6b": [(row[0], row[2]) for row in rows]}
    return {name: Rate(replace(question, definition=name), count_of(found)) for name, found in counts.items()}


def side_by_side(question: Participation) -> list[Rate]:
    """The same question under every definition that can answer it."""
    projects, places = _projects(question), remember(("places", question), lambda: _places(question))
    found = []
    for name in PARTICIPATION:
        asked = replace(question, definition=name)
        if asked.fault():
            continue
        if name in ("PR-1", "PR-2", "PR-3", "PR-6a"):
            found.append(projects.rate(question, name))
        else:
            found.append(places[name] if name in places else measure(asked))
    return found


def by_reference(question: Participation, day: Any) -> list[Rate]:
    """PR-1 under every reference rule (or the definition asked for, where it goes by projects)."""
    definition = question.definition if question.rule.rows == "project" else "PR-1"
    references = [Reference(kind, day if kind.dated else None) for kind in ReferenceKind]
    asked = [replace(question, definition=definition, reference=r, list_code=None) for r in references]
    if definition not in ("PR-1", "PR-6a"):
        return [measure(one) for one in asked]
    value = -1 if definition == "PR-6a" else -2
    rows = remember(("references", *asked), lambda: _by_references(asked[0], references))
    return [Rate(one, count_of([(row[place], row[value]) for row in rows])) for place, one in enumerate(asked)]


def _by_references(question: Participation, references: Sequence[Reference]) -> list[tuple[int, ...]]:
    return [tuple(int(value or 0) for value in row) for row in session.execute(by_references(question, references))]


def _time_order(asked: f.TimeOrder) -> f.Ordered:
    judged = judged_companies(asked.of)
    joined = exists().where(
        Membership.organisation_id == judged.c.organisation_id, Membership.valid_from <= judged.c.adopted_on
    )
    places = (
        select(judged.c.project_id, case((joined, 1), else_=0).label("before"))
        .where(judged.c.verdict == YES)
        .subquery("places")
    )
    projects = (
        select(
            func.max(places.c.before).label("any_before"),
            func.sum(places.c.before).label("before"),
            func.count().label("places"),
        )
        .group_by(places.c.project_id)
        .subquery("projects")
    )
    number, early, places_early, all_places = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(projects.c.any_before), 0),
            func.coalesce(func.sum(projects.c.before), 0),
            func.coalesce(func.sum(projects.c.places), 0),
        ).select_from(projects)
    ).one()
    return f.Ordered(asked, int(early), number - int(early), int(places_early), int(all_places - places_early))


def time_order(asked: f.TimeOrder) -> f.Ordered:
    """PR-13."""
    return remember(("time order", asked), lambda: _time_order(asked))


def _by_chance(asked: f.Chance) -> f.ByChance | None:
    sizes = [(row[3], row[4]) for row in _projects(asked.of).rows]
    share = remember(("places", asked.of), lambda: _places(asked.of))["PR-5"].rate
    projects = sum(number for _size, number in sizes)
    if not projects or share is None:
        return None
    mean = sum(size * number for size, number in sizes) / projects
    expected = sum((1 - (1 - share) ** size) * number for size, number in sizes) / projects
    return f.ByChance(asked, mean, share, expected)


def by_chance(asked: f.Chance) -> f.ByChance | None:
    """PR-11; None where that means nothing."""
    return remember(("chance", asked), lambda: _by_chance(asked)) if asked.of.definition == "PR-1" else None


# --- commercialization -----------------------------------------------------------------------------------------------


def _levels(asked: f.Levels) -> f.LevelsAnswered:
    row = session.execute(by_level_and_lag(asked.of, asked.lags)).one()._mapping
    found = []
    for lag in asked.lags:
        due, responded = int(row[f"due_{lag}"]), int(row[f"responded_{lag}"])
        counts = {level: int(row[f"{level}_{lag}"]) for level in COMMERCIALIZATION}
        rates = [
            Rate(replace(asked.of, level=level, lag=lag), Count(k, due - responded, responded - k))
            for level, k in counts.items()
        ]
        found.append((lag, tuple(rates)))
    return f.LevelsAnswered(asked, tuple(found))


def levels(asked: f.Levels) -> f.LevelsAnswered:
    """Every level at every lag, in one statement."""
    return remember(("levels", asked), lambda: _levels(asked))


def _standing(asked: f.Standing) -> f.StandingAnswered:
    found = measure(asked.of)
    return f.StandingAnswered(asked, found.denominator, found.numerator, session.scalar(latest(asked.of)) or 0)


def standing(asked: f.Standing) -> f.StandingAnswered:
    """CR-9."""
    return remember(("standing", asked), lambda: _standing(asked))


Spells = Counter[Spell]


def _spells_by_cohort(question: Commercialization) -> dict[int, Spells]:
    unit = units(question)
    columns = (unit.c.cohort, unit.c.time, unit.c.ended, unit.c.entry)
    found: dict[int, Spells] = {}
    for cohort, time, ended, entry, number in session.execute(select(*columns, func.count()).group_by(*columns)):
        found.setdefault(int(cohort), Counter())[Spell(int(time), _ENDS[ended], int(entry))] += int(number)
    return dict(sorted(found.items()))


def spells_by_cohort(question: Commercialization) -> dict[int, Spells]:
    """Times under observation, counted, by fiscal year of completion; one statement serves curve and triangle."""
    return remember(("spells", question), lambda: _spells_by_cohort(question))


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


def _amounts(asked: f.Amounts) -> f.AmountsAnswered:
    unit = units(asked.of)
    rows = session.execute(
        select(unit.c.verdict, Project.amount_yen, func.count())
        .select_from(unit.join(Project, Project.id == unit.c.project_id))
        .group_by(unit.c.verdict, Project.amount_yen)
    )
    found: dict[int, Counter[int]] = {NO: Counter(), UNKNOWN: Counter(), YES: Counter()}
    missing = 0
    for verdict, yen, number in rows:
        if yen is None:
            missing += number
        else:
            found[verdict][int(yen)] += number
    whole = _all(found.values())
    return f.AmountsAnswered(
        asked, spread(whole), spread(found[YES]), spread(found[UNKNOWN]), spread(found[NO]), missing
    )


def _all(counters: Iterable[Counter[int]]) -> Counter[int]:
    return sum(counters, Counter())


def amounts(asked: f.Amounts) -> f.AmountsAnswered | None:
    """CR-13, of the amounts of projects; None for questions that do not go by projects."""
    return remember(("amounts", asked), lambda: _amounts(asked)) if asked.of.rule.rows == "project" else None

"""Units of E0 to E4: completed projects with what was observed of them until a day."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, case, cast, func, literal, null, select, true

from app.analytics.definitions import COMMERCIALIZATION, Commercialization
from app.analytics.queries.units.base import NO, UNKNOWN, YES, projects, year_of
from app.outcomes.choices import DevState
from app.outcomes.models import Observation
from app.outcomes.queries import counts, fallen
from app.projects.choices import ProjectStatus
from app.projects.models import Project

#: How a project's time under observation ended (CR-4).
CENSORED, COMPETING, EVENT = 0, 1, 2


def reaches(level: str, of: Any = Observation) -> Any:
    if level == "E1":
        return of.dev_state.in_([DevState.productization, DevState.launched])
    return of.stage >= {"E0": 1, "E2": 3, "E3": 4, "E4": 5}[level]


def due_of(question: Commercialization, among: Sequence[int] | None = None) -> Subquery:
    cutoff = question.last_completion
    query = projects(question, Project.completed_on, among).where(Project.status == ProjectStatus.completed)
    return query.where(Project.completed_on <= cutoff if cutoff else ~true()).subquery("due")


def counting(question: Commercialization, query: Select[Any], of: Any = Observation) -> Select[Any]:
    """Narrow a query to what had been observed and was known."""
    query = query.where(of.observed_on <= question.as_of)
    return query.where(of.recorded_on <= question.known_at) if question.known_at is not None else query


def observed_of(question: Commercialization, due: Subquery, levels: Iterable[str] = ()) -> Subquery:
    """Per project: first day at the level (and at each of ``levels``), first day stopped, last counting day."""
    gone = fallen(question.min_evidence, question.known_at).subquery("disputed")
    counted = and_(Observation.evidence_level >= question.min_evidence, gone.c.row_id.is_(None))

    def first(condition: Any) -> Any:
        return func.min(case((and_(counted, condition), Observation.observed_on)))

    query = (
        select(
            Observation.project_id,
            first(reaches(question.level)).label("reached_on"),
            first(Observation.dev_state == DevState.stopped).label("stopped_on"),
            func.max(case((counted, Observation.observed_on))).label("last_on"),
            *(first(reaches(level)).label(level) for level in levels),
        )
        .join(due, due.c.project_id == Observation.project_id)
        .outerjoin(gone, gone.c.row_id == Observation.id)
        .group_by(Observation.project_id)
    )
    return counting(question, query).subquery("observed")


def _years(since: Any, until: Any) -> ColumnElement[int]:
    """Fiscal years between two days, at least 0; 0 where the second is empty."""
    years = year_of(until) - year_of(since)
    return case((until.is_(None), 0), (years < 0, 0), else_=years)


def ending(due: Subquery, observed: Subquery) -> tuple[Any, Any, Any]:
    """(how the time under observation ended, in which year, from which year on it was observed)."""
    is_event = and_(
        observed.c.reached_on.is_not(None),
        (observed.c.stopped_on.is_(None)) | (observed.c.reached_on <= observed.c.stopped_on),
    )
    ended = case((is_event, EVENT), (observed.c.stopped_on.is_not(None), COMPETING), else_=CENSORED)
    on = case(
        (is_event, observed.c.reached_on),
        else_=func.coalesce(observed.c.stopped_on, observed.c.last_on),
    )
    return ended, _years(due.c.completed_on, on), _years(due.c.completed_on, due.c.observed_from)


def by_outcome(question: Commercialization, among: Sequence[int] | None = None) -> Select[Any]:
    due = due_of(question, among)
    observed = observed_of(question, due)
    ended, time, entry = ending(due, observed)
    return (
        select(
            due.c.project_key.label("key"),
            due.c.project_id,
            cast(null(), Integer).label("organisation_id"),
            due.c.cohort,
            case((observed.c.project_id.is_(None), UNKNOWN), (observed.c.reached_on.is_not(None), YES), else_=NO).label(
                "verdict"
            ),
            literal(1, Integer).label("weight"),
            observed.c.reached_on,
            observed.c.last_on,
            ended.label("ended"),
            time.label("time"),
            entry.label("entry"),
        )
        .select_from(due)
        .outerjoin(observed, observed.c.project_id == due.c.project_id)
    )


def by_level_and_lag(question: Commercialization, lags: Iterable[int]) -> Select[Any]:
    """For each lag: projects due, responded, and at each level; one row (CR-2, CR-3)."""
    due = due_of(question)
    observed = observed_of(question, due, COMMERCIALIZATION)
    columns = []
    for lag in lags:
        cutoff = question.with_lag(lag).last_completion
        old = due.c.completed_on <= cutoff if cutoff else ~true()
        conditions: list[tuple[str, Any]] = [
            ("due", true()),
            ("responded", observed.c.project_id.is_not(None)),
            *((level, observed.c[level].is_not(None)) for level in COMMERCIALIZATION),
        ]
        for name, condition in conditions:
            counted = and_(old, condition)
            columns.append(func.coalesce(func.sum(case((counted, 1), else_=0)), 0).label(f"{name}_{lag}"))
    return select(*columns).select_from(due).outerjoin(observed, observed.c.project_id == due.c.project_id)


def by_level(question: Commercialization) -> Select[Any]:
    """Every project that is due, whether anything is known of it, and whether it reached each level."""
    due = due_of(question)
    observed = observed_of(question, due, COMMERCIALIZATION)
    reached = (observed.c[level].is_not(None).label(level) for level in COMMERCIALIZATION)
    return (
        select(due.c.project_id, due.c.cohort, observed.c.project_id.is_not(None).label("observed"), *reached)
        .select_from(due)
        .outerjoin(observed, observed.c.project_id == due.c.project_id)
    )


def latest(question: Commercialization) -> Select[Any]:
    """Projects whose last word on some product shows the level (CR-9). A later record of the same day corrects."""
    due = due_of(question)
    place = func.row_number().over(
        partition_by=(Observation.project_id, Observation.product_key),
        order_by=(Observation.observed_on.desc(), Observation.recorded_on.desc(), Observation.id.desc()),
    )
    query = (
        select(Observation.project_id, Observation.dev_state, Observation.stage, place.label("place"))
        .join(due, due.c.project_id == Observation.project_id)
        .where(counts(question.min_evidence, question.known_at))
    )
    last = counting(question, query).subquery("last")
    return select(func.count(last.c.project_id.distinct())).where(last.c.place == 1, reaches(question.level, last.c))

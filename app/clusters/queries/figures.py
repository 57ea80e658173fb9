"""Targets, forecasts and reports of clusters, and what our own records say to them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.clusters.choices import BusinessType, FigureKind, Indicator
from app.clusters.definitions.pace import Pace, pace, window
from app.clusters.models import Activity, ActivityCluster, Cluster, Membership, NewBusiness, Target
from app.clusters.queries.registers import valid_on
from app.core.db import session
from app.organisations.choices import UNIVERSITY_TYPES
from app.organisations.models import Organisation

PORTION = 150  # questions put into one statement


def targets(cluster: Cluster | None = None, *, every: bool = False) -> Sequence[Target]:
    """The figures of one cluster, of the programme as a whole (no cluster), or of ``every`` one of them."""
    query = (
        select(Target)
        .options(joinedload(Target.cluster))
        .where(Target.withdrawn_at.is_(None))
        .outerjoin(Cluster, Cluster.id == Target.cluster_id)
        .order_by(Cluster.phase, Cluster.cluster_code, Target.indicator, Target.valid_from, Target.kind, Target.id)
    )
    if not every:
        query = query.where(Target.cluster_id == (cluster.id if cluster else None))
    return session.scalars(query).all()


def target(target_id: int) -> Target | None:
    if not 0 < target_id < 2**31:
        return None
    query = select(Target).options(joinedload(Target.cluster)).where(Target.id == target_id)
    return session.scalar(query.where(Target.withdrawn_at.is_(None)))


def _within(column: Any, first: date | None, last: date) -> Any:
    return column < last if first is None else (column >= first) & (column < last)


def counted(row: Any, first: date | None, last: date) -> Any:
    """The question that gives a figure's records from ``first`` until before ``last``; None for what is only reported."""
    which = row.indicator
    if which in (Indicator.new_businesses, Indicator.new_companies):
        query = select(func.count(NewBusiness.id)).where(
            NewBusiness.kind == FigureKind.actual,
            NewBusiness.retracted_at.is_(None),
            _within(NewBusiness.started_on, first, last),
        )
        if which is Indicator.new_companies:
            query = query.where(NewBusiness.type == BusinessType.company)
        return query.where(NewBusiness.cluster_id == row.cluster_id) if row.cluster_id else query
    if which is Indicator.activities:
        query = select(func.count(Activity.id.distinct())).where(_within(Activity.held_on, first, last))
        if row.cluster_id:
            query = query.join(ActivityCluster).where(ActivityCluster.cluster_id == row.cluster_id)
        return query
    if which.is_stock:
        query = select(func.count(Membership.organisation_id.distinct())).where(valid_on(last - timedelta(days=1)))
        if which is Indicator.universities:
            query = query.join(Organisation).where(Organisation.org_type.in_(UNIVERSITY_TYPES))
        return query.where(Membership.cluster_id == row.cluster_id) if row.cluster_id else query
    # Sales are reported, never recorded by us: the latest report within the target's period.
    return (
        select(func.max(Target.value))
        .where(Target.withdrawn_at.is_(None), Target.kind == FigureKind.actual, Target.indicator == which)
        .where(Target.cluster_id == row.cluster_id, Target.valid_from >= row.valid_from, Target.valid_to <= last)
        .where(Target.valid_to == _latest_report(row, last))
    )


def _latest_report(row: Any, last: date) -> Any:
    return (
        select(func.max(Target.valid_to))
        .where(Target.withdrawn_at.is_(None), Target.kind == FigureKind.actual, Target.indicator == row.indicator)
        .where(Target.cluster_id == row.cluster_id, Target.valid_from >= row.valid_from, Target.valid_to <= last)
        .scalar_subquery()
    )


def _answers(questions: Sequence[Any]) -> Iterator[Any]:
    """The answers to many questions in few statements."""
    for at in range(0, len(questions), PORTION):
        portion = questions[at : at + PORTION]
        columns = [
            (literal(None) if query is None else query.scalar_subquery()).label(f"n{i}")
            for i, query in enumerate(portion)
        ]
        yield from session.execute(select(*columns)).one()


def paces(rows: Sequence[Target], day: date) -> list[tuple[Target, Pace]]:
    """Each target with its pace on a day; the others (forecasts, reports) are left out."""
    aims = [row for row in rows if row.kind is FigureKind.target]
    now = [counted(row, *window(row, day)) for row in aims]
    before = [
        counted(row, row.counted_from, row.valid_from) if row.cumulative and not row.indicator.is_stock else None
        for row in aims
    ]
    answers = list(_answers([*now, *before]))
    return [
        (row, pace(row, actual, day, start))
        for row, actual, start in zip(aims, answers[: len(aims)], answers[len(aims) :], strict=True)
    ]


def in_force(rows: Sequence[Target], day: date) -> list[Target]:
    return [row for row in rows if row.valid_from <= day < row.valid_to]


def doubles(row: Any) -> Target | None:
    """Another figure of the same cluster, kind and indicator for an overlapping period."""
    return session.scalar(
        select(Target)
        .where(Target.withdrawn_at.is_(None), Target.indicator == row.indicator, Target.kind == row.kind)
        .where(Target.cluster_id == row.cluster_id, Target.cumulative == row.cumulative)
        .where(Target.valid_from < row.valid_to, Target.valid_to > row.valid_from)
        .where(or_(Target.id != row.id, literal(row.id is None)))
        .limit(1)
    )

"""Network activities, who came, what came of them; incubation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.clusters.choices import ActivityKind
from app.clusters.models import (
    Activity,
    ActivityCluster,
    ActivityResult,
    Attendance,
    Cluster,
    IncubationFacility,
    IncubationManager,
)
from app.core import tables
from app.core.db import session
from app.organisations.models import IncomingName


@dataclass(frozen=True)
class Wanted:
    """What a list of activities shows."""

    cluster: str = ""
    kind: ActivityKind | None = None
    since: date | None = None
    until: date | None = None  # until before


def _query(wanted: Wanted) -> Any:
    query = select(
        Activity.kind, Activity.title_en, Activity.title_ja, Activity.held_on, Activity.ended_on, Activity.place,
        Activity.country, Activity.partners, Activity.head_count, Activity.is_synthetic,
    )  # fmt: skip
    if wanted.cluster:
        within = select(ActivityCluster.activity_id).join(Cluster).where(Cluster.cluster_code == wanted.cluster)
        query = query.where(Activity.id.in_(within))
    if wanted.kind:
        query = query.where(Activity.kind == wanted.kind)
    if wanted.since:
        query = query.where(Activity.held_on >= wanted.since)
    return query.where(Activity.held_on < wanted.until) if wanted.until else query


def page(wanted: Wanted, after: str | None, before: str | None) -> tables.Page[Any]:
    return tables.keyset(_query(wanted), [Activity.id], after, before)


def counts_by_kind(wanted: Wanted) -> dict[ActivityKind, int]:
    found = _query(wanted).subquery()
    return {kind: n for kind, n in session.execute(select(found.c.kind, func.count()).group_by(found.c.kind))}


def get(activity_id: int) -> Activity | None:
    return session.get(Activity, activity_id) if 0 < activity_id < 2**31 else None


def clusters_of(activity: Activity) -> Sequence[Cluster]:
    return session.scalars(
        select(Cluster)
        .join(ActivityCluster)
        .where(ActivityCluster.activity_id == activity.id)
        .order_by(Cluster.cluster_code)
    ).all()


def links_of(activity: Activity) -> Sequence[ActivityCluster]:
    return session.scalars(select(ActivityCluster).where(ActivityCluster.activity_id == activity.id)).all()


def attendances(activity: Activity) -> Sequence[Attendance]:
    """Who came; a matched name brings its organisation with it."""
    return session.scalars(
        select(Attendance)
        .options(
            joinedload(Attendance.organisation),
            joinedload(Attendance.name).joinedload(IncomingName.organisation),
        )
        .where(Attendance.activity_id == activity.id)
        .order_by(Attendance.id)
    ).all()


def attendance(activity: Activity, attendance_id: int) -> Attendance | None:
    if not 0 < attendance_id < 2**31:
        return None
    return session.scalar(
        select(Attendance).where(Attendance.id == attendance_id, Attendance.activity_id == activity.id)
    )


def results(activity: Activity) -> Sequence[ActivityResult]:
    return session.scalars(
        select(ActivityResult)
        .options(joinedload(ActivityResult.organisation), joinedload(ActivityResult.partner))
        .where(ActivityResult.activity_id == activity.id)
        .order_by(ActivityResult.agreed_on, ActivityResult.id)
    ).all()


def result(activity: Activity, result_id: int) -> ActivityResult | None:
    if not 0 < result_id < 2**31:
        return None
    return session.scalar(
        select(ActivityResult).where(ActivityResult.id == result_id, ActivityResult.activity_id == activity.id)
    )


@dataclass(frozen=True)
class Heads:
    """What was recorded of the people who came: organisations, and persons."""

    organisations: int
    persons: int


def _whose() -> Any:
    """The organisation of an attendance, by itself or through its matched name (which must be outer-joined)."""
    return func.coalesce(Attendance.organisation_id, IncomingName.organisation_id)


def heads(activity: Activity) -> Heads:
    row = session.execute(
        select(func.count(_whose().distinct()), func.coalesce(func.sum(Attendance.persons), 0))
        .outerjoin(IncomingName, IncomingName.id == Attendance.name_id)
        .where(Attendance.activity_id == activity.id)
    ).one()
    return Heads(int(row[0]), int(row[1]))


def by_key(key: str) -> Activity | None:
    return session.scalar(select(Activity).where(Activity.activity_key == key))


def facilities(cluster_ids: Collection[int] | None, day: date) -> Sequence[tuple[IncubationFacility, int]]:
    """Facilities open on a day with the number of their managers then."""
    manager = aliased(IncubationManager)
    query = (
        select(IncubationFacility, func.count(manager.id))
        .options(selectinload(IncubationFacility.operator), selectinload(IncubationFacility.cluster))
        .outerjoin(
            manager,
            (manager.facility_id == IncubationFacility.id)
            & (manager.qualified_on <= day)
            & or_(manager.left_on.is_(None), manager.left_on > day),
        )
        .where(IncubationFacility.opened_on <= day)
        .where(or_(IncubationFacility.closed_on.is_(None), IncubationFacility.closed_on > day))
        .group_by(IncubationFacility.id)
        .order_by(IncubationFacility.prefecture, IncubationFacility.id)
    )
    if cluster_ids is not None:
        query = query.where(IncubationFacility.cluster_id.in_(cluster_ids))
    return [(row, int(n)) for row, n in session.execute(query)]


def facility(facility_id: int) -> IncubationFacility | None:
    return session.get(IncubationFacility, facility_id) if 0 < facility_id < 2**31 else None


def managers(facility_row: IncubationFacility) -> Sequence[IncubationManager]:
    return session.scalars(
        select(IncubationManager)
        .where(IncubationManager.facility_id == facility_row.id)
        .order_by(IncubationManager.qualified_on, IncubationManager.id)
    ).all()


def organisations_at(kind: ActivityKind) -> Any:
    """The organisations at activities of a kind, matched names included (a select of ids, for others to narrow)."""
    return (
        select(_whose())
        .select_from(Attendance)
        .join(Activity, Activity.id == Attendance.activity_id)
        .outerjoin(IncomingName, IncomingName.id == Attendance.name_id)
        .where(Activity.kind == kind, _whose().is_not(None))
    )

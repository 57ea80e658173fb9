"""Verbs of network activities: record one, who came, what came of it; incubation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.clusters import policy
from app.clusters.choices import ActivityKind, AttendeeRole, ResultKind, TrainingProgramme
from app.clusters.models import (
    Activity,
    ActivityCluster,
    ActivityResult,
    Attendance,
    Cluster,
    IncubationFacility,
    IncubationManager,
)
from app.clusters.operations.registers import must_record, organisation_named, refuse
from app.clusters.queries import activities as queries
from app.core import audit, numbering
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.organisations import operations as naming
from app.organisations import queries as organisations
from app.organisations.choices import NameContext


@dataclass(frozen=True)
class ActivityValues:
    kind: ActivityKind
    title_ja: str
    title_en: str
    held_on: date
    ended_on: date | None
    place: str
    country: str
    partners: str
    outcomes: str
    head_count: int | None
    block: str
    programme: TrainingProgramme | None


def _check(values: ActivityValues) -> None:
    reasons = []

    def no(code: str, en: str, ja: str, where: str) -> None:
        reasons.append(Reason(code, Bilingual(en, ja), where))

    if not (values.title_ja or values.title_en):
        no("no-title", "Give a title in one language at least.", "名称を入力してください。", "title_ja")
    if values.ended_on and values.ended_on < values.held_on:
        no("period", "It must not end before it began.", "終了日は開始日以降でなければなりません。", "ended_on")
    if values.kind is ActivityKind.finance_conference and not values.block:
        no(
            "block",
            "Name the block of the conference; blocks are not bureaus (I13).",
            "会議のブロック名を入力してください(経済産業局とは異なります)。",
            "block",
        )
    if values.kind is not ActivityKind.finance_conference and values.block:
        no(
            "block",
            "Only financial support conferences have a block.",
            "ブロックは金融会議の場合にのみ入力します。",
            "block",
        )
    if (values.kind is ActivityKind.training) != (values.programme is not None):
        no(
            "programme",
            "A training names its programme, and nothing else does.",
            "研修の場合にのみ、研修の種類を選んでください。",
            "programme",
        )
    if reasons:
        raise Refused(reasons)


def save(
    row: Activity | None, clusters: Sequence[Cluster], values: ActivityValues, version: int | None, actor: audit.Actor
) -> Activity:
    """Record an activity of one or several clusters, or change it. Raises Refused, Stale, Forbidden.

    A manager records for the own cluster, and may name others that held it too.
    """
    held_by = queries.clusters_of(row) if row is not None else clusters
    if not policy.may_record_any(actor, held_by) or not policy.may_record_any(actor, clusters):
        raise Forbidden("another cluster's activity")
    if row is not None and row.version != version:
        raise Stale({"": values.title_ja or values.title_en}, {"": str(row.title)})
    _check(values)
    if row is None:
        row = Activity(activity_key=f"A-{numbering.next_number('network_activity'):06d}")
        session.add(row)
    for name, value in vars(values).items():
        setattr(row, name, value)
    session.flush()
    now_there = {cluster.id for cluster in queries.clusters_of(row)}
    wanted = {cluster.id for cluster in clusters}
    session.add_all(ActivityCluster(activity_id=row.id, cluster_id=id_) for id_ in sorted(wanted - now_there))
    for link in queries.links_of(row):
        if link.cluster_id not in wanted:
            session.delete(link)
    session.flush()
    data = {"clusters": sorted(cluster.cluster_code for cluster in clusters)}
    audit.record(row, "activity saved", actor, data=data)
    return row


def _mine(activity: Activity, actor: audit.Actor) -> Sequence[Cluster]:
    clusters = queries.clusters_of(activity)
    if not policy.may_record_any(actor, clusters):
        raise Forbidden("another cluster's activity")
    return clusters


def add_attendance(
    activity: Activity, organisation: str, role: AttendeeRole, persons: int, person_name: str, actor: audit.Actor
) -> Attendance:
    """People of an organisation came. A name that is no key or number waits in the queue until somebody matches it."""
    clusters = _mine(activity, actor)
    if person_name and persons != 1:
        raise refuse(
            "one-person", "A person's name stands for one person.", "氏名を記入する場合、人数は1名です。", "persons"
        )
    named = organisation.strip()
    found = organisations.by_key(named) or organisations.by_corporate_number(named.replace("-", "").removeprefix("T"))
    row = Attendance(activity_id=activity.id, role=role, persons=persons, person_name=person_name)
    if found is not None:
        row.organisation_id = organisations.current(found).id
    else:
        codes = [c.cluster_code for c in clusters if policy.may_record(actor, c)] or [""]
        name = naming.resolving.receive(
            named, NameContext.attendance, actor, scope=codes[0], note=f"{activity.activity_key}: {activity.title}"
        )
        row.name_id = name.id
    session.add(row)
    session.flush()
    audit.record(activity, "attendance added", actor, data={"organisation": named, "persons": persons})
    return row


def remove_attendance(activity: Activity, row: Attendance, actor: audit.Actor) -> None:
    _mine(activity, actor)
    data = {"organisation": row.organisation_id, "name": row.name_id, "persons": row.persons, "role": row.role.value}
    session.delete(row)
    session.flush()
    audit.record(activity, "attendance removed", actor, data=data)


def add_result(
    activity: Activity, kind: ResultKind, organisation: str, partner: str, agreed_on: date, amount: int | None,
    note: str, actor: audit.Actor,
) -> ActivityResult:  # fmt: skip
    """Something came of the activity. Raises Refused for a day before it, or one organisation twice."""
    _mine(activity, actor)
    firm = organisation_named(organisation)
    other = organisation_named(partner, "partner") if partner.strip() else None
    if other is not None and other.id == firm.id:
        raise refuse("twice", "The two are one organisation.", "同じ機関です。", "partner")
    if agreed_on < activity.held_on or agreed_on > today():
        raise refuse(
            "day",
            "The day must lie between the activity and today.",
            "活動の日から本日までの日付を入力してください。",
            "agreed_on",
        )
    row = ActivityResult(
        activity_id=activity.id, kind=kind, organisation_id=firm.id, partner_id=other.id if other else None,
        agreed_on=agreed_on, amount_yen=amount, note=note,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(activity, "result added", actor, data={"kind": kind.value, "organisation": firm.org_key})
    return row


def remove_result(activity: Activity, row: ActivityResult, actor: audit.Actor) -> None:
    _mine(activity, actor)
    data = {"kind": row.kind.value, "organisation": row.organisation_id, "partner": row.partner_id}
    session.delete(row)
    session.flush()
    audit.record(activity, "result removed", actor, data=data)


@dataclass(frozen=True)
class FacilityValues:
    name_ja: str
    name_en: str
    operator: str
    prefecture: str | None
    opened_on: date
    closed_on: date | None
    tenants: int | None


def save_facility(
    row: IncubationFacility | None,
    cluster: Cluster | None,
    values: FacilityValues,
    version: int | None,
    actor: audit.Actor,
) -> IncubationFacility:
    """Add an incubation facility or change it. Raises Refused, Stale, Forbidden."""
    must_record(actor, cluster)
    if row is not None:
        must_record(actor, row.cluster)
        if row.version != version:
            raise Stale({"": values.name_ja or values.name_en}, {"": str(row.name)})
    if not (values.name_ja or values.name_en):
        raise refuse("no-name", "Give a name in one language at least.", "名称を入力してください。", "name_ja")
    if values.closed_on and values.closed_on <= values.opened_on:
        raise refuse(
            "period", "It must close after it opened.", "閉鎖日は開設日より後でなければなりません。", "closed_on"
        )
    operator = organisation_named(values.operator, "operator") if values.operator.strip() else None
    if row is None:
        row = IncubationFacility()
        session.add(row)
    row.cluster_id, row.operator_id = cluster.id if cluster else None, operator.id if operator else None
    for name in ("name_ja", "name_en", "prefecture", "opened_on", "closed_on", "tenants"):
        setattr(row, name, getattr(values, name))
    session.flush()
    audit.record(row, "incubation facility saved", actor)
    return row


def add_manager(
    facility: IncubationFacility, person_name: str, qualified_on: date, programme: TrainingProgramme | None,
    actor: audit.Actor,
) -> IncubationManager:  # fmt: skip
    """A qualified incubation manager works at a facility. Raises Refused for a day ahead, Forbidden."""
    must_record(actor, facility.cluster)
    if qualified_on > today():
        raise refuse("ahead", "The day lies ahead.", "将来の日付です。", "qualified_on")
    row = IncubationManager(
        person_name=person_name, facility_id=facility.id, qualified_on=qualified_on, programme=programme
    )
    session.add(row)
    session.flush()
    audit.record(facility, "incubation manager added", actor)
    return row

"""Look-ups of reports, their parts and their versions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.agreements.choices import AwardStatus, ContractStatus
from app.agreements.models import Award, Contract
from app.core.db import session
from app.core.pdf import Document
from app.core.tables import Page, keyset
from app.milestones.choices import ExtensionStatus, ReportKind, ReportStatus
from app.milestones.definitions.sections import SPEND
from app.milestones.models import (
    MilestoneReport,
    MilestoneResult,
    ReportExtension,
    ReportFile,
    ReportPart,
    ReportVersion,
)
from app.projects.choices import ProjectStatus
from app.projects.models import Project
from app.projects.queries import not_recused, visible_to

AWAITED = (ReportStatus.due, ReportStatus.returned)


def reports_of(project_id: int) -> Sequence[MilestoneReport]:
    return session.scalars(
        select(MilestoneReport)
        .where(MilestoneReport.project_id == project_id)
        .order_by(MilestoneReport.period_from, MilestoneReport.id)
    ).all()


def _begun_unasked() -> ColumnElement[bool]:
    """What somebody of the consortium has begun of an own accord and not handed in: nothing for the office yet."""
    return and_(MilestoneReport.organisation_id.is_not(None), MilestoneReport.status == ReportStatus.due)


def known_to(actor: Any, project_id: int) -> list[MilestoneReport]:
    """A project's reports as one reader may know of them; the project is one that the reader may see."""
    staff = actor.has_role("officer", "auditor")
    return [
        one
        for one in reports_of(project_id)
        if not (staff and one.organisation_id is not None and one.status is ReportStatus.due)
    ]


def get_for(actor: Any, report_id: int, *, lock: bool = False) -> MilestoneReport | None:
    """A report of a project that the actor may see, with results and files."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    query = (
        select(MilestoneReport)
        .where(MilestoneReport.id == report_id, MilestoneReport.project_id.in_(select(visible.c.id)))
        .options(
            joinedload(MilestoneReport.project),
            selectinload(MilestoneReport.results).joinedload(MilestoneResult.milestone),
            selectinload(MilestoneReport.files).joinedload(ReportFile.file),
            selectinload(MilestoneReport.parts).joinedload(ReportPart.organisation),
            selectinload(MilestoneReport.extensions),
        )
    )
    if actor.has_role("officer", "auditor"):
        query = query.where(~_begun_unasked())
    return session.scalar(query.with_for_update(of=MilestoneReport) if lock else query)


def file_of(report: MilestoneReport, file_id: int) -> ReportFile | None:
    return next((row for row in report.files if row.id == file_id), None)


def awaited(until: date) -> Sequence[MilestoneReport]:
    """Reports that are still to come and due until a day; nobody is reminded of an incident."""
    return session.scalars(
        select(MilestoneReport)
        .join(Project)
        .where(
            MilestoneReport.status.in_(AWAITED),
            MilestoneReport.due_on <= until,
            MilestoneReport.kind != ReportKind.incident,
        )
        .options(joinedload(MilestoneReport.project))
        .order_by(MilestoneReport.due_on, MilestoneReport.id)
    ).all()


def awaited_from(actor: Any, ended_by: date, *, by_due: bool = False) -> Sequence[MilestoneReport]:
    """Reports that this person's projects still owe: on periods that end by a day, or due by it."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    return session.scalars(
        select(MilestoneReport)
        .where(
            MilestoneReport.status.in_(AWAITED),
            (MilestoneReport.due_on if by_due else MilestoneReport.period_to) <= ended_by,
            MilestoneReport.project_id.in_(select(visible.c.id)),
        )
        .options(joinedload(MilestoneReport.project), selectinload(MilestoneReport.parts))
        .order_by(MilestoneReport.due_on, MilestoneReport.id)
        .limit(300 if by_due else 50)
    ).all()


def to_judge(actor: Any) -> Sequence[MilestoneReport]:
    """Reports that wait for an officer, of projects that this one may know of."""
    return session.scalars(
        select(MilestoneReport)
        .join(Project, Project.id == MilestoneReport.project_id)
        .where(MilestoneReport.status == ReportStatus.submitted, not_recused(actor))
        .options(joinedload(MilestoneReport.project))
        .order_by(MilestoneReport.due_on, MilestoneReport.id)
        .limit(50)
    ).all()


def unfinished(project_id: int) -> Sequence[MilestoneReport]:
    return session.scalars(
        select(MilestoneReport)
        .where(MilestoneReport.project_id == project_id, MilestoneReport.status != ReportStatus.accepted)
        .order_by(MilestoneReport.period_from)
    ).all()


def part_of(report: MilestoneReport, organisation_id: int) -> ReportPart | None:
    return next((part for part in report.parts if part.organisation_id == organisation_id), None)


def extension_of(report: MilestoneReport, extension_id: int) -> ReportExtension | None:
    return next((row for row in report.extensions if row.id == extension_id), None)


def extensions_of(project_id: int) -> Sequence[ReportExtension]:
    """A project's wishes for a later due date that wait for their answer."""
    return session.scalars(
        select(ReportExtension)
        .join(MilestoneReport, MilestoneReport.id == ReportExtension.report_id)
        .where(MilestoneReport.project_id == project_id, ReportExtension.status == ExtensionStatus.asked)
    ).all()


def versions_of(report_id: int) -> Sequence[ReportVersion]:
    """Everything that was handed in, newest first."""
    return session.scalars(
        select(ReportVersion)
        .where(ReportVersion.report_id == report_id)
        .options(joinedload(ReportVersion.by))
        .order_by(ReportVersion.number.desc())
    ).all()


def spend_of(project_id: int, period: tuple[date, date]) -> dict[int, int]:
    """Yen by organisation as the books of the upper floors know it; empty while none of them keeps any."""
    found: dict[int, int] = {}
    for source in SPEND:
        for organisation_id, yen in source(project_id, period).items():
            found[organisation_id] = found.get(organisation_id, 0) + yen
    return found


def document_by(key: str) -> Document | None:
    return session.scalar(select(Document).where(Document.dedupe_key == key).options(joinedload(Document.file)))


def listing(actor: Any, filters: dict[str, Any], after: str | None, before: str | None) -> Page[Any]:
    """Reports of projects that an officer or auditor may know of, the oldest due first; filters: status (open: handed in,
    or due by ``open_by``), kind, programme, overdue_on (a day), extension (asked for), due_until."""
    query = (
        select(MilestoneReport)
        .join(Project, Project.id == MilestoneReport.project_id)
        .where(not_recused(actor), ~_begun_unasked())
        .options(joinedload(MilestoneReport.project))
    )
    if by := filters.get("open_by"):
        late = and_(MilestoneReport.status.in_(AWAITED), MilestoneReport.due_on <= by)
        query = query.where(or_(MilestoneReport.status == ReportStatus.submitted, late))
    if status := filters.get("status"):
        query = query.where(MilestoneReport.status == ReportStatus(status))
    if kind := filters.get("kind"):
        query = query.where(MilestoneReport.kind == ReportKind(kind))
    if programme := filters.get("programme"):
        query = query.where(Project.programme == programme)
    if on := filters.get("overdue_on"):
        query = query.where(MilestoneReport.status.in_(AWAITED), MilestoneReport.due_on < on)
    if filters.get("extension"):
        query = query.where(MilestoneReport.extensions.any(ReportExtension.status == ExtensionStatus.asked))
    if until := filters.get("due_until"):
        query = query.where(MilestoneReport.due_on <= until)
    return keyset(query, [MilestoneReport.due_on, MilestoneReport.id], after, before)


def extensions_waiting(actor: Any) -> int:
    """How many wishes for a later due date wait for an officer."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ReportExtension)
            .join(MilestoneReport, MilestoneReport.id == ReportExtension.report_id)
            .join(Project, Project.id == MilestoneReport.project_id)
            .where(ReportExtension.status == ExtensionStatus.asked, not_recused(actor))
        )
        or 0
    )


def _of_contract() -> ColumnElement[bool]:
    """Performance reports that belong to a contract: their period ends within it."""
    return and_(
        MilestoneReport.kind == ReportKind.performance,
        MilestoneReport.project_id == Award.project_id,
        MilestoneReport.period_to.between(Contract.starts_on, Contract.ends_on),
    )


def performance_of(contracts: Sequence[Contract]) -> dict[int, MilestoneReport]:
    """The performance report of each of these contracts, by contract id; the latest where there are several."""
    rows = session.execute(
        select(Contract.id, MilestoneReport)
        .join(Award, Award.id == Contract.award_id)
        .join(MilestoneReport, _of_contract())
        .where(Contract.id.in_([one.id for one in contracts]))
        .order_by(MilestoneReport.period_to, MilestoneReport.id)
    )
    return {key: row for key, row in rows}


def unasked(until: date) -> Sequence[Contract]:
    """Contracts at work that end by a day and on which no performance report has been asked for."""
    return session.scalars(
        select(Contract)
        .join(Award, Award.id == Contract.award_id)
        .join(Project, Project.id == Award.project_id)
        .where(
            Contract.status == ContractStatus.in_force,
            Contract.carried_over.is_(False),
            Contract.ends_on <= until,
            Award.status == AwardStatus.running,
            Project.status == ProjectStatus.running,
            ~exists().where(_of_contract()),
        )
        .options(joinedload(Contract.award).joinedload(Award.project))
        .order_by(Contract.id)
    ).all()

"""Look-ups of milestones and reports."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import PlannedMilestone
from app.core.db import session
from app.milestones.choices import ReportStatus
from app.milestones.models import Milestone, MilestoneReport, MilestoneResult, ReportFile
from app.projects.models import Project
from app.projects.queries import not_recused, visible_to

AWAITED = (ReportStatus.due, ReportStatus.returned)


def milestones_of(project_id: int) -> Sequence[Milestone]:
    return session.scalars(
        select(Milestone)
        .where(Milestone.project_id == project_id)
        .options(joinedload(Milestone.organisation))
        .order_by(Milestone.position)
    ).all()


def planned_of(application_id: int) -> Sequence[PlannedMilestone]:
    """The milestones as the proposal planned them."""
    return session.scalars(
        select(PlannedMilestone)
        .where(PlannedMilestone.application_id == application_id)
        .order_by(PlannedMilestone.position)
    ).all()


def reports_of(project_id: int) -> Sequence[MilestoneReport]:
    return session.scalars(
        select(MilestoneReport).where(MilestoneReport.project_id == project_id).order_by(MilestoneReport.period_from)
    ).all()


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
        )
    )
    return session.scalar(query.with_for_update(of=MilestoneReport) if lock else query)


def file_of(report: MilestoneReport, file_id: int) -> ReportFile | None:
    return next((row for row in report.files if row.id == file_id), None)


def awaited(until: date) -> Sequence[MilestoneReport]:
    """Reports that are still to come and due until a day."""
    return session.scalars(
        select(MilestoneReport)
        .join(Project)
        .where(MilestoneReport.status.in_(AWAITED), MilestoneReport.due_on <= until)
        .options(joinedload(MilestoneReport.project))
        .order_by(MilestoneReport.due_on, MilestoneReport.id)
    ).all()


def awaited_from(actor: Any, ended_by: date) -> Sequence[MilestoneReport]:
    """Reports on periods that end by a day and that this person's projects still owe."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    return session.scalars(
        select(MilestoneReport)
        .where(
            MilestoneReport.status.in_(AWAITED),
            MilestoneReport.period_to <= ended_by,
            MilestoneReport.project_id.in_(select(visible.c.id)),
        )
        .options(joinedload(MilestoneReport.project))
        .order_by(MilestoneReport.due_on, MilestoneReport.id)
        .limit(50)
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

"""The year beside the products: what was said, what the approved plan had, value added over the years."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.applications.models import CommercializationPlan, PlannedMilestone, SalesForecast
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.outcomes.choices import FollowUpStatus
from app.outcomes.models import FollowUp, YearStatus
from app.projects.models import Project

SENT = (FollowUpStatus.submitted, FollowUpStatus.verified)


def year_status_of(follow_up_id: int) -> YearStatus | None:
    query = select(YearStatus).where(YearStatus.follow_up_id == follow_up_id).options(selectinload(YearStatus.items))
    return session.scalar(query)


def plan_items(project: Project) -> list[str]:
    """What the approved plan wanted to do: its milestones, then its sales."""
    if project.application_id is None:
        return []
    goals = session.scalars(
        select(PlannedMilestone.goal)
        .where(PlannedMilestone.application_id == project.application_id, PlannedMilestone.goal != "")
        .order_by(PlannedMilestone.position)
    )
    product = session.scalar(
        select(CommercializationPlan.product).where(CommercializationPlan.application_id == project.application_id)
    )
    return [text[:200] for text in (*goals, product or "") if text]


def planned_sales(project: Project, year: int) -> int | None:
    """What the approved plan wanted the project as a whole to sell in a fiscal year (years count from completion)."""
    if project.application_id is None or project.completed_on is None:
        return None
    return session.scalar(
        select(SalesForecast.sales_yen)
        .join(CommercializationPlan, CommercializationPlan.id == SalesForecast.plan_id)
        .where(
            CommercializationPlan.application_id == project.application_id,
            SalesForecast.year_no == year - fiscal_year(project.completed_on),
        )
    )


def years_sent(project_ids: Sequence[int] | None = None) -> Sequence[Any]:
    """(project, organisation, fiscal year, the year as it was told) of every report that was sent, in that order."""
    query = (
        select(FollowUp.project_id, FollowUp.organisation_id, FollowUp.fiscal_year, YearStatus)
        .join(YearStatus, YearStatus.follow_up_id == FollowUp.id)
        .where(FollowUp.status.in_(SENT))
        .options(selectinload(YearStatus.items))
        .order_by(FollowUp.project_id, FollowUp.organisation_id, FollowUp.fiscal_year)
    )
    return session.execute(
        query.where(FollowUp.project_id.in_(project_ids)) if project_ids is not None else query
    ).all()

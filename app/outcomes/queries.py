"""Look-ups of follow-ups and observations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import session
from app.outcomes.choices import FollowUpStatus
from app.outcomes.models import FollowUp, Observation
from app.projects.models import Project
from app.projects.queries import not_recused, visible_to

AWAITED = (FollowUpStatus.due, FollowUpStatus.returned)


def get_for(actor: Any, follow_up_id: int, *, lock: bool = False) -> FollowUp | None:
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    query = (
        select(FollowUp)
        .where(FollowUp.id == follow_up_id, FollowUp.project_id.in_(select(visible.c.id)))
        .options(joinedload(FollowUp.project), joinedload(FollowUp.file))
    )
    return session.scalar(query.with_for_update(of=FollowUp) if lock else query)


def of_project(project_id: int) -> Sequence[FollowUp]:
    return session.scalars(select(FollowUp).where(FollowUp.project_id == project_id).order_by(FollowUp.number)).all()


def observations_of(project_id: int) -> Sequence[Observation]:
    return session.scalars(
        select(Observation)
        .where(Observation.project_id == project_id)
        .order_by(Observation.observed_on, Observation.recorded_on, Observation.id)
    ).all()


def awaited(until: date) -> Sequence[FollowUp]:
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.status.in_(AWAITED), FollowUp.due_on <= until)
        .options(joinedload(FollowUp.project))
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()


def awaited_from(actor: Any, on: date) -> Sequence[FollowUp]:
    """Follow-ups that this person's projects owe and that are open for reporting."""
    visible = visible_to(actor).with_only_columns(Project.id).subquery()
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.status.in_(AWAITED), FollowUp.opens_on <= on, FollowUp.project_id.in_(select(visible.c.id)))
        .options(joinedload(FollowUp.project))
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(50)
    ).all()


def to_verify(actor: Any) -> Sequence[FollowUp]:
    """Follow-ups that wait for an officer, of projects that this one may know of."""
    return session.scalars(
        select(FollowUp)
        .join(Project, Project.id == FollowUp.project_id)
        .where(FollowUp.status == FollowUpStatus.submitted, not_recused(actor))
        .options(joinedload(FollowUp.project))
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(50)
    ).all()

"""Look-ups of monitoring scores and calendar addresses."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import session
from app.milestones.models import CalendarAddress, MonitoringScore


def scores_of(project_id: int, *, released_only: bool) -> Sequence[MonitoringScore]:
    """A project's scores, oldest period first; the consortium gets the released ones."""
    query = select(MonitoringScore).where(MonitoringScore.project_id == project_id)
    if released_only:
        query = query.where(MonitoringScore.released_at.is_not(None))
    return session.scalars(query.order_by(MonitoringScore.period_to)).all()


def score_of(project_id: int, score_id: int) -> MonitoringScore | None:
    return session.scalar(
        select(MonitoringScore).where(MonitoringScore.id == score_id, MonitoringScore.project_id == project_id)
    )


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def address_of(user_id: int) -> CalendarAddress | None:
    return session.scalar(select(CalendarAddress).where(CalendarAddress.user_id == user_id))


def address_by(token: str) -> CalendarAddress | None:
    """The address with this secret, of a person who may still sign in."""
    found = session.scalar(
        select(CalendarAddress)
        .where(CalendarAddress.token_hash == digest(token))
        .options(joinedload(CalendarAddress.user))
    )
    return found if found is not None and found.user.active else None

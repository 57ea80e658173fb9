"""What waits for officers, across features."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.calls.models import Call
from app.core.db import session
from app.reviews.choices import AssignmentStatus, DecisionStatus
from app.reviews.models import Decision, ReviewAssignment

LIMIT = 20


def to_screen(actor: Any) -> Sequence[Application]:
    return session.scalars(
        select(Application)
        .where(Application.status == ApplicationStatus.submitted, applications.not_kept_out(actor))
        .order_by(Application.number)
        .limit(LIMIT)
    ).all()


def short_of_reviewers(actor: Any) -> list[tuple[Application, int]]:
    """Applications under review with fewer living assignments than their call asks for."""
    living = (
        select(ReviewAssignment.application_id, func.count().label("n"))
        .where(
            ReviewAssignment.status.in_(
                (AssignmentStatus.invited, AssignmentStatus.accepted, AssignmentStatus.submitted)
            )
        )
        .group_by(ReviewAssignment.application_id)
        .subquery()
    )
    n = func.coalesce(living.c.n, 0)
    rows = session.execute(
        select(Application, n)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(living, living.c.application_id == Application.id)
        .where(
            Application.status == ApplicationStatus.under_review,
            n < Call.required_reviews,
            applications.not_kept_out(actor),
        )
        .order_by(Application.number)
        .limit(LIMIT)
    ).all()
    return [(row[0], row[1]) for row in rows]


def to_confirm(actor: Any) -> Sequence[Decision]:
    """Decisions proposed by somebody else."""
    return session.scalars(
        select(Decision)
        .where(
            Decision.status == DecisionStatus.proposed,
            Decision.proposed_by_id != actor.id,
            applications.not_kept_out(actor, Decision.application_id),
        )
        .options(joinedload(Decision.application))
        .order_by(Decision.id)
        .limit(LIMIT)
    ).all()

"""What waits for officers, across features."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

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


def short_of_reviewers(actor: Any) -> list[tuple[Call, int]]:
    """Calls with the number of applications under review that have fewer living assignments than the call asks for."""
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
    return _by_call(
        select(Application.call_id, func.count().label("n"))
        .join(Call, Call.id == Application.call_id)
        .outerjoin(living, living.c.application_id == Application.id)
        .where(
            Application.status == ApplicationStatus.under_review,
            func.coalesce(living.c.n, 0) < Call.required_reviews,
            applications.not_kept_out(actor),
        )
        .group_by(Application.call_id)
    )


def to_confirm(actor: Any) -> list[tuple[Call, int]]:
    """Calls with the number of decisions proposed by somebody else."""
    return _by_call(
        select(Application.call_id, func.count().label("n"))
        .join(Decision, Decision.application_id == Application.id)
        .where(
            Decision.status == DecisionStatus.proposed,
            Decision.proposed_by_id != actor.id,
            applications.not_kept_out(actor),
        )
        .group_by(Application.call_id)
    )


def _by_call(counted: Select[int, int]) -> list[tuple[Call, int]]:
    found = counted.subquery()
    rows = session.execute(select(Call, found.c.n).join(found, found.c.call_id == Call.id).order_by(Call.id)).all()
    return [(row[0], row[1]) for row in rows]

"""Requests that wait for an answer or a review, and proposals that want reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.applications import queries as applications
from app.applications.models import Application
from app.assigning.models import AssignmentPlan, ReviewInvitation
from app.assigning.queries.inputs import LIVING, OPEN, reviewing
from app.calls.models import Call
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import jst
from app.core.tables import Page, keyset
from app.reviewers import queries as reviewers
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment

#: Where nobody set a day to answer by: so many days after the request, and never later than the review is due.
ANSWER_DAYS = 7


@dataclass(frozen=True)
class Awaited:
    """A request without an answer (``what`` is answer), or an accepted one without a review, and its day."""

    assignment: ReviewAssignment
    what: str
    day: date
    asked_on: date


def answer_days(assignment_ids: Sequence[int]) -> dict[int, date]:
    """Until when the requests among these want an answer; those without a day of their own are left out."""
    rows = session.execute(
        select(ReviewInvitation.assignment_id, ReviewInvitation.answer_by)
        .join(ReviewAssignment, ReviewAssignment.id == ReviewInvitation.assignment_id)
        .where(
            ReviewInvitation.assignment_id.in_(assignment_ids),
            ReviewAssignment.status == AssignmentStatus.invited,
        )
    ).all()
    return {key: day for key, day in rows if day is not None}


def awaited(until: date) -> list[Awaited]:
    """What is awaited up to a day, of applications that are still open to reviews and of people who may still read.

    Reliability B19: who is in conflict, or might be, hears nothing more of an application.
    """
    rows = session.execute(
        select(ReviewAssignment, ReviewInvitation.answer_by)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .outerjoin(ReviewInvitation, ReviewInvitation.assignment_id == ReviewAssignment.id)
        .where(ReviewAssignment.status.in_(OPEN), reviewing())
        .options(contains_eager(ReviewAssignment.application), joinedload(ReviewAssignment.reviewer))
        .order_by(ReviewAssignment.reviewer_id, ReviewAssignment.id)
    ).all()
    found = []
    for row, answer_by in rows:
        asked_on = jst(row.assigned_at).date()
        day, what = row.due_on, "review"
        if row.status is AssignmentStatus.invited:
            day, what = answer_by or min(row.due_on, asked_on + timedelta(days=ANSWER_DAYS)), "answer"
        if today() <= day <= until and row.reviewer.active:
            found.append(Awaited(row, what, day, asked_on))
    pairs = {(one.assignment.application_id, one.assignment.reviewer_id) for one in found}
    blocked = reviewers.blocked_pairs(pairs) if pairs else {}
    return [one for one in found if (one.assignment.application_id, one.assignment.reviewer_id) not in blocked]


def needed_page(actor: Any, call: Call, after: str | None, before: str | None) -> Page[Any]:
    """The proposals of a call, of those that this officer may know of, with fewer living requests than wanted."""
    of = ReviewAssignment.status
    counts = (
        select(
            ReviewAssignment.application_id,
            func.sum(case((of.in_(LIVING), 1), else_=0)).label("living"),
            func.sum(case((of == AssignmentStatus.invited, 1), else_=0)).label("waiting"),
            func.sum(case((of.not_in(LIVING), 1), else_=0)).label("gone"),
        )
        .group_by(ReviewAssignment.application_id)
        .subquery()
    )
    living = func.coalesce(counts.c.living, 0)
    query: Any = (
        applications.visible_to(actor)
        .with_only_columns(
            Application.id.label("application_id"), Application.title_en, Application.title_ja,
            living.label("living"), func.coalesce(counts.c.waiting, 0).label("waiting"),
            func.coalesce(counts.c.gone, 0).label("gone"),
        )
        .outerjoin(counts, counts.c.application_id == Application.id)
        .where(Application.call_id == call.id, reviewing(), living < wanted(call))
    )  # fmt: skip
    return keyset(query, [Application.number], after, before)


def wanted(call: Call) -> int:
    """Reviewers per proposal: as the last applied plan has it, or else as the call says."""
    row = last_applied(call.id)
    return int(row.parameters["wanted"]) if row is not None else call.required_reviews


def last_applied(call_id: int) -> AssignmentPlan | None:
    return session.scalar(
        select(AssignmentPlan)
        .where(AssignmentPlan.call_id == call_id, AssignmentPlan.applied_at.is_not(None))
        .order_by(AssignmentPlan.id.desc())
        .limit(1)
    )


def gone(application_ids: Sequence[int]) -> dict[int, list[Any]]:
    """application -> (reviewer's name, state, reason, suggestion) of requests that came to nothing."""
    rows = session.execute(
        select(ReviewAssignment, ReviewInvitation.suggestion)
        .outerjoin(ReviewInvitation, ReviewInvitation.assignment_id == ReviewAssignment.id)
        .where(ReviewAssignment.application_id.in_(list(application_ids)), ReviewAssignment.status.not_in(LIVING))
        .options(joinedload(ReviewAssignment.reviewer))
        .order_by(ReviewAssignment.id)
    )
    found: dict[int, list[Any]] = {}
    for row, suggestion in rows:
        found.setdefault(row.application_id, []).append((row.reviewer.name, row.status, row.reason, suggestion or ""))
    return found


def invitation_of(assignment_id: int) -> ReviewInvitation | None:
    return session.scalar(select(ReviewInvitation).where(ReviewInvitation.assignment_id == assignment_id))

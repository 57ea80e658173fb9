"""Reviews and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.applications import queries as known
from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.calls.models import Call, Criterion
from app.core.db import session
from app.reviews.choices import AssignmentStatus
from app.reviews.definitions.redaction import Known, redactor
from app.reviews.models import Decision, Review, ReviewAssignment


def others_reviews(assignment: ReviewAssignment) -> Sequence[Review]:
    """The submitted reviews of the same application by others; whether they may be seen is policy's question."""
    return session.scalars(
        select(Review)
        .join(ReviewAssignment)
        .where(
            ReviewAssignment.application_id == assignment.application_id,
            ReviewAssignment.id != assignment.id,
            ReviewAssignment.status == AssignmentStatus.submitted,
        )
        .options(selectinload(Review.scores))
        .order_by(Review.id)
    ).all()


def criteria_of(call_id: int) -> Sequence[Criterion]:
    return session.scalars(select(Criterion).where(Criterion.call_id == call_id).order_by(Criterion.position)).all()


@dataclass(frozen=True)
class Ranked:
    """One line of a ranking. Scores are points from 1 to 5; ``spread`` is the standard deviation of the reviews."""

    application: Application
    reviews: int
    missing: int
    mean: float | None
    spread: float | None
    low: float | None
    high: float | None
    decision: Decision | None
    rank: int | None


def ranking(call: Call, actor: Any = None) -> list[Ranked]:
    """The applications of a call that are (or were) under review, best mean first; unreviewed ones last. With a reader
    only of what that reader may know of: ranks count no others."""
    score = Review.weighted_score
    measured = {
        row.application_id: row
        for row in session.execute(
            select(
                ReviewAssignment.application_id,
                func.count(score).label("n"),
                func.sum(score).label("total"),
                func.sum(score * score).label("squares"),
                func.min(score).label("low"),
                func.max(score).label("high"),
            )
            .join(Review, Review.assignment_id == ReviewAssignment.id)
            .join(Application, Application.id == ReviewAssignment.application_id)
            .where(Application.call_id == call.id, ReviewAssignment.status == AssignmentStatus.submitted)
            .group_by(ReviewAssignment.application_id)
        )
    }
    applications = session.execute(
        select(Application, Decision)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call.id,
            true() if actor is None else known.not_kept_out(actor),
            Application.status.in_(
                (
                    ApplicationStatus.under_review,
                    ApplicationStatus.adopted,
                    ApplicationStatus.reserve,
                    ApplicationStatus.rejected,
                )
            ),
        )
        .options(joinedload(Application.lead_organisation))
        .order_by(Application.number)
    ).all()
    lines = []
    for application, decision in applications:
        row = measured.get(application.id)
        n = row.n if row else 0
        mean = row.total / n / 100 if row and n else None
        spread = None
        if row and n > 1 and mean is not None:
            spread = sqrt(max(0.0, (row.squares - row.total * row.total / n) / (n - 1))) / 100
        lines.append(
            Ranked(
                application, n, max(0, call.required_reviews - n), mean, spread,
                row.low / 100 if row and n else None, row.high / 100 if row and n else None, decision, None,
            )
        )  # fmt: skip
    lines.sort(key=lambda line: (-(line.mean or 0), line.application.number))
    ranked, place = [], 0
    for position, line in enumerate(lines, 1):
        if line.mean is not None and (position == 1 or line.mean != lines[position - 2].mean):
            place = position
        ranked.append(Ranked(**{**line.__dict__, "rank": place if line.mean is not None else None}))
    return ranked


def scores_of(review: Review | None) -> dict[int, int]:
    return {score.criterion_id: score.score for score in review.scores} if review else {}


def mean_of(application_id: int) -> tuple[int, float | None]:
    """(reviews that count, their mean in points from 1 to 5): of sent ones; those ended by a conflict do not count."""
    n, total = session.execute(
        select(func.count(Review.weighted_score), func.sum(Review.weighted_score))
        .join(ReviewAssignment)
        .where(ReviewAssignment.application_id == application_id, ReviewAssignment.status == AssignmentStatus.submitted)
    ).one()
    return n, int(total) / n / 100 if n and total is not None else None


@dataclass(frozen=True)
class Comment:
    """What one reviewer wrote for the applicant. ``key`` tells neither who nor in which order reviews were sent."""

    key: str
    review_id: int
    text: str


def comments(application_id: int) -> list[Comment]:
    """The comments of reviews that were sent: without names, their own blotted out too, in an order that tells nothing.
    Reviews without a comment, and missing ones, leave no trace."""
    rows = session.execute(
        select(Review.id, Review.comment_to_applicant, ReviewAssignment.assigned_at, User.name, User.email)
        .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
        .join(User, User.id == ReviewAssignment.reviewer_id)
        .where(
            ReviewAssignment.application_id == application_id,
            ReviewAssignment.status == AssignmentStatus.submitted,
            Review.comment_to_applicant != "",
        )
    ).all()
    blot = redactor(Known(people=frozenset(row.name for row in rows), emails=frozenset(row.email for row in rows)))
    found = [
        Comment(
            sha256(f"{row.id}:{row.assigned_at.isoformat()}".encode()).hexdigest()[:16], row.id,
            blot(row.comment_to_applicant),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda comment: comment.key)


def comments_to_applicant(application_id: int) -> list[str]:
    return sorted(comment.text for comment in comments(application_id))


def comments_beside(decision: Decision) -> list[str]:
    """The comments that stand beside a decision's remarks: none where the remarks were composed of them."""
    return [] if decision.remarks_composed else comments_to_applicant(decision.application_id)

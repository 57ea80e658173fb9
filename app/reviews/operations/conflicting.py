"""Conflicts that come to light when somebody has been asked already."""

from app.accounts import queries as accounts
from app.applications import queries as applications
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.reviewers import operations as pool
from app.reviewers import queries as reviewers
from app.reviewers.choices import State
from app.reviews import queries
from app.reviews.models import ReviewAssignment
from app.reviews.workflow import ASSIGNMENT


def end_conflicted(reviewer_id: int | None = None) -> None:
    """An assignment in which a conflict has come to light ends, on the record: at once for one reviewer whose ties
    have changed, by the clock for all. A possible conflict is put before the officers; until somebody has judged it,
    the reviewer sees nothing."""
    _look(list(queries.living_assignments(reviewer_id)))


def look_at_application(application_id: int) -> None:
    """The same for everybody who was asked about one application, after somebody joined its consortium."""
    _look(list(queries.living_assignments(application_id=application_id)))


def _look(assignments: list[ReviewAssignment]) -> None:
    pairs = {(assignment.application_id, assignment.reviewer_id) for assignment in assignments}
    blocked = reviewers.blocked_pairs(pairs) if pairs else {}
    pool.put_before_officers({pair for pair, state in blocked.items() if state is State.waiting}, among=pairs)
    for assignment in assignments:
        if blocked.get((assignment.application_id, assignment.reviewer_id)) is State.conflict:
            _end(assignment)


def _end(assignment: ReviewAssignment) -> None:
    reasons = reviewers.standing(assignment.application_id, assignment.reviewer_id).reasons
    words = "found by the system"
    if reasons:
        words = f"{reasons[0].words.ja} / {reasons[0].words.en}"
    assignment.reason = words[:1000]
    ASSIGNMENT.apply(assignment, "conflict", audit.SYSTEM, reason=assignment.reason)
    officers = applications.free_of_ties(accounts.with_role("officer"), assignment.application_id)
    for officer in officers:
        mail.queue(
            "reviews/conflicted", officer.email, officer.locale, f"conflicted:{assignment.id}:{officer.id}",
            name=officer.name, reviewer=assignment.reviewer.name, number=assignment.application.number,
            application_id=assignment.application_id, at=now(),
        )  # fmt: skip
    session.flush()

"""Writing, sending and giving back a review."""

from typing import Any

from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.i18n import Bilingual
from app.reviews import policy, queries
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment, Score
from app.reviews.operations.gates import refuse
from app.reviews.workflow import ASSIGNMENT


def save(
    assignment: ReviewAssignment,
    scores: dict[int, int | None],
    to_panel: str,
    to_applicant: str,
    version: int,
    actor: Any,
) -> Review:
    """Save a draft review. Raises Stale when the stored one is not the version that the reviewer was looking at."""
    if not policy.is_its_reviewer(actor, assignment):
        raise Forbidden("save")
    if assignment.status != AssignmentStatus.accepted:
        ASSIGNMENT.check(assignment, "submit", actor)  # says which state it is in
    review = assignment.review
    if review is None:
        if version != 0:
            raise Stale({}, {})
        review = Review(assignment_id=assignment.id)
        assignment.review = review
        session.add(review)
    elif review.version != version:
        raise Stale(_shown(assignment, scores, to_panel, to_applicant), _stored(assignment, review))
    review.comment_to_panel, review.comment_to_applicant, review.saved_at = to_panel, to_applicant, now()
    allowed = {criterion.id for criterion in assignment.application.call.criteria}
    present = {score.criterion_id: score for score in review.scores}
    for criterion_id in allowed:
        value = scores.get(criterion_id)
        if value is None:
            if criterion_id in present:
                review.scores.remove(present[criterion_id])
        elif criterion_id in present:
            present[criterion_id].score = value
        else:
            review.scores.append(Score(criterion_id=criterion_id, score=value))
    session.flush()
    return review


def _shown(assignment: Any, scores: dict[int, int | None], to_panel: str, to_applicant: str) -> dict[Any, Any]:
    words: dict[Any, Any] = {str(c.name): scores.get(c.id) or "" for c in assignment.application.call.criteria}
    words[str(Bilingual("Comment to the panel", "審査委員会へのコメント"))] = to_panel
    words[str(Bilingual("Comment to the applicant", "申請者へのコメント"))] = to_applicant
    return words


def _stored(assignment: Any, review: Review) -> dict[Any, Any]:
    stored: dict[int, int | None] = dict(queries.scores_of(review))
    return _shown(assignment, stored, review.comment_to_panel, review.comment_to_applicant)


def weighted_score(scores: dict[int, int], weights: dict[int, int]) -> int:
    """The weighted mean in hundredths of a point, rounded half up; weights of 0 do not count."""
    total = sum(weights.values())
    if not total:
        raise ValueError("the rubric has no weight")
    return (200 * sum(scores[key] * weight for key, weight in weights.items()) + total) // (2 * total)


def submit(assignment: ReviewAssignment, actor: Any) -> None:
    """Send the saved review: every criterion scored, a comment to the panel written."""
    ASSIGNMENT.apply(assignment, "submit", actor)
    review = assignment.review
    assert review is not None
    weights = {criterion.id: criterion.weight for criterion in assignment.application.call.criteria}
    review.weighted_score = weighted_score(queries.scores_of(review), weights)
    review.submitted_at = now()
    session.flush()


def reopen(assignment: ReviewAssignment, actor: Any, reason: str) -> None:
    """Give a submitted review back to its reviewer; not once a decision is confirmed."""
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    decision = queries.decision_of(assignment.application_id)
    if decision is not None and decision.status != "proposed":
        raise refuse("decided", "The decision is already confirmed.", "すでに決裁済みです。")
    ASSIGNMENT.apply(assignment, "reopen", actor, reason=reason)
    if assignment.review is not None:
        assignment.review.submitted_at = None
        assignment.review.weighted_score = None
    session.flush()

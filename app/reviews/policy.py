"""Who may do what with assignments, reviews and decisions."""

from typing import Any

from app.reviews.choices import AssignmentStatus, DecisionStatus


def is_officer(actor: Any, subject: Any) -> bool:
    return actor.has_role("officer")


def is_its_reviewer(actor: Any, assignment: Any) -> bool:
    return actor.actor_id is not None and assignment.reviewer_id == actor.actor_id and actor.has_role("reviewer")


def may_report_conflict(actor: Any, assignment: Any) -> bool:
    return is_its_reviewer(actor, assignment) or actor.has_role("officer", "system")


def may_confirm(actor: Any, decision: Any) -> bool:
    """Two persons: who proposed a decision cannot confirm it."""
    return actor.has_role("officer") and actor.actor_id != decision.proposed_by_id


def may_revise(actor: Any, decision: Any) -> bool:
    return actor.has_role("officer") and decision.status == DecisionStatus.proposed


def may_see_other_reviews(assignment: Any) -> bool:
    """A reviewer sees the others' reviews only after sending the own."""
    return assignment.status == AssignmentStatus.submitted

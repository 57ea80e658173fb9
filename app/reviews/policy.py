"""Who may do what with assignments, reviews and decisions. What reviewers may do is a question to the phase that holds."""

from typing import Any

from app.core.contents import PDF
from app.reviews.choices import AssignmentStatus, DecisionStatus, Others, PhaseKind
from app.reviews.definitions import DEFAULT, Phase


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


def _works_on(assignment: Any) -> bool:
    return assignment.status in (AssignmentStatus.accepted, AssignmentStatus.submitted)


def may_see_proposal(assignment: Any, phase: Phase = DEFAULT) -> bool:
    """The proposal opens with the acceptance, in phases that show it."""
    return phase.sees_proposal and _works_on(assignment)


def may_see_other_reviews(assignment: Any, phase: Phase = DEFAULT) -> bool:
    """The others' reviews: never, only after sending the own, or always, as the phase says."""
    if phase.others == Others.always:
        return _works_on(assignment)
    return phase.others == Others.after_own and assignment.status == AssignmentStatus.submitted


def may_see_means(assignment: Any, phase: Phase = DEFAULT) -> bool:
    """Means tell of the others' reviews, so they are never shown to whom those are not."""
    return phase.sees_means and may_see_other_reviews(assignment, phase)


def may_write(actor: Any, assignment: Any, phase: Phase = DEFAULT) -> bool:
    """Save and send the own review: accepted, and the phase takes scores."""
    return is_its_reviewer(actor, assignment) and assignment.status == AssignmentStatus.accepted and phase.may_score


def may_change_scores(actor: Any, assignment: Any, phase: Phase = DEFAULT) -> bool:
    """After a hearing or in the panel reviewers change scores that they have sent; both values are kept."""
    return (
        is_its_reviewer(actor, assignment)
        and assignment.status == AssignmentStatus.submitted
        and phase.may_score
        and phase.kind in (PhaseKind.hearing, PhaseKind.panel)
    )


def is_open_to_blind(attachment: Any) -> bool:
    """A file that reviewers get while names are hidden: a PDF of a document that an officer marked as telling none."""
    return attachment.document.blind_safe and attachment.file.media_type == PDF

"""Look-ups of assignments, reviews, ranking and decisions, by audience."""

from app.reviews.queries.assignments import (
    REVIEWABLE,
    Candidate,
    assignments_of,
    candidates,
    get_for,
    living_assignments,
    member_organisations,
    of_application,
    officer_assignment,
    waiting_for,
)
from app.reviews.queries.decisions import (
    calls_in_review,
    decision_of,
    is_open_to_reviews,
    released_decision,
    staged_decisions,
    undecided,
)
from app.reviews.queries.phases import phase_of, phases, phases_at
from app.reviews.queries.scores import Ranked, comments_to_applicant, criteria_of, others_reviews, ranking, scores_of

__all__ = [
    "REVIEWABLE",
    "Candidate",
    "Ranked",
    "assignments_of",
    "calls_in_review",
    "candidates",
    "comments_to_applicant",
    "criteria_of",
    "decision_of",
    "get_for",
    "is_open_to_reviews",
    "living_assignments",
    "member_organisations",
    "of_application",
    "officer_assignment",
    "others_reviews",
    "phase_of",
    "phases",
    "phases_at",
    "ranking",
    "released_decision",
    "scores_of",
    "staged_decisions",
    "undecided",
    "waiting_for",
]

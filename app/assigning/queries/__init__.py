"""Look-ups of assigning: what plans are made from, plans and pairs, wishes, what waits for a reviewer."""

from app.assigning.queries.inputs import LIVING, OPEN, Held, Inputs, Person, fingerprint, held, inputs, reviewing
from app.assigning.queries.plans import (
    applications_by_id,
    call_of,
    change_counts,
    locked_assignments,
    pair_page,
    pairs,
    plan,
    plan_loads,
    plans,
    sees_all,
    totals,
)
from app.assigning.queries.suggesting import (
    Candidate,
    addresses_of,
    people_by_email,
    proposal,
    suggestions,
    words_for,
)
from app.assigning.queries.wishes import preference_round

__all__ = [
    "LIVING",
    "OPEN",
    "Candidate",
    "Held",
    "Inputs",
    "Person",
    "addresses_of",
    "applications_by_id",
    "call_of",
    "change_counts",
    "fingerprint",
    "held",
    "inputs",
    "locked_assignments",
    "pair_page",
    "pairs",
    "people_by_email",
    "plan",
    "plan_loads",
    "plans",
    "preference_round",
    "proposal",
    "reviewing",
    "sees_all",
    "suggestions",
    "totals",
    "words_for",
]

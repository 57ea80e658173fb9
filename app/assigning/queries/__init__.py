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

__all__ = [
    "LIVING",
    "OPEN",
    "Held",
    "Inputs",
    "Person",
    "applications_by_id",
    "call_of",
    "change_counts",
    "fingerprint",
    "held",
    "inputs",
    "locked_assignments",
    "pair_page",
    "pairs",
    "plan",
    "plan_loads",
    "plans",
    "reviewing",
    "sees_all",
    "totals",
]

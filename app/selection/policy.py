"""Who may do what in a round."""

from typing import Any

from app.selection import queries


def is_officer(actor: Any, subject: Any = None) -> bool:
    return actor.has_role("officer")


def may_see_joint(actor: Any, call_id: int) -> bool:
    """What is computed from all proposals together tells of each; so only those see it from whom none is kept."""
    return actor.has_role("officer", "auditor") and queries.sees_all(actor, call_id)

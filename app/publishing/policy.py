"""Who may do what with figures and publications. Whoever let a figure be counted does not let it out."""

from typing import Any


def is_officer(actor: Any, subject: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def is_system(actor: Any, subject: Any = None) -> bool:
    return bool(actor.has_role("system"))


def may_publish(actor: Any, snapshot: Any) -> bool:
    """Another officer than the one who proposed the figure."""
    return is_officer(actor) and actor.actor_id != snapshot.proposed_by_id


def may_release(actor: Any, publication: Any) -> bool:
    """Another officer than the one who ordered it."""
    return is_officer(actor) and actor.actor_id != publication.ordered_by_id


def replaces(actor: Any, subject: Any) -> bool:
    """A public thing gives way when its successor is published, by whoever publishes that."""
    return is_officer(actor)

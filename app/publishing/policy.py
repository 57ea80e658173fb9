"""Who may do what with figures and publications. Whoever let a figure be counted does not let it out."""

from typing import Any

from app.publishing import queries


def is_officer(actor: Any, subject: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def is_system(actor: Any, subject: Any = None) -> bool:
    return bool(actor.has_role("system"))


def may_publish(actor: Any, snapshot: Any) -> bool:
    """Another officer than the one who proposed the figure, and one from whom it is not kept (CON-14)."""
    return (
        is_officer(actor) and actor.actor_id != snapshot.proposed_by_id and not queries.withheld_from(actor, snapshot)
    )


def may_release(actor: Any, publication: Any) -> bool:
    """Another officer than the one who ordered it, and one from whom it is not kept (CON-14)."""
    return (
        is_officer(actor)
        and actor.actor_id != publication.ordered_by_id
        and not queries.made_without(actor, publication)
    )


def replaces(actor: Any, subject: Any) -> bool:
    """A public thing gives way when its successor is published, by whoever publishes that."""
    return is_officer(actor)

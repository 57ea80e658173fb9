"""Who may do what with saved views and on the PDCA board."""

from typing import Any


def may_keep_views(actor: Any) -> bool:
    return bool(actor.has_role("officer"))


def may_change_view(actor: Any, view: Any) -> bool:
    """One's own views; a view shared with the office belongs to every officer."""
    return may_keep_views(actor) and (view.shared or view.owner_id == actor.actor_id)


def may_delete_view(actor: Any, view: Any) -> bool:
    return may_keep_views(actor) and bool(view.owner_id == actor.actor_id)


def may_plan(actor: Any, _subject: Any = None) -> bool:
    """Targets, values and actions of the PDCA board are the officers' business; auditors read."""
    return bool(actor.has_role("officer"))

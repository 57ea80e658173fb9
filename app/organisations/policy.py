"""Who may decide what a name means, merge entries and record successions."""

from typing import Any


def is_officer(actor: Any, subject: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def may_withdraw(actor: Any, name: Any) -> bool:
    """Officers, and the manager of the cluster that the name came from."""
    if actor.has_role("officer"):
        return True
    if not actor.has_role("cluster_manager"):
        return False
    return any(row.role == "cluster_manager" and row.scope and row.scope == name.scope for row in actor.role_rows)

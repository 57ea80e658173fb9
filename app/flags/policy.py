"""Who may do what with flags."""

from typing import Any

from app.projects import policy as projects


def is_officer(actor: Any, flag: Any) -> bool:
    """Flags on programmes and firms are every officer's."""
    if flag.project is None:
        return bool(actor.has_role("officer"))
    return projects.is_officer(actor, flag.project)


def is_system(actor: Any, flag: Any) -> bool:
    return actor.has_role("system")

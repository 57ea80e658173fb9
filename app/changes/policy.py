"""Who may do what with change requests."""

from typing import Any

from app.changes.choices import ChangeStatus
from app.projects import policy as projects


def may_write(actor: Any, request: Any) -> bool:
    """People of the managing organisation or core company ask for changes."""
    return projects.may_report(actor, request.project)


def is_officer(actor: Any, request: Any) -> bool:
    return projects.is_officer(actor, request.project)


def may_read(actor: Any, request: Any) -> bool:
    """The office reads what was handed in; the consortium's lead reads its drafts, partners what was handed in."""
    if request.status is not ChangeStatus.draft:
        return True
    return not actor.has_role("officer", "auditor") and may_write(actor, request)


def sees_all_costs(actor: Any, request: Any) -> bool:
    """Budget lines of every partner: the office and the lead. Partners see their own."""
    return actor.has_role("officer", "auditor") or may_write(actor, request)

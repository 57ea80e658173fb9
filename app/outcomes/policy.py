"""Who may do what with follow-ups."""

from datetime import date
from typing import Any

from app.outcomes.choices import FollowUpStatus
from app.projects import policy as projects


def may_report(actor: Any, follow_up: Any) -> bool:
    return projects.may_report(actor, follow_up.project)


def is_officer(actor: Any, follow_up: Any) -> bool:
    return projects.is_officer(actor, follow_up.project)


def may_read(actor: Any, follow_up: Any) -> bool:
    """The office reads what was sent, not what is still being written."""
    sent = (FollowUpStatus.submitted, FollowUpStatus.verified)
    return follow_up.status in sent or not actor.has_role("officer", "auditor")


def overdue(follow_up: Any, on: date) -> bool:
    return follow_up.status in (FollowUpStatus.due, FollowUpStatus.returned) and follow_up.due_on < on

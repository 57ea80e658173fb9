"""Who may do what with milestone reports."""

from datetime import date
from typing import Any

from app.milestones.choices import ReportStatus
from app.projects import policy as projects


def may_report(actor: Any, report: Any) -> bool:
    return projects.may_report(actor, report.project)


def is_officer(actor: Any, report: Any) -> bool:
    return projects.is_officer(actor, report.project)


def may_read(actor: Any, report: Any) -> bool:
    """The office reads what was sent, not what is still being written."""
    return report.status in (ReportStatus.submitted, ReportStatus.accepted) or not actor.has_role("officer", "auditor")


def overdue(report: Any, on: date) -> bool:
    """Computed from the due date, never stored (MON-5)."""
    return report.status in (ReportStatus.due, ReportStatus.returned) and report.due_on < on

"""Letters to the people of a project, and the reminders that the clock sends."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from app.accounts.models import User
from app.applications.choices import Right
from app.core import mail
from app.core.clock import today
from app.milestones import queries
from app.milestones.models import Milestone, MilestoneReport

REMIND_DAYS_BEFORE = (30, 7, 0)


def tell(
    report: MilestoneReport, template: str, key: str, people: Sequence[User] | None = None, **context: Any
) -> None:
    """One letter to each person of the project; ``key`` names the occasion."""
    if report.project.application_id is None:
        return
    if people is None:
        rows = queries.people_of_projects([report.project.application_id])
        people = _persons(user for user, *_rest in rows.get(report.project.application_id, ()))
    mail.queue_all(
        template, [(one.email, one.locale, f"{key}:{one.id}", one.name) for one in people],
        project=report.project.project_key, kind=report.kind.label, period_to=report.period_to, due_on=report.due_on,
        remarks=report.remarks, report_id=report.id, **context,
    )  # fmt: skip


def _persons(users: Iterable[User]) -> list[User]:
    return list({user.id: user for user in users}.values())


def occasion(due_on: date, on: date) -> str:
    """Which reminder a day is for: 30, 7 or 0 days before, then once a week."""
    left = (due_on - on).days
    return f"overdue-{-left // 7}" if left < 0 else f"due-{min(d for d in REMIND_DAYS_BEFORE if left <= d)}"


def remind() -> None:
    """Clockwork: one mail per person and occasion 30, 7 and 0 days before the due date, and weekly when overdue.

    Reports go to everybody of the consortium, milestones to the people of their owner (the lead's where it has none).
    """
    on = today()
    until = on + timedelta(days=max(REMIND_DAYS_BEFORE))
    reports, rows = queries.awaited(until), queries.pending(until)
    projects = [report.project for report in reports] + [row.project for row in rows]
    people = queries.people_of_projects(
        sorted({one.application_id for one in projects if one.application_id is not None})
    )
    for report in reports:
        at = f"report-reminder:{report.id}:{occasion(report.due_on, on)}"
        if report.first_due_on is not None:  # extended: the new day is reminded of anew
            at += f"@{report.due_on}"
        everybody = _persons(user for user, *_rest in people.get(report.project.application_id or 0, ()))
        tell(report, "milestones/reminder", at, everybody, left=(report.due_on - on).days)
    for row in rows:
        _remind_owner(row, people.get(row.project.application_id or 0, []), on)


def _remind_owner(row: Milestone, people: list[tuple[User, int, Right, bool]], on: date) -> None:
    owners = [user for user, org, right, _lead in people if org == row.organisation_id and right != Right.read]
    told = _persons(owners or [user for user, _org, _right, lead in people if lead])
    at = f"milestone-reminder:{row.id}:{row.due_on}:{occasion(row.due_on, on)}"
    mail.queue_all(
        "milestones/row_reminder", [(one.email, one.locale, f"{at}:{one.id}", one.name) for one in told],
        project=row.project.project_key, kind=row.kind.label, number=row.position, due_on=row.due_on,
        left=(row.due_on - on).days, milestone_id=row.id,
    )  # fmt: skip

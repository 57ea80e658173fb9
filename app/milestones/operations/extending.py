"""A later due date: asked for by the consortium, decided by an officer."""

from datetime import date
from typing import Any

from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.milestones import policy
from app.milestones.choices import ExtensionStatus
from app.milestones.models import MilestoneReport, ReportExtension
from app.milestones.operations.life import refuse
from app.milestones.operations.reporting import check_open
from app.milestones.operations.telling import tell
from app.milestones.workflow import EXTENSION_MACHINE
from app.projects import operations as projects_operations


def ask_extension(report: MilestoneReport, until: date, reason: str, actor: Any) -> ReportExtension:
    """Ask for a later due date, with a reason; one wish at a time."""
    if not policy.may_report(actor, report):
        raise Forbidden("ask for an extension")
    check_open(report, actor)
    if until <= report.due_on or until < today():
        raise refuse(
            "until", "The new day lies after the present one and not in the past.",
            "新しい期限は現在の期限より後で、過去でない日付としてください。", "until",
        )  # fmt: skip
    if any(row.status == ExtensionStatus.asked for row in report.extensions):
        raise refuse("asked", "A wish is waiting for its answer.", "回答待ちの延長申請があります。", "until")
    row = ReportExtension(before_on=report.due_on, until=until, reason=reason, asked_by_id=actor.actor_id)
    report.extensions.append(row)
    session.flush()
    audit.record(row, "asked", actor, to_status=row.status.value, reason=reason)
    return row


def decide_extension(
    row: ReportExtension, event: str, until: date | None, answer: str, actor: Any, version: int | None = None
) -> None:
    """Grant the wish (until the day asked for, or another one), or refuse it; the consortium is told.

    The first due date stays on record in ``first_due_on``.
    """
    if event not in ("grant", "refuse"):
        raise Forbidden(event)
    EXTENSION_MACHINE.check(row, event, actor)
    if version is not None and version != row.version:
        raise Stale({}, {})
    report = row.report
    if event == "refuse" and not answer:
        raise refuse("answer", "Say why.", "理由を記入してください。", "answer")
    day = until or row.until
    if event == "grant" and day <= report.due_on:
        raise refuse(
            "until", "The new day lies after the present one.", "新しい期限は現在の期限より後としてください。", "until"
        )
    EXTENSION_MACHINE.apply(row, event, actor, reason=answer or None)
    row.decided_at, row.decided_by_id, row.answer = now(), actor.actor_id, answer
    if event == "grant":
        row.until = day
        report.first_due_on = report.first_due_on or report.due_on
        report.due_on = day
        audit.record(report, "due date extended", actor, reason=row.reason, data={"until": day.isoformat()})
    session.flush()
    tell(report, "milestones/extension", f"report-extension:{row.id}", verdict=row.status.label, answer=answer,
         until=day)  # fmt: skip
    projects_operations.changed([report.project_id])

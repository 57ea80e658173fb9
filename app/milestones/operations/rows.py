"""Verbs of milestones and deliverables: forecast, reach, prove, accept, replan."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import mail
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.storage import StoredFile
from app.milestones import policy, queries
from app.milestones.choices import MilestoneKind, MilestoneStatus
from app.milestones.definitions.sections import TITLES
from app.milestones.models import Milestone, MilestoneChange, MilestoneFile
from app.milestones.operations.life import refuse
from app.milestones.workflow import ROW_MACHINE
from app.projects import operations as projects_operations
from app.projects import policy as projects
from app.projects.models import Project

MOST_FILES = 20


@dataclass(frozen=True)
class RowData:
    """What an owner says of its milestone; ``reason`` explains a changed forecast."""

    forecast_on: date | None
    actual_on: date | None
    progress_pct: int | None
    value_reached: str
    note: str
    reason: str = ""


@dataclass(frozen=True)
class PlanData:
    """What was agreed."""

    kind: MilestoneKind
    goal: str
    organisation_id: int | None
    target_value: str
    unit: str
    begins_on: date | None
    due_on: date


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value.isoformat() if isinstance(value, date) else getattr(value, "value", value))[:400]


def _note(row: Milestone, name: str, after: Any, reason: str, origin: str, actor: Any) -> None:
    """Change one field on the record; nothing happens where it stays the same."""
    before = getattr(row, name)
    if before == after:
        return
    setattr(row, name, after)
    session.add(
        MilestoneChange(
            milestone_id=row.id, by_id=actor.actor_id, field=name, before=_text(before), after=_text(after),
            reason=reason, origin=origin,
        )
    )  # fmt: skip


def _check_owner(row: Milestone, version: int, data: RowData, actor: Any) -> None:
    if not policy.may_update(actor, row):
        raise Forbidden("update")
    if row.status not in queries.PENDING:
        ROW_MACHINE.check(row, "report", actor)
    if row.version != version:
        raise Stale(_typed(data), _typed(row))
    if data.actual_on is not None and data.actual_on > today():
        raise refuse(
            "actual", "The day on which it was reached lies in the future.", "達成日が未来の日付です。", "actual_on"
        )
    if data.forecast_on is not None and row.forecast_on not in (None, data.forecast_on) and not data.reason:
        raise refuse("reason", "Say why the forecast changes.", "見込みの変更理由を記入してください。", "reason")


def _typed(data: Any) -> dict[Any, Any]:
    names = ("forecast_on", "actual_on", "progress_pct", "value_reached", "note")
    return {str(TITLES[name]): _text(getattr(data, name)) for name in names}


def update_row(row: Milestone, data: RowData, version: int, actor: Any) -> None:
    """Write down what the owner knows now; forecasts and values are kept with who and when.

    Raises Forbidden, Stale, OutOfOrder for a row that was reported, Refused for a forecast changed without a reason.
    """
    _check_owner(row, version, data, actor)
    for name in ("forecast_on", "actual_on", "progress_pct", "value_reached"):
        _note(row, name, getattr(data, name), data.reason, "", actor)
    row.note = data.note
    session.flush()


def report_row(row: Milestone, actor: Any) -> None:
    """Say that it is reached: an officer judges it next."""
    ROW_MACHINE.apply(row, "report", actor)
    _note(row, "progress_pct", 100, "", "", actor)
    session.flush()
    projects_operations.changed([row.project_id])


def attach_evidence(row: Milestone, file: StoredFile, actor: Any) -> None:
    if not policy.may_update(actor, row):
        raise Forbidden("attach")
    if row.status not in queries.PENDING:
        ROW_MACHINE.check(row, "report", actor)
    if len(row.files) >= MOST_FILES:
        raise refuse("files", "At most 20 files fit.", "添付は20件までです。", "file")
    row.files.append(MilestoneFile(file_id=file.id))
    session.flush()


def judge_row(row: Milestone, event: str, remarks: str, version: int, actor: Any) -> None:
    """Accept, send back, record as not achieved, drop or open again; all but accepting need words. Owners are told."""
    if event not in ("accept", "return", "fail", "drop", "reopen"):
        raise Forbidden(event)
    ROW_MACHINE.check(row, event, actor)
    if version != row.version:
        raise Stale({}, {})
    if event != "accept" and not remarks:
        raise refuse("remarks-missing", "Give the reason.", "理由を記入してください。", "remarks")
    ROW_MACHINE.apply(row, event, actor, reason=remarks or None)
    row.remarks = remarks
    session.flush()
    _tell_owner(row)
    projects_operations.changed([row.project_id])


def _tell_owner(row: Milestone) -> None:
    application_id = row.project.application_id
    if application_id is None:
        return
    people = queries.people_of_projects([application_id]).get(application_id, [])
    told = {user.id: user for user, org, _right, lead in people if lead or org == row.organisation_id}
    key = f"milestone-judged:{row.id}:{row.version}"
    mail.queue_all(
        "milestones/row_judged", [(one.email, one.locale, f"{key}:{one.id}", one.name) for one in told.values()],
        project=row.project.project_key, kind=row.kind.label, number=row.position, verdict=row.status.label,
        remarks=row.remarks, milestone_id=row.id,
    )  # fmt: skip


def _check_plan(project: Project, data: PlanData, reason: str, actor: Any) -> None:
    if not projects.is_officer(actor, project):
        raise Forbidden("plan")
    if not reason:
        raise refuse("reason", "Give the reason.", "理由を記入してください。", "reason")
    if data.begins_on is not None and data.begins_on > data.due_on:
        raise refuse("begins", "It begins after it is due.", "開始日が期限より後です。", "begins_on")
    if data.organisation_id is not None and data.organisation_id not in {
        one.id for one in queries.organisations_of(project.id)
    }:
        raise refuse(
            "owner", "The owner takes no part in the project.", "担当機関が参加機関ではありません。", "organisation_id"
        )


def replan(row: Milestone, data: PlanData, reason: str, version: int, actor: Any, origin: str = "officer") -> None:
    """Change what was agreed, by an officer's act or by a change request (``origin``); the old values are kept."""
    _check_plan(row.project, data, reason, actor)
    if version != row.version:
        raise Stale({}, {})
    if row.status in (MilestoneStatus.accepted, MilestoneStatus.dropped):
        ROW_MACHINE.check(row, "report", actor)
    for name in ("kind", "goal", "organisation_id", "target_value", "unit", "begins_on", "due_on"):
        _note(row, name, getattr(data, name), reason, origin, actor)
    session.flush()
    projects_operations.changed([row.project_id])


def add_row(project: Project, data: PlanData, reason: str, actor: Any, origin: str = "officer") -> Milestone:
    """Agree on one more milestone or deliverable."""
    _check_plan(project, data, reason, actor)
    row = Milestone(project=project, position=queries.next_position(project.id))
    for name in ("kind", "goal", "organisation_id", "target_value", "unit", "begins_on", "due_on"):
        setattr(row, name, getattr(data, name))
    session.add(row)
    session.flush()
    session.add(
        MilestoneChange(
            milestone_id=row.id,
            by_id=actor.actor_id,
            field="added",
            after=_text(data.goal),
            reason=reason,
            origin=origin,
        )
    )
    session.flush()
    projects_operations.changed([project.id])
    return row

"""Verbs of a project's course: start it, ask for a report, complete it."""

from datetime import date
from typing import Any

from app.agreements import operations as agreements
from app.core import audit, numbering
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.milestones import queries
from app.milestones.choices import ReportKind
from app.milestones.definitions.due import due_on, periods
from app.milestones.models import Milestone, MilestoneReport
from app.projects import policy as projects_policy
from app.projects import workflow as projects
from app.projects.models import Project

#: What is reported once the work is over (MON-5); the others report on work that goes on.
FINAL = (ReportKind.performance, ReportKind.completion)


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    """One reason, to be raised."""
    return Refused([Reason(code, Bilingual(en, ja), where)])


def start(project: Project, started_on: date, end_on: date, actor: Any) -> None:
    """Start a project: its planned milestones become agreed ones and a report falls due for each half year."""
    if end_on < started_on:
        raise refuse("period", "The end lies before the start.", "終了日が開始日より前です。", "end_on")
    if (end_on - started_on).days > 366 * 6:
        raise refuse("period", "A project lasts six years at most.", "事業期間は6年以内です。", "end_on")
    projects.MACHINE.check(project, "start", actor)
    agreements.may_start(project, started_on)
    projects.MACHINE.apply(project, "start", actor)
    project.started_on, project.planned_end_on = started_on, end_on
    agreements.begun(project, actor)
    if project.application_id is not None:
        for planned in queries.planned_of(project.application_id):
            session.add(
                Milestone(
                    project_id=project.id, position=planned.position, goal=planned.goal, unit=planned.unit,
                    target_value=planned.target_value, due_on=planned.due_on, organisation_id=planned.organisation_id,
                )
            )  # fmt: skip
    for first, last in periods(started_on, end_on):
        session.add(
            MilestoneReport(
                project_id=project.id, period_from=first, period_to=last, due_on=due_on(ReportKind.progress, last)
            )
        )
    session.flush()
    numbering.touch()


def complete(project: Project, completed_on: date, actor: Any) -> None:
    """Complete a project: every report on its course is accepted, and the day lies within its life.

    The performance and the results report fall due (MON-5); not where that day is past already, because then the
    completion is only written down afterwards and an officer asks for them.
    """
    if project.started_on is None or completed_on < project.started_on or completed_on > today():
        raise refuse(
            "completed-on",
            "The day of completion lies between the start and today.",
            "完了日は開始日から本日までの日付としてください。",
            "completed_on",
        )
    agreements.may_complete(project)
    unfinished = [r for r in queries.unfinished(project.id) if r.kind not in FINAL]
    missing = [r for r in unfinished if r.period_from <= completed_on]
    if missing:
        raise Refused(
            [
                Reason(
                    "report-open",
                    Bilingual(
                        f"The report on {r.period_from} to {r.period_to} is not accepted yet.",
                        f"{r.period_from}から{r.period_to}までの報告が受理されていません。",
                    ),
                )
                for r in missing
            ]
        )
    projects.MACHINE.apply(project, "complete", actor, data={"completed_on": completed_on.isoformat()})
    project.completed_on = completed_on
    for report in unfinished:
        audit.record(report, "dropped: the project ended before this period", actor)
        session.delete(report)
    for kind in FINAL:
        day = due_on(kind, completed_on)
        if day >= today() and not any(r.kind == kind for r in queries.reports_of(project.id)):
            session.add(
                MilestoneReport(
                    project_id=project.id, kind=kind, period_from=project.started_on, period_to=completed_on, due_on=day
                )
            )
    session.flush()
    numbering.touch()


def ask_for_report(
    project: Project, kind: ReportKind, period: tuple[date, date], due: date | None, actor: Any
) -> MilestoneReport:
    """Ask the consortium for a report (MON-5: on demand); due by rule unless an officer says another day."""
    if not projects_policy.is_officer(actor, project):
        raise Forbidden("ask for a report")
    first, last = period
    if last < first:
        raise refuse("period", "The period ends before it begins.", "期間の終わりが始まりより前です。", "period_to")
    if any(r.kind == kind and r.period_from == first for r in queries.reports_of(project.id)):
        raise refuse(
            "report-exists",
            "There is a report of this kind on a period with this first day.",
            "この種類・開始日の報告は既にあります。",
            "period_from",
        )
    report = MilestoneReport(
        project_id=project.id, kind=kind, period_from=first, period_to=last, due_on=due or due_on(kind, last)
    )
    session.add(report)
    session.flush()
    audit.record(report, "asked for", actor)
    return report

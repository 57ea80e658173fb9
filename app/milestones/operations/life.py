"""Verbs of a project's course: start it, ask for a report, complete it."""

from datetime import date
from typing import Any

from app.agreements import operations as agreements
from app.agreements import queries as awards
from app.core import audit, numbering
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.milestones import policy, queries
from app.milestones.choices import ReportKind, ReportStatus
from app.milestones.definitions.due import due_on, periods
from app.milestones.models import Milestone, MilestoneReport
from app.projects import policy as projects_policy
from app.projects import workflow as projects
from app.projects.choices import ProjectStatus
from app.projects.models import Project

#: What is reported once the work is over (MON-5); the others report on work that goes on.
FINAL = (ReportKind.performance, ReportKind.completion)
#: What has to be accepted before a project is completed.
COURSE = (ReportKind.progress, ReportKind.interim)


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


def reports_open(project: Project, on: date) -> list[Reason]:
    """Every report on a project's course is accepted before it is completed on a day."""
    return [
        Reason(
            "report-open",
            Bilingual(
                f"The report on {r.period_from} to {r.period_to} is not accepted yet.",
                f"{r.period_from}から{r.period_to}までの報告が受理されていません。",
            ),
        )
        for r in queries.unfinished(project.id)
        if r.kind in COURSE and r.period_from <= on
    ]


def end_of_course(project: Project, on: date, actor: Any) -> None:
    """A project was completed: reports on later periods go, and the final ones that nobody asked for fall due (MON-5).

    Not where that day is past already, because then the completion is only written down afterwards and an officer asks
    for them.
    """
    assert project.started_on is not None
    present = queries.reports_of(project.id)
    for report in present:
        if report.kind in COURSE and report.status is not ReportStatus.accepted:
            audit.record(report, "dropped: the project ended before this period", actor)
            session.delete(report)
    has_award = awards.of_project(project.id) is not None  # each of its contracts had a performance report of its own
    for kind in (ReportKind.completion,) if has_award else FINAL:
        day = due_on(kind, on)
        if day >= today() and not any(r.kind == kind for r in present):
            session.add(
                MilestoneReport(
                    project_id=project.id, kind=kind, period_from=project.started_on, period_to=on, due_on=day
                )
            )
    session.flush()


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


def tell_of_incident(project: Project, organisation_id: int, happened_on: date, actor: Any) -> MilestoneReport:
    """Begin a report on a delay or an accident (MON-5), for the lead or the partner that somebody writes for."""
    if organisation_id not in policy.telling_for(actor, project):
        raise Forbidden("tell of an incident")
    if project.status is not ProjectStatus.running or happened_on > today():
        raise refuse(
            "incident-day",
            "While the project runs, about a day that is not in the future.",
            "実施中の事業について、本日以前の日付で報告してください。",
            "happened_on",
        )
    present = queries.reports_of(project.id)
    found = next((r for r in present if r.kind is ReportKind.incident and r.period_from == happened_on), None)
    if found is not None and found.organisation_id == organisation_id:
        return found
    if found is not None:
        raise refuse(
            "incident-exists",
            "A partner has begun a report on this day. Add to it, or choose another day.",
            "この日付の報告は他の機関が作成しています。",
            "happened_on",
        )
    report = MilestoneReport(
        project_id=project.id, kind=ReportKind.incident, organisation_id=organisation_id, period_from=happened_on,
        period_to=happened_on, due_on=due_on(ReportKind.incident, today()),
    )  # fmt: skip
    session.add(report)
    session.flush()
    audit.record(report, "begun", actor, data={"organisation": organisation_id})
    return report

"""Verbs of milestones: start a project, report, judge, remind, complete."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.applications import queries as applications
from app.core import audit, mail, numbering
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.milestones import policy, queries
from app.milestones.choices import Achievement
from app.milestones.models import Milestone, MilestoneReport, MilestoneResult, ReportFile
from app.milestones.workflow import MACHINE
from app.projects import queries as projects_queries
from app.projects import workflow as projects
from app.projects.models import Project

#: MON-5 [own]: a report is due this many days after its period.
DUE_AFTER_DAYS = 30
REMIND_DAYS_BEFORE = (30, 7, 0)


@dataclass(frozen=True)
class Result:
    milestone_id: int
    achievement: Achievement | None
    value: str
    note: str


@dataclass(frozen=True)
class ReportData:
    work_done: str
    deviations: str
    spend_yen: int | None
    results: tuple[Result, ...]


def _refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def periods(start: date, end: date) -> list[tuple[date, date]]:
    """Half fiscal years (ending 30 September and 31 March) from the start to the end of a project."""
    found = []
    while start <= end:
        year = fiscal_year(start)
        close = date(year, 9, 30) if start <= date(year, 9, 30) else fiscal_year_end(year)
        found.append((start, min(close, end)))
        start = close + timedelta(days=1)
    return found


def start(project: Project, started_on: date, end_on: date, actor: Any) -> None:
    """Start a project: its planned milestones become agreed ones and a report falls due for each half year."""
    if end_on < started_on:
        raise _refuse("period", "The end lies before the start.", "終了日が開始日より前です。", "end_on")
    if (end_on - started_on).days > 366 * 6:
        raise _refuse("period", "A project lasts six years at most.", "事業期間は6年以内です。", "end_on")
    projects.MACHINE.apply(project, "start", actor)
    project.started_on, project.planned_end_on = started_on, end_on
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
                project_id=project.id, period_from=first, period_to=last, due_on=last + timedelta(days=DUE_AFTER_DAYS)
            )
        )
    session.flush()
    numbering.touch()


def _typed(data: ReportData) -> dict[Any, Any]:
    return {
        str(Bilingual("Work done", "実施内容")): data.work_done,
        str(Bilingual("Deviations", "計画との相違")): data.deviations,
        str(Bilingual("Spent (yen)", "支出額(円)")): data.spend_yen if data.spend_yen is not None else "",
    }


def save(report: MilestoneReport, data: ReportData, version: int, actor: Any) -> None:
    """Save a draft of the report; raises Stale when somebody saved meanwhile, OutOfOrder when it is already sent."""
    if not policy.may_report(actor, report):
        raise Forbidden("save")
    if report.status not in queries.AWAITED:
        MACHINE.check(report, "submit", actor)
    if report.version != version:
        stored = ReportData(report.work_done, report.deviations, report.spend_yen, ())
        raise Stale(_typed(data), _typed(stored))
    report.work_done, report.deviations, report.spend_yen = data.work_done, data.deviations, data.spend_yen
    present = {result.milestone_id: result for result in report.results}
    known = {milestone.id for milestone in queries.milestones_of(report.project_id)}
    for result in data.results:
        if result.milestone_id not in known:
            continue
        row = present.get(result.milestone_id)
        if row is None:
            row = MilestoneResult(milestone_id=result.milestone_id)
            report.results.append(row)
        row.achievement, row.value, row.note = result.achievement, result.value, result.note
    flag_modified(report, "work_done")  # results are rows of their own: the report's version speaks for them too
    session.flush()


def attach(report: MilestoneReport, file: StoredFile, actor: Any) -> None:
    if not policy.may_report(actor, report):
        raise Forbidden("attach")
    if report.status not in queries.AWAITED:
        MACHINE.check(report, "submit", actor)
    if len(report.files) >= 20:
        raise _refuse("files", "At most 20 files fit.", "添付は20件までです。", "file")
    report.files.append(ReportFile(file_id=file.id))
    session.flush()


def submit(report: MilestoneReport, actor: Any) -> None:
    MACHINE.apply(report, "submit", actor, on_behalf_of=projects_queries.lead_name(report.project))
    report.submitted_at, report.submitted_by_id = now(), actor.actor_id
    session.flush()


def judge(report: MilestoneReport, event: str, remarks: str, actor: Any, version: int | None = None) -> None:
    """Accept a report, or return it with remarks; the people of the project are told."""
    if event not in ("accept", "return"):
        raise Forbidden(event)
    if event == "return" and not remarks:
        raise _refuse("remarks-missing", "Say what has to be corrected.", "修正すべき点を記入してください。", "remarks")
    MACHINE.check(report, event, actor)
    if version is not None and version != report.version:
        raise Stale({}, {})  # it was returned and sent again while the officer was reading
    MACHINE.apply(report, event, actor, reason=remarks or None)
    report.remarks = remarks
    session.flush()
    _tell(report, "milestones/judged", f"report-judged:{report.id}:{report.version}", verdict=report.status.label)


def _tell(report: MilestoneReport, template: str, key: str, **context: Any) -> None:
    if report.project.application_id is None:
        return
    for person in applications.people_of(report.project.application_id):
        mail.queue(
            template, person.email, person.locale, f"{key}:{person.id}", name=person.name,
            project=report.project.project_key, period_to=report.period_to, due_on=report.due_on,
            remarks=report.remarks, report_id=report.id, **context,
        )  # fmt: skip


def remind() -> None:
    """Clockwork: one mail per person and occasion 30, 7 and 0 days before the due date, and weekly when overdue."""
    on = today()
    for report in queries.awaited(on + timedelta(days=max(REMIND_DAYS_BEFORE))):
        left = (report.due_on - on).days
        if left < 0:
            occasion = f"overdue-{-left // 7}"
        else:
            occasion = f"due-{min(d for d in REMIND_DAYS_BEFORE if left <= d)}"
        _tell(report, "milestones/reminder", f"report-reminder:{report.id}:{occasion}", left=left)


def complete(project: Project, completed_on: date, actor: Any) -> None:
    """Complete a project: every report is accepted, and the day lies within its life."""
    if project.started_on is None or completed_on < project.started_on or completed_on > today():
        raise _refuse(
            "completed-on",
            "The day of completion lies between the start and today.",
            "完了日は開始日から本日までの日付としてください。",
            "completed_on",
        )
    missing = [r for r in queries.unfinished(project.id) if r.period_from <= completed_on]
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
    for report in queries.unfinished(project.id):
        audit.record(report, "dropped: the project ended before this period", actor)
        session.delete(report)
    session.flush()
    numbering.touch()

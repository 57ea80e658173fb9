"""Verbs of reports: write, hand in, judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.milestones import policy, queries
from app.milestones.choices import Achievement, ReportKind
from app.milestones.definitions.sections import DEVIATIONS, SPENT, WORK, sections_of, texts_of
from app.milestones.models import MilestoneReport, MilestoneResult, ReportFile
from app.milestones.operations.freezing import freeze
from app.milestones.operations.life import refuse
from app.milestones.operations.performing import received
from app.milestones.operations.telling import tell
from app.milestones.workflow import MACHINE
from app.projects import operations as projects_operations
from app.projects import queries as projects_queries


@dataclass(frozen=True)
class Result:
    milestone_id: int
    achievement: Achievement | None
    value: str
    note: str


@dataclass(frozen=True)
class ReportData:
    """What the lead writes; ``texts`` are the further sections of the report's kind by key."""

    work_done: str
    deviations: str
    spend_yen: int | None
    results: tuple[Result, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def locked(report: MilestoneReport, key: str) -> bool:
    """A report that was sent back by section is open in those sections alone."""
    return bool(report.sent_back) and key not in report.sent_back


def check_open(report: MilestoneReport, actor: Any) -> None:
    """Raises OutOfOrder for a report that has been handed in."""
    if report.status not in queries.AWAITED:
        MACHINE.check(report, "submit", actor)


def _typed(report: MilestoneReport, data: ReportData) -> dict[Any, Any]:
    columns = {
        WORK: data.work_done,
        DEVIATIONS: data.deviations,
        SPENT: data.spend_yen if data.spend_yen is not None else "",
    }
    return {str(one.title): columns.get(one.key, data.texts.get(one.key, "")) for one in sections_of(report.kind)}


def save(report: MilestoneReport, data: ReportData, version: int, actor: Any) -> None:
    """Save a draft of the report; raises Stale when somebody saved meanwhile, OutOfOrder when it is already sent,
    Refused when a section was changed that was not sent back."""
    if not policy.may_report(actor, report):
        raise Forbidden("save")
    check_open(report, actor)
    if report.version != version:
        stored = ReportData(report.work_done, report.deviations, report.spend_yen, (), report.texts)
        raise Stale(_typed(report, data), _typed(report, stored))
    _guard(report, data)
    report.work_done, report.deviations, report.spend_yen = data.work_done, data.deviations, data.spend_yen
    known_texts = {one.key for one in texts_of(report.kind)}
    report.texts = {**report.texts, **{key: text for key, text in data.texts.items() if key in known_texts}}
    if not locked(report, WORK):
        _save_results(report, data.results)
    flag_modified(report, "work_done")  # results are rows of their own: the report's version speaks for them too
    session.flush()


def _guard(report: MilestoneReport, data: ReportData) -> None:
    changed = {
        WORK: data.work_done != report.work_done,
        DEVIATIONS: data.deviations != report.deviations,
        SPENT: data.spend_yen != report.spend_yen,
        **{key: text != report.texts.get(key, "") for key, text in data.texts.items()},
    }
    for key, differs in changed.items():
        if differs and locked(report, key):
            raise refuse(
                "section-locked",
                "This section was not sent back and stays as it was handed in.",
                "この項目は差し戻されていないため、提出時のままです。",
                key,
            )


def _save_results(report: MilestoneReport, results: tuple[Result, ...]) -> None:
    present = {result.milestone_id: result for result in report.results}
    known = {milestone.id for milestone in queries.milestones_of(report.project_id)}
    for result in results:
        if result.milestone_id not in known:
            continue
        row = present.get(result.milestone_id)
        if row is None:
            row = MilestoneResult(milestone_id=result.milestone_id)
            report.results.append(row)
        row.achievement, row.value, row.note = result.achievement, result.value, result.note


def attach(report: MilestoneReport, file: StoredFile, actor: Any) -> None:
    if not policy.may_report(actor, report):
        raise Forbidden("attach")
    check_open(report, actor)
    if len(report.files) >= 20:
        raise refuse("files", "At most 20 files fit.", "添付は20件までです。", "file")
    report.files.append(ReportFile(file_id=file.id))
    session.flush()


def submit(report: MilestoneReport, actor: Any) -> None:
    """Hand the report in: a version of it is frozen, and every section is locked again."""
    MACHINE.apply(report, "submit", actor, on_behalf_of=projects_queries.lead_name(report.project))
    report.submitted_at, report.submitted_by_id, report.sent_back = now(), actor.actor_id, {}
    session.flush()
    freeze(report, actor)
    projects_operations.changed([report.project_id])


def judge(
    report: MilestoneReport,
    event: str,
    remarks: str,
    actor: Any,
    version: int | None = None,
    sections: Mapping[str, str] | None = None,
) -> None:
    """Accept a report, or return it; the people of the project are told. A performance report that is accepted is thereby
    received for its contract (``performing.received``).

    ``sections`` says what is wrong in which section: then these alone open again, and the parts of partners among
    them have to be confirmed anew. Without any, the whole report opens.
    """
    if event not in ("accept", "return"):
        raise Forbidden(event)
    wanted = dict(sections or {}) if event == "return" else {}
    if event == "return" and not remarks and not wanted:
        raise refuse("remarks-missing", "Say what has to be corrected.", "修正すべき点を記入してください。", "remarks")
    MACHINE.check(report, event, actor)
    if version is not None and version != report.version:
        raise Stale({}, {})  # it was returned and sent again while the officer was reading
    titles = {**{one.key: one.title for one in sections_of(report.kind)}, **part_titles(report)}
    if unknown := set(wanted) - set(titles):
        raise Forbidden(f"no such section: {sorted(unknown)}")
    if not remarks and not all(wanted.values()):
        raise refuse("remarks-missing", "Say what has to be corrected.", "修正すべき点を記入してください。", "remarks")
    MACHINE.apply(report, event, actor, reason=remarks or None, data={"sections": wanted} if wanted else None)
    report.remarks, report.sent_back = remarks, wanted
    for part in report.parts:
        if f"part-{part.organisation_id}" in wanted or (event == "return" and not wanted):
            part.confirmed_at = part.confirmed_by_id = None
    session.flush()
    if event == "accept" and report.kind is ReportKind.performance:
        received(report, actor)
    chosen = [titles[key] for key in titles if key in wanted]
    tell(report, "milestones/judged", f"report-judged:{report.id}:{report.version}", verdict=report.status.label,
         sections=chosen)  # fmt: skip
    projects_operations.changed([report.project_id])


def part_titles(report: MilestoneReport) -> dict[str, Bilingual]:
    """The partners' parts as sections that can be sent back, by key."""
    names = {
        f"part-{part.organisation_id}": (
            part.organisation.name_en or part.organisation.name_ja,
            part.organisation.name_ja,
        )
        for part in report.parts
    }
    return {key: Bilingual(f"Part of {en}", f"{ja}の分担部分") for key, (en, ja) in names.items()}

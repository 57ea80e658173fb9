"""What goes out of this floor: drafts of reports from what the partners wrote, calendar files, texts of differences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.calls.choices import COST_ITEMS
from app.core.clock import today
from app.core.i18n import Bilingual
from app.milestones import queries
from app.milestones.choices import Achievement, MilestoneStatus, ReportKind, ReportStatus
from app.milestones.definitions import ics
from app.milestones.definitions.duties import Duty
from app.milestones.definitions.sections import DEVIATIONS, SPENT, TITLES, WORK, Section, part_key, sections_of
from app.projects.definitions import ToDo

_SAID = {
    MilestoneStatus.reported: Achievement.achieved,
    MilestoneStatus.accepted: Achievement.achieved,
    MilestoneStatus.not_achieved: Achievement.not_achieved,
}


def drafted(report: Any, milestones: Sequence[Any], spend: Mapping[int, int]) -> dict[str, Any]:
    """The lead's form as it opens: what is stored; where nothing is, what the owners recorded and the partners wrote.

    Spend comes from the books (``spend``, yen by organisation) or, while they are silent, from the partners' parts.
    """
    data: dict[str, Any] = {"version": report.version}
    stored = {WORK: report.work_done, DEVIATIONS: report.deviations, **report.texts}
    for section in sections_of(report.kind):
        if section.key == SPENT:
            known = sum(spend.values()) if spend else sum(part.spend_yen for part in report.parts)
            data["spend_yen"] = report.spend_yen if report.spend_yen is not None else (known or None)
            continue
        name = {WORK: "work_done", DEVIATIONS: "deviations"}.get(section.key, f"text-{section.key}")
        data[name] = stored.get(section.key) or _taken(section, report.parts)
    said = {result.milestone_id: result for result in report.results}
    for m in milestones:
        result = said.get(m.id)
        achievement = result.achievement if result else _SAID.get(m.status)
        data[f"achievement-{m.id}"] = achievement.value if achievement else None
        data[f"value-{m.id}"] = result.value if result else m.value_reached
        data[f"note-{m.id}"] = result.note if result else m.note
    return data


def _taken(section: Section, parts: Sequence[Any]) -> str:
    """The partners' texts one after the other, each under its name; of confirmed parts alone."""
    if not section.taken:
        return ""
    texts = [(part.organisation.name, getattr(part, section.taken)) for part in parts if part.confirmed_at]
    return "\n\n".join(f"{name}: {text}" for name, text in texts if text not in ("", None))


def calendar_file(duties: Sequence[Duty], made_at: datetime, address: Callable[[Duty], str], name: str) -> bytes:
    """One person's due dates; the titles name the project's number and the duty, nothing of its content."""
    return ics.calendar(duties, name, made_at, lambda duty: f"{duty.what} {duty.project}", address)


#: How far a person's list looks ahead.
AHEAD_DAYS = 400


def report_duties(actor: Any, reports: Sequence[Any] | None = None) -> list[Duty]:
    """Reports (those given, else of all projects): the whole one for the lead, the parts for others.

    Asked of the people of the projects as they are now, so that who has left has nothing left to do.
    """
    if not actor.has_role("applicant"):
        return []
    if reports is None:
        reports = queries.awaited_from(actor, today() + timedelta(days=AHEAD_DAYS), by_due=True)
    owned = _owned(actor, reports)
    found = []
    for report in reports:
        mine, leads, _writers = owned.get(report.project.application_id or 0, (set(), False, set()))
        what = Bilingual(f"{report.kind.label.en} due", f"{report.kind.label.ja}の提出期限")
        if report.kind is ReportKind.incident and report.organisation_id is not None:
            if report.organisation_id not in mine:
                continue
        elif not leads:
            if not _part_awaited(report, mine):
                continue
            what = Bilingual(f"{report.kind.label.en}: your part", f"{report.kind.label.ja}の分担部分")
        found.append(
            Duty(f"report-{report.id}", report.due_on, what, report.project.project_key, "milestones.report",
                 {"report_id": report.id})
        )  # fmt: skip
    return found


def row_duties(actor: Any, ahead: int = AHEAD_DAYS, project_id: int | None = None) -> list[Duty]:
    """Milestones and deliverables that this person's organisations own (the lead's: those that nobody looks after)."""
    if not actor.has_role("applicant"):
        return []
    rows = queries.pending_for(actor, today() + timedelta(days=ahead), project_id)
    owned = _owned(actor, rows)
    found = []
    for row in rows:
        mine, leads, writers = owned.get(row.project.application_id or 0, (set(), False, set()))
        if row.organisation_id in mine or (leads and row.organisation_id not in writers):
            what = Bilingual(f"{row.kind.label.en} {row.position}", f"{row.kind.label.ja}{row.position}")
            found.append(
                Duty(f"milestone-{row.id}", row.due_on, what, row.project.project_key, "milestones.row",
                     {"milestone_id": row.id}, row.goal)
            )  # fmt: skip
    return found


def _owned(actor: Any, things: Sequence[Any]) -> dict[int, tuple[set[int], bool, set[int]]]:
    keys = {one.project.application_id for one in things if one.project.application_id is not None}
    return queries.owned_by(actor, sorted(keys)) if keys else {}


def _part_awaited(report: Any, organisations: set[int]) -> bool:
    """Has one of these partners still to write or to confirm its part, as far as that part is open?"""
    confirmed = {part.organisation_id for part in report.parts if part.confirmed_at is not None}
    return any(
        org not in confirmed and (not report.sent_back or part_key(org) in report.sent_back) for org in organisations
    )


def difference_label(group: str, key: str, content: Mapping[str, Any]) -> Bilingual:
    """Where a difference between two versions lies, in words."""
    if group == "section":
        kind = ReportKind(content["report"]["kind"])
        return next((one.title for one in sections_of(kind) if one.key == key), Bilingual(key, key))
    if group == "file":
        return Bilingual("File", "添付")
    what = TITLES.get(key, Bilingual(key, key))
    if key.startswith("cost-"):
        item = COST_ITEMS.get(key.removeprefix("cost-"))
        what = item.name if item else what
    if group.startswith("result-"):
        number = group.removeprefix("result-")
        return Bilingual(f"Milestone {number}: {what.en}", f"マイルストーン{number}:{what.ja}")
    names = {f"part-{part['organisation_id']}": part for part in content["parts"]}
    part = names.get(group, {"name_en": group, "name_ja": group})
    return Bilingual(f"{part['name_en']}: {what.en}", f"{part['name_ja']}:{what.ja}")


#: What falls due within so many days is told on a project's first page.
NEAR_DAYS = 60


def to_do(actor: Any, project: Any) -> list[ToDo]:
    """What reports and milestones wait for: all of it for the office, the reader's own for people of the consortium."""
    reports, near = queries.known_to(actor, project.id), today() + timedelta(days=NEAR_DAYS)
    found = []
    if actor.has_role("officer", "auditor"):
        rows = queries.milestones_of(project.id)
        asked = {row.report_id for row in queries.extensions_of(project.id)}
        for report in reports:
            at = {"report_id": report.id}
            kind = report.kind.label
            if report.status is ReportStatus.submitted:
                words = Bilingual(f"Judge: {kind.en}", f"{kind.ja}を確認する")
                found.append(ToDo(True, words, "milestones.report", at, report.due_on, whole=True))
            elif report.status in queries.AWAITED and report.due_on <= near:
                words = Bilingual(f"{kind.en} due", f"{kind.ja}の提出")
                found.append(ToDo(False, words, "milestones.report", at, report.due_on, whole=True))
            if report.id in asked:
                words = Bilingual(f"Decide on a later due date: {kind.en}", f"{kind.ja}の提出期限延長を判断する")
                found.append(ToDo(True, words, "milestones.report", at, whole=True))
        for row in rows:
            if row.status is MilestoneStatus.reported:
                words = Bilingual(
                    f"Judge: {row.kind.label.en} {row.position}", f"{row.kind.label.ja}{row.position}を確認する"
                )
                found.append(ToDo(True, words, "milestones.row", {"milestone_id": row.id}, whole=True))
        return found
    mine = [*report_duties(actor, [r for r in reports if r.status in queries.AWAITED and r.due_on <= near]),
            *row_duties(actor, NEAR_DAYS, project.id)]  # fmt: skip
    return [ToDo(False, duty.what, duty.endpoint, duty.arguments, duty.on, whole=True) for duty in mine]

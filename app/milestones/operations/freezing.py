"""A report as it is handed in, kept exactly so."""

from typing import Any

from app.core import pdf
from app.core.clock import today
from app.core.db import session
from app.milestones import queries
from app.milestones.definitions.due import deviation_days
from app.milestones.definitions.sections import DEVIATIONS, SPENT, WORK, has_spend, texts_of
from app.milestones.definitions.versions import PART_FIELDS, digest, for_reader
from app.milestones.models import MilestoneReport, ReportVersion


def content_of(report: MilestoneReport) -> dict[str, Any]:
    """Everything that a report says now, as plain JSON; the cost detail of each partner lies apart under ``private``."""
    sections: dict[str, Any] = {WORK: report.work_done, DEVIATIONS: report.deviations}
    if has_spend(report.kind):
        sections[SPENT] = report.spend_yen
    sections |= {one.key: report.texts.get(one.key, "") for one in texts_of(report.kind)}
    return {
        "report": {
            "project": report.project.project_key, "title_ja": report.project.title_ja,
            "title_en": report.project.title_en, "kind": report.kind.value, "period_from": _day(report.period_from),
            "period_to": _day(report.period_to), "due_on": _day(report.due_on),
        },
        "sections": sections,
        "results": _results(report),
        "parts": [_part(part) for part in report.parts],
        "files": [{"id": row.id, "name": row.file.name, "sha256": row.file.sha256} for row in report.files],
    }  # fmt: skip


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _results(report: MilestoneReport) -> list[dict[str, Any]]:
    said = {result.milestone_id: result for result in report.results}
    found = []
    for m in queries.milestones_of(report.project_id):
        result = said.get(m.id)
        found.append({
            "position": m.position, "kind": m.kind.value, "goal": m.goal, "target": f"{m.target_value} {m.unit}".strip(),
            "owner_ja": m.organisation.name_ja if m.organisation else "",
            "owner_en": (m.organisation.name_en or m.organisation.name_ja) if m.organisation else "",
            "due_on": _day(m.due_on), "forecast_on": _day(m.forecast_on), "actual_on": _day(m.actual_on),
            "progress_pct": m.progress_pct, "status": m.status.value, "days": deviation_days(m, today()),
            "achievement": result.achievement.value if result and result.achievement else None,
            "value": result.value if result else "", "note": result.note if result else "",
        })  # fmt: skip
    return found


def _part(part: Any) -> dict[str, Any]:
    return {
        "organisation_id": part.organisation_id, "name_ja": part.organisation.name_ja,
        "name_en": part.organisation.name_en or part.organisation.name_ja,
        **{name: getattr(part, name) for name in PART_FIELDS},
        "confirmed_name": part.confirmed_name,
        "confirmed_at": part.confirmed_at.isoformat() if part.confirmed_at else None,
        "private": {"costs": dict(part.costs), "costs_note": part.costs_note},
    }  # fmt: skip


def freeze(report: MilestoneReport, actor: Any) -> ReportVersion:
    """Keep what was handed in, under the next number."""
    earlier = queries.versions_of(report.id)
    content = content_of(report)
    row = ReportVersion(
        report_id=report.id, number=earlier[0].number + 1 if earlier else 1, by_id=actor.actor_id, content=content,
        sha256=digest(content),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def print_key(version: ReportVersion, locale: str, office: bool, organisations: Any = ()) -> str:
    """The document of one version in one language for one kind of reader: the office, or certain partners."""
    who = "office" if office else "-".join(str(key) for key in sorted(organisations)) or "shared"
    return f"report:{version.report_id}:{version.number}:{locale}:{who}"


def order_print(version: ReportVersion, locale: str, organisations: Any, actor: Any) -> None:
    """Order the PDF of a frozen version unless there is one; ``organisations`` None stands for the office."""
    key = print_key(version, locale, organisations is None, organisations or ())
    if queries.document_by(key) is not None:
        return
    content = for_reader(version.content, organisations)
    name = f"{content['report']['project']}-{content['report']['kind']}-{version.number}-{locale}.pdf"
    context = {"content": content, "number": version.number, "at": version.at.isoformat(), "sha256": version.sha256}
    pdf.order("milestones/report", locale, context, name=name, dedupe_key=key, owner_id=actor.actor_id)

"""What each partner writes into a report, and stands by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.calls.choices import COST_ITEMS
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.milestones import policy, queries
from app.milestones.definitions.sections import TITLES, part_key
from app.milestones.models import MilestoneReport, ReportPart
from app.milestones.operations.life import refuse
from app.milestones.operations.reporting import check_open, locked


@dataclass(frozen=True)
class PartData:
    """One partner's part; ``costs`` is yen by cost item."""

    work: str
    deviations: str
    staff_hours: int | None
    costs: Mapping[str, int]
    costs_note: str
    assets: str
    ip: str
    meetings: str
    next_period: str


def _check(report: MilestoneReport, organisation_id: int, actor: Any) -> None:
    check_open(report, actor) if policy.may_report(actor, report) else _check_awaited(report)
    if locked(report, part_key(organisation_id)):
        raise refuse(
            "section-locked",
            "This part was not sent back and stays as it was handed in.",
            "この分担部分は差し戻されていないため、提出時のままです。",
        )


def _check_awaited(report: MilestoneReport) -> None:
    if report.status not in queries.AWAITED:
        raise refuse("sent", "The report has been handed in.", "報告書は提出済みです。")


def _shown(part: Any) -> dict[Any, Any]:
    """A part as its two versions are shown side by side, to somebody who may write it."""
    words = {str(TITLES[name]): getattr(part, name) for name in TITLES if hasattr(part, name) and name != "spend_yen"}
    costs = {str(COST_ITEMS[key].name) if key in COST_ITEMS else key: yen for key, yen in part.costs.items()}
    return {name: "" if value is None else value for name, value in {**words, **costs}.items()}


def save_part(report: MilestoneReport, organisation_id: int, data: PartData, version: int, actor: Any) -> ReportPart:
    """Save a partner's part (``version`` 0: the first time). What was confirmed before has to be confirmed again.

    Raises Forbidden, Stale, or Refused for an organisation that takes no part, or a part that is locked.
    """
    if not policy.may_write_part(actor, report, organisation_id):
        raise Forbidden("part")
    _check(report, organisation_id, actor)
    if organisation_id not in {one.id for one in queries.organisations_of(report.project_id)}:
        raise Forbidden("no such partner")
    part = queries.part_of(report, organisation_id)
    if (part.version if part else 0) != version:
        raise Stale(_shown(data), _shown(part) if part else {})
    if part is None:
        part = ReportPart(organisation_id=organisation_id)
        report.parts.append(part)
    for name, value in asdict(data).items():
        setattr(part, name, dict(value) if name == "costs" else value)
    part.confirmed_at = part.confirmed_by_id = None
    part.confirmed_name = ""
    session.flush()
    return part


def confirm_part(report: MilestoneReport, organisation_id: int, name: str, version: int, actor: Any) -> None:
    """Stand by a part, under a typed name; needs the right to sign."""
    if not policy.may_confirm_part(actor, report, organisation_id):
        raise Forbidden("confirm")
    _check(report, organisation_id, actor)
    part = queries.part_of(report, organisation_id)
    if part is None or not part.work:
        raise refuse("work-missing", "Describe your work first.", "先に実施内容を記入してください。", "work")
    if part.version != version:
        raise Stale({}, {})
    part.confirmed_at, part.confirmed_by_id, part.confirmed_name = now(), actor.actor_id, name
    session.flush()
    audit.record(report, "part confirmed", actor, data={"organisation_id": organisation_id})

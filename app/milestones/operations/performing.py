"""The performance report of each contract (MON-5): asked for in time, and its acceptance moves the award."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.agreements import operations as agreements
from app.agreements import queries as awards
from app.agreements.choices import AwardStatus
from app.agreements.definitions import HandedIn, reports_by
from app.agreements.models import Contract
from app.core import audit
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden
from app.core.fiscal import jst
from app.milestones import queries
from app.milestones.choices import ReportKind, ReportStatus
from app.milestones.models import MilestoneReport
from app.milestones.workflow import MACHINE
from app.projects import policy as projects

#: The performance report of a contract appears among the lead's duties this long before the contract ends.
AHEAD_DAYS = 30


def performance(contract: Contract, actor: Any) -> MilestoneReport:
    """The performance report of a contract: the one that there is, else a new one, due by MON-5."""
    project = contract.award.project
    if not (actor.has_role("system") or projects.may_report(actor, project) or projects.is_officer(actor, project)):
        raise Forbidden("performance report")
    present = queries.performance_of([contract]).get(contract.id)
    if present is not None:
        return present
    done = project.completed_on
    ended = done if done is not None and contract.starts_on <= done <= contract.ends_on else contract.ends_on
    row = MilestoneReport(
        project_id=project.id, kind=ReportKind.performance, period_from=contract.starts_on, period_to=ended,
        due_on=reports_by(ended),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "asked for", actor, data={"contract": contract.number})
    return row


def ask_in_time() -> int:
    """Clockwork: the performance reports of contracts that end soon fall due; answers how many."""
    found = queries.unasked(today() + timedelta(days=AHEAD_DAYS))
    for contract in found:
        performance(contract, audit.SYSTEM)
    return len(found)


def handed_in(contracts: Sequence[Contract]) -> dict[int, HandedIn]:
    """What agreements asks: the performance reports of these contracts that were handed in."""
    found = {}
    for key, report in queries.performance_of(contracts).items():
        if report.submitted_at is not None and report.status in (ReportStatus.submitted, ReportStatus.accepted):
            accepted = report.status is ReportStatus.accepted
            day = jst(report.submitted_at).date()
            found[key] = HandedIn(day, accepted, "milestones.report", {"report_id": report.id})
    return found


def received(report: MilestoneReport, actor: Any) -> None:
    """An accepted performance report is the one that the award waits for: the award moves on with it."""
    award = awards.of_project(report.project_id, lock=True)
    contract = awards.current_contract(award) if award is not None else None
    if award is None or contract is None or award.status is not AwardStatus.running or report.submitted_at is None:
        return
    mine = queries.performance_of([contract]).get(contract.id)
    if mine is not None and mine.id == report.id:
        agreements.receive_report(award, max(jst(report.submitted_at).date(), contract.starts_on), actor)


def sent_back(contract: Contract, reason: str, actor: Any) -> None:
    """The award sends the performance report back: what was accepted here opens again, all of it."""
    report = queries.performance_of([contract]).get(contract.id)
    if report is None or report.status is not ReportStatus.accepted:
        return
    MACHINE.apply(report, "reopen", actor, reason=reason)
    report.remarks, report.sent_back = reason, {}
    for part in report.parts:
        part.confirmed_at = part.confirmed_by_id = None
    session.flush()

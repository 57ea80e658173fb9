"""Suspension and resumption; withdrawal, termination, revocation and what is claimed back."""

from datetime import date
from typing import Any

from app.agreements import queries
from app.agreements.choices import BreakKind
from app.agreements.models import Award
from app.agreements.operations.gates import everybody, needed, not_before, refuse, tell
from app.agreements.operations.making import record_break
from app.agreements.workflow import machine_of
from app.core.clock import today
from app.core.db import session
from app.core.i18n import Bilingual
from app.projects import operations as project_operations
from app.projects.choices import ProjectStatus


def suspend(award: Award, on: date, reason: str, actor: Any) -> None:
    """Work stands still from a day on."""
    reason = needed(reason)
    not_before(on, award.project.started_on)
    machine_of(award).apply(award, "suspend", actor, reason=reason, data={"on": on.isoformat()})
    record_break(award, BreakKind.suspended, on, reason, actor)


def resume(award: Award, on: date, note: str, actor: Any) -> None:
    """Work goes on; the suspension gets its last day."""
    machine = machine_of(award)
    machine.check(award, "resume", actor)
    row = next(b for b in reversed(queries.breaks_of(award)) if b.kind is BreakKind.suspended and b.ends_on is None)
    not_before(on, row.starts_on)
    row.ends_on, row.resume_note = on, note.strip()
    machine.apply(award, "resume", actor, reason=note.strip() or None, data={"on": on.isoformat()})
    tell(
        award, everybody(award), f"resumed:{row.id}",
        Bilingual("Work goes on", "事業が再開されました"), Bilingual(f"From {on}.", f"{on}から。"),
    )  # fmt: skip


def withdraw(award: Award, on: date, reason: str, actor: Any) -> None:
    """The consortium gives the award up before work began; the project is withdrawn with it."""
    machine_of(award).check(award, "withdraw", actor)
    project_operations.end(award.project, "withdraw", _day(on), needed(reason), actor)


def terminate(award: Award, on: date, reason: str, actor: Any) -> None:
    """Work ends before its time; the project is terminated with it."""
    machine_of(award).check(award, "terminate", actor)
    project_operations.end(award.project, "terminate", _day(on), needed(reason), actor)


def revoke(award: Award, on: date, reason: str, actor: Any) -> None:
    """Revoke the grant decision or the contract. A project that was completed stays so: the fact stands."""
    reason = needed(reason)
    machine_of(award).apply(award, "revoke", actor, reason=reason, data={"on": on.isoformat()})
    record_break(award, BreakKind.revoked, _day(on), reason, actor)
    events = {ProjectStatus.running: "terminate", ProjectStatus.adopted: "withdraw"}
    if event := events.get(award.project.status):
        project_operations.end(award.project, event, on, reason, actor)


def claim_repayment(award: Award, reason: str, actor: Any) -> None:
    """Claim back what was paid; the claims themselves are kept with the money."""
    reason = needed(reason)
    machine_of(award).apply(award, "claim_repayment", actor, reason=reason)
    tell(
        award, everybody(award), f"repayment:{award.version}",
        Bilingual("Repayment is claimed", "返還請求のお知らせ"), Bilingual(reason, reason),
    )  # fmt: skip
    session.flush()


def _day(on: date) -> date:
    if on > today():
        raise refuse("future", "The day lies in the future.", "未来の日付です。", "on")
    return on

"""From the beginning of work to the last file: reports, inspection, amounts, settlement, completion, follow-up."""

from datetime import date
from typing import Any

from app.agreements import queries
from app.agreements.choices import AwardStatus as S
from app.agreements.definitions import AGREED, AT_WORK, ENDED
from app.agreements.models import Award, Contract
from app.agreements.operations.gates import lead_people, needed, not_before, refuse, tell
from app.agreements.workflow import CONTRACT, machine_of
from app.core.clock import today
from app.core.db import session
from app.core.errors import OutOfOrder
from app.core.i18n import Bilingual
from app.projects import operations as project_operations
from app.projects.models import Project


def may_start(project: Project, started_on: date) -> None:
    """Refused while the award of a project has no contract or grant decision that both sides confirmed, and before its
    first day. Projects of earlier years have no award and start as they always did."""
    award = queries.of_project(project.id)
    if award is None:
        return
    if award.status not in AGREED:
        if award.status in AT_WORK:
            raise refuse("at-work", "Work has begun already.", "既に着手済みです。")
        raise refuse(
            "contract-open",
            "Work begins once both sides have confirmed the contract or grant decision (page “Agreement”).",
            "着手には、双方が確認した契約又は交付決定が必要です(「契約・交付」ページ)。",
        )
    contract = queries.current_contract(award)
    if contract is not None and started_on < contract.starts_on:
        raise refuse(
            "before-contract",
            f"Work begins on {contract.starts_on} at the earliest: that is when the contract or grant decision begins.",
            f"着手日は契約期間又は交付決定の初日({contract.starts_on})以降としてください。",
            "started_on",
        )


def begun(project: Project, actor: Any) -> None:
    """The project has started: its award is at work."""
    award = queries.of_project(project.id, lock=True)
    if award is not None:
        begin(award, actor)


def begin(award: Award, actor: Any) -> None:
    """Work of the contract's year begins."""
    machine_of(award).apply(award, "begin", actor)


def may_complete(project: Project) -> None:
    """A project whose award is suspended, or waits for its next contract to begin, cannot be completed."""
    award = queries.of_project(project.id)
    if award is not None and award.status not in AT_WORK:
        raise refuse(
            "award-state",
            f"The award is in the state “{award.status.label.en}”: work must be under way or done.",
            f"交付・委託の状態が「{award.status.label.ja}」のため、完了とすることはできません。",
        )


def _contract(award: Award, event: str) -> Contract:
    contract = queries.current_contract(award)
    if contract is None:
        raise OutOfOrder(award, event, award.status)
    return contract


def receive_report(award: Award, on: date, actor: Any) -> None:
    """The performance report of the contract's period arrived (MON-5)."""
    machine = machine_of(award)
    machine.check(award, "receive_report", actor)
    contract = _contract(award, "receive_report")
    not_before(on, contract.starts_on)
    _not_in_future(on)
    contract.reported_on = on
    machine.apply(award, "receive_report", actor, data={"on": on.isoformat()})


def return_report(award: Award, reason: str, actor: Any) -> None:
    """Send the performance report back with what has to be mended."""
    reason = needed(reason)
    machine_of(award).apply(award, "return_report", actor, reason=reason)
    _contract(award, "return_report").reported_on = None
    session.flush()
    tell(
        award, lead_people(award), f"report-returned:{award.version}",
        Bilingual("The performance report was sent back", "実績報告が差し戻されました"), Bilingual(reason, reason),
    )  # fmt: skip


def inspect(award: Award, on: date, findings: str, actor: Any) -> None:
    """The determination inspection was held (MON-6), with what it found."""
    machine = machine_of(award)
    machine.check(award, "inspect", actor)
    contract = _contract(award, "inspect")
    not_before(on, contract.reported_on)
    _not_in_future(on)
    contract.inspected_on, contract.findings = on, needed(findings, "findings")
    machine.apply(award, "inspect", actor, data={"on": on.isoformat()})


def _not_in_future(on: date) -> None:
    if on > today():
        raise refuse("future", "The day lies in the future.", "未来の日付です。", "on")


def fix_amount(contract: Contract, yen: int, on: date, actor: Any) -> None:
    """Fix the amount of a contract (MON-3): whole yen, never above its ceiling. Raises Refused, OutOfOrder, Forbidden.

    Of an award that ended before its time the amount is fixed as well; the award's state stays as it is then.
    """
    award = contract.award
    CONTRACT.check(contract, "fix", actor)
    if award.status not in (S.inspected, *ENDED):
        raise OutOfOrder(award, "fix_amount", award.status)
    if not 0 <= yen <= contract.amount_yen:
        raise refuse(
            "above-contract",
            f"The fixed amount lies between 0 and the {contract.amount_yen:,} yen of the contract.",
            f"確定額は0円以上、契約額{contract.amount_yen:,}円以下としてください。",
            "yen",
        )
    not_before(on, contract.inspected_on or contract.starts_on)
    _not_in_future(on)
    contract.fixed_amount_yen, contract.fixed_on = yen, on
    CONTRACT.apply(contract, "fix", actor, data={"yen": yen, "on": on.isoformat()})
    if award.status is S.inspected:
        machine_of(award).apply(award, "fix_amount", actor, data={"contract": contract.number, "yen": yen})
    project_operations.changed([award.project_id])
    tell(
        award, lead_people(award), f"fixed:{contract.id}",
        Bilingual("The amount is fixed", "額が確定しました"),
        Bilingual(f"{contract.number}: {yen:,} yen of at most {contract.amount_yen:,} yen.",
                  f"{contract.number}:確定額{yen:,}円(上限{contract.amount_yen:,}円)"),
    )  # fmt: skip


def settle(contract: Contract, actor: Any) -> None:
    """The fixed amount is paid in full: the year of a commission is settled, the grant of a subsidy is paid.

    ``definitions.NEEDS["settle"]`` holds what upper floors ask for (payments that add up).
    """
    award = contract.award
    CONTRACT.check(contract, "settle", actor)
    if award.status is S.amount_fixed:
        machine_of(award).apply(award, "settle", actor, data={"contract": contract.number})
    elif award.status not in ENDED:
        raise OutOfOrder(award, "settle", award.status)
    contract.settled_on = today()
    CONTRACT.apply(contract, "settle", actor)
    project_operations.changed([award.project_id])


def complete(award: Award, actor: Any) -> None:
    """Commission: the last year is settled and the project is completed."""
    machine_of(award).apply(award, "complete", actor)


def follow(award: Award, actor: Any) -> None:
    """The years of follow-up begin (MON-10)."""
    machine_of(award).apply(award, "follow", actor)


def close(award: Award, actor: Any, reason: str = "") -> None:
    """Close the file: after the follow-up, or when nothing is left to settle of an award that ended early."""
    machine_of(award).apply(award, "close", actor, reason=reason or None)
    award.closed_on = today()
    session.flush()

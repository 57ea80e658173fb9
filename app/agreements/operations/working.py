"""From the beginning of work to the last file: reports, inspection, amounts, settlement, completion, follow-up."""

from datetime import date
from typing import Any

from app.agreements import queries
from app.agreements.choices import AwardStatus as S
from app.agreements.definitions import AGREED, AT_WORK, ENDED, NEEDS, SENT_BACK, handed_in
from app.agreements.models import Award, Contract
from app.agreements.operations.contracting import ask_to_confirm
from app.agreements.operations.gates import lead_people, needed, not_before, refuse, tell
from app.agreements.workflow import CONTRACT, machine_of
from app.core.clock import today
from app.core.db import session
from app.core.errors import OutOfOrder, Reason, Refused
from app.core.i18n import Bilingual
from app.projects import operations as project_operations
from app.projects.choices import ProjectStatus
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


def no_award(project: Project) -> None:
    """Refuse what the award of a project does: one ladder, the award's, wherever there is one."""
    if queries.of_project(project.id) is not None:
        raise refuse(
            "award-steps",
            "This project has an award: complete it or end it early on the page “Agreement”.",
            "このプロジェクトの完了・中止等は「契約・交付」ページで記録してください。",
        )


def end_of_work(award: Award) -> date:
    """The day on which the work was completed, as far as it is known: recorded, else the last day of the contract."""
    contract = queries.current_contract(award)
    ends = contract.ends_on if contract is not None else award.project.planned_end_on or today()
    return award.project.completed_on or min(ends, today())


def open_before_completion(award: Award, on: date) -> list[Reason]:
    """What keeps the award from being completed with a day on which the work ended."""
    if award.project.status is not ProjectStatus.running:
        return []
    return project_operations.hindrances(award.project, on)


def _contract(award: Award, event: str) -> Contract:
    contract = queries.current_contract(award)
    if contract is None:
        raise OutOfOrder(award, event, award.status)
    return contract


def receive_report(award: Award, on: date, actor: Any, paper: str = "") -> None:
    """The performance report of the contract's period arrived (MON-5): handed in here, or on ``paper``, with how it came.

    Accepting the report on the page of reports does this too. Refused where neither is so.
    """
    machine = machine_of(award)
    machine.check(award, "receive_report", actor)
    contract = _contract(award, "receive_report")
    if not paper.strip() and not contract.carried_over and not handed_in([contract]):
        raise refuse(
            "report-missing",
            f"No performance report on {contract.number} was handed in here (page “Milestones and reports”). Wait for it, or"
            " say how it came on paper.",
            f"{contract.number}の実績報告書は本システムで提出されていません(「マイルストーン・報告」ページ)。"
            "提出を待つか、紙で受領した場合はその旨を記入してください。",
            "paper",
        )
    not_before(on, contract.starts_on)
    _not_in_future(on)
    contract.reported_on = on
    machine.apply(award, "receive_report", actor, reason=paper.strip() or None, data={"on": on.isoformat()})


def return_report(award: Award, reason: str, actor: Any) -> None:
    """Send the performance report back with what has to be mended; a report that was accepted here opens again."""
    reason = needed(reason)
    contract = _contract(award, "return_report")
    machine_of(award).apply(award, "return_report", actor, reason=reason)
    contract.reported_on = None
    for listener in SENT_BACK:
        listener(contract, reason, actor)
    session.flush()
    tell(
        award, lead_people(award), f"report-returned:{award.version}",
        Bilingual("The performance report was sent back", "実績報告が差し戻されました"), Bilingual(reason, reason),
    )  # fmt: skip


def inspect(award: Award, on: date, findings: str, actor: Any) -> None:
    """The determination inspection was held (MON-6), with what it found; the floor of money records it, and this with it."""
    machine, contract = machine_of(award), _contract(award, "inspect")
    if award.status not in ENDED:  # of an award that ended early what was spent is inspected as well; its state stays
        machine.check(award, "inspect", actor)
    not_before(on, contract.reported_on)
    _not_in_future(on)
    contract.inspected_on, contract.findings = on, needed(findings, "findings")
    if award.status not in ENDED:
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

    ``definitions.NEEDS["settle"]`` holds what upper floors ask for (payments that add up, MON-2), also of an award that
    ended early. Raises Refused, OutOfOrder, Forbidden.
    """
    award = contract.award
    CONTRACT.check(contract, "settle", actor)
    if award.status is S.amount_fixed:
        machine_of(award).apply(award, "settle", actor, data={"contract": contract.number})
    elif award.status not in ENDED:
        raise OutOfOrder(award, "settle", award.status)
    elif reasons := [reason for need in NEEDS.get("settle", ()) for reason in need(award)]:
        raise Refused(reasons)  # an award that ended early moves no further, but is paid like any other
    contract.settled_on = today()
    CONTRACT.apply(contract, "settle", actor)
    following = queries.offered_contract(award)
    prepared = queries.latest_terms(following) if following is not None else None
    if prepared is not None:
        ask_to_confirm(prepared)
    project_operations.changed([award.project_id])


def complete(award: Award, on: date, actor: Any) -> None:
    """The last contract is settled: the award is completed (a subsidy is followed up from here on), and the project with it.

    ``on`` is the day on which the work ended. Refused while a report on the project's course is not accepted.
    """
    machine = machine_of(award)
    machine.check(award, "complete", actor)
    if award.project.status is ProjectStatus.running:  # records from before may be completed already
        project_operations.complete(award.project, on, actor)
    machine.apply(award, "complete", actor, data={"on": on.isoformat()})
    tell(
        award, lead_people(award), f"completed:{award.id}",
        Bilingual("The project is completed", "事業の完了が記録されました"),
        Bilingual("The yearly reports of the follow-up are scheduled.", "フォローアップ期間の年次報告が予定されました。"),
    )  # fmt: skip


def follow(award: Award, actor: Any) -> None:
    """Commission: the years of follow-up begin (MON-10)."""
    machine_of(award).apply(award, "follow", actor)


def close(award: Award, actor: Any, reason: str = "") -> None:
    """Close the file: after the follow-up, or when nothing is left to settle of an award that ended early."""
    machine_of(award).apply(award, "close", actor, reason=reason or None)
    award.closed_on = today()
    session.flush()

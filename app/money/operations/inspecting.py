"""The determination inspection, line by line, and inspections on site (MON-6)."""

from datetime import date
from typing import Any

from app.agreements import operations as agreements
from app.agreements.choices import AwardStatus, ContractStatus
from app.agreements.definitions import ENDED
from app.agreements.models import Contract
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder
from app.money import policy, queries
from app.money.choices import InspectionKind, Verdict
from app.money.definitions.chain import open_steps
from app.money.models import Expense, SiteInspection
from app.money.operations.gates import needed, not_in_future, refuse, seen
from app.projects import operations as projects


def _may_judge(contract: Contract, actor: Any) -> None:
    if not policy.is_officer(actor, contract):
        raise Forbidden("judge")
    if contract.status is not ContractStatus.in_force:
        raise OutOfOrder(contract, "judge", contract.status)


def judge(expense: Expense, verdict: Verdict, yen: int | None, reason: str, version: int, actor: Any) -> None:
    """Give one line its verdict: accepted as claimed, reduced to ``yen``, or refused.

    Reduced and refused need a reason, and so does accepting a line whose chain of documents is not complete.
    Raises OutOfOrder once the amount is fixed, Stale when the line changed meanwhile.
    """
    _may_judge(queries.locked_contract(expense.contract_id), actor)
    seen(expense, version)
    reason = reason.strip()
    if verdict is not Verdict.accepted:
        needed(reason)
    elif not reason and (missing := open_steps(expense.cost_item, (one.step for one in expense.evidence))):
        names = [step.label for step in missing]
        raise refuse(
            "evidence-open",
            f"Not there: {', '.join(one.en for one in names)}. Say why the line is accepted all the same.",
            f"不足書類:{'、'.join(one.ja for one in names)}。このまま認定する場合は理由を記入してください。",
            "reason",
        )
    expense.verdict, expense.accepted_yen = verdict, _accepted(expense, verdict, yen)
    expense.verdict_reason, expense.judged_by_id, expense.judged_at = reason, actor.actor_id, now()
    session.flush()
    audit.record(expense, "verdict", actor, reason=reason or None,
                 data={"verdict": verdict.value, "accepted_yen": expense.accepted_yen})  # fmt: skip
    projects.changed([expense.contract.award.project_id])


def _accepted(expense: Expense, verdict: Verdict, yen: int | None) -> int:
    if verdict is Verdict.accepted:
        return expense.eligible_yen
    if verdict is Verdict.refused:
        return 0
    if yen is None or not 0 < yen < expense.eligible_yen:
        raise refuse(
            "reduced",
            f"Reduced means more than 0 and less than the {expense.eligible_yen:,} yen claimed.",
            f"一部認定の額は0円を超え、対象経費{expense.eligible_yen:,}円未満としてください。",
            "accepted_yen",
        )
    return yen


def accept_rest(contract: Contract, actor: Any) -> int:
    """Accept, as claimed, every line that has no verdict and whose documents are complete; answers how many."""
    contract = queries.locked_contract(contract.id)
    _may_judge(contract, actor)
    whole = [
        one
        for one in queries.undecided_of(contract.id, lock=True)
        if not open_steps(one.cost_item, (e.step for e in one.evidence))
    ]
    for one in whole:
        one.verdict, one.accepted_yen, one.verdict_reason = Verdict.accepted, one.eligible_yen, ""
        one.judged_by_id, one.judged_at = actor.actor_id, now()
    session.flush()
    if whole:
        audit.record(contract, "lines accepted", actor, data={"lines": [one.id for one in whole]})
        projects.changed([contract.award.project_id])
    return len(whole)


def reopen(expense: Expense, version: int, actor: Any) -> None:
    """Take a verdict back, so that the line can be mended or judged anew."""
    _may_judge(queries.locked_contract(expense.contract_id), actor)
    seen(expense, version)
    before = {"verdict": expense.verdict.value if expense.verdict else None, "accepted_yen": expense.accepted_yen}
    expense.verdict = expense.accepted_yen = expense.judged_by_id = expense.judged_at = None
    expense.verdict_reason = ""
    session.flush()
    audit.record(expense, "verdict taken back", actor, data=before)
    projects.changed([expense.contract.award.project_id])


def record_inspection(
    contract: Contract, kind: InspectionKind, held_on: date, place: str, findings: str, organisation_id: int | None,
    actor: Any,
) -> SiteInspection:  # fmt: skip
    """Write down an inspection with what it found; the accepted total of that moment is kept with it.

    The determination inspection (MON-6) is the one that the award waits for: the award moves on with it, and it needs the
    performance report and a verdict on every line. Inspections on site and of assets may be held at any time.
    """
    if not policy.is_officer(actor, contract):
        raise Forbidden("inspect")
    not_in_future(held_on, "held_on")
    if held_on < contract.starts_on:
        raise refuse("too-early", "The day lies before the contract.", "契約開始日より前の日付です。", "held_on")
    if organisation_id is not None and organisation_id not in queries.organisations_of(contract.award.project_id):
        raise refuse(
            "organisation", "Not an organisation of this project.", "参加機関ではありません。", "organisation_id"
        )
    if kind is InspectionKind.determination:
        _determine(contract, held_on, needed(findings, "findings"), actor)
    row = SiteInspection(
        contract_id=contract.id, kind=kind, held_on=held_on, place=place, findings=needed(findings, "findings"),
        organisation_id=organisation_id, by_id=actor.actor_id,
        accepted_yen=sum(one.accepted for one in queries.sums_of(contract.id).values()),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "inspection recorded", actor, data={"kind": kind.value})
    return row


def _determine(contract: Contract, held_on: date, findings: str, actor: Any) -> None:
    award = contract.award
    if contract.inspected_on is not None:
        raise refuse(
            "inspected",
            f"The determination inspection was recorded on {contract.inspected_on}. Record what follows as an inspection on"
            " site, or send the performance report back.",
            f"確定検査は{contract.inspected_on}付けで記録済みです。追加の検査は現地検査として記録してください。",
            "kind",
        )
    if award.status not in (AwardStatus.reported, *ENDED):
        raise refuse(
            "report-first",
            "The performance report of this contract has not been received yet (page “Agreement”).",
            "この契約の実績報告書がまだ受領されていません(「契約・交付」ページ)。",
            "kind",
        )
    agreements.inspect(award, held_on, findings, actor)

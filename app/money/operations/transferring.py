"""CON-15: moving budget from one cost item to another."""

from dataclasses import dataclass
from typing import Any

from app.agreements.choices import ContractStatus
from app.agreements.models import Contract
from app.calls.choices import COST_ITEMS
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder
from app.core.i18n import Bilingual
from app.money import policy, queries
from app.money.choices import TransferKind
from app.money.definitions import transfers
from app.money.models import Transfer
from app.money.operations.gates import lead_people, needed, refuse, tell
from app.projects import operations as projects


@dataclass(frozen=True)
class TransferData:
    organisation_id: int
    from_item: str
    to_item: str
    amount_yen: int
    reason: str


def transfer(contract: Contract, data: TransferData, actor: Any, *, approved_by: str = "") -> Transfer:
    """Move budget between two items of one organisation.

    Without ``approved_by`` it is a notice: by the organisation itself or the lead, between free items and within the
    limit of CON-15; beyond it the refusal says that a change request is needed. With ``approved_by`` (how people know
    the approved change) an officer records what was approved: any items, no limit, and the base of the limit moves.
    """
    contract = queries.locked_contract(contract.id)
    officer = bool(approved_by) and policy.is_officer(actor, contract)
    mine = policy.acts_for(actor, contract.award.project, data.organisation_id) or policy.is_recipient(actor, contract)
    if not (officer if approved_by else mine):
        raise Forbidden("transfer")
    if contract.status is not ContractStatus.in_force or (not approved_by and contract.reported_on is not None):
        raise OutOfOrder(contract, "transfer", contract.status)
    _sound(data)
    rule = transfers.rule_of(queries.parameters_of(contract.award.project_id))
    budget = queries.budget_now(contract, rule)
    there = budget.cells.get((data.organisation_id, data.from_item), 0)
    if data.amount_yen > there:
        raise refuse(
            "too-much",
            f"This item holds {there:,} yen; more cannot leave it.",
            f"この費目の予算は{there:,}円です。これを超えて流用できません。",
            "amount_yen",
        )
    if not approved_by:
        _freely(contract, data, rule, budget)
    row = Transfer(
        contract_id=contract.id, organisation_id=data.organisation_id,
        kind=TransferKind.approved if approved_by else TransferKind.notice, from_item=data.from_item,
        to_item=data.to_item, amount_yen=data.amount_yen, reason=data.reason.strip(), basis=approved_by, by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    words = f"{data.from_item} → {data.to_item}, {data.amount_yen:,}"
    audit.record(contract, "transfer", actor, reason=row.reason, data={"transfer": row.id, "what": words})
    projects.changed([contract.award.project_id])
    tell(
        contract.award.project, lead_people(contract.award.project), f"transfer:{row.id}",
        Bilingual("Transfer between cost items", "費目間流用の届出"),
        Bilingual(f"{contract.number}: {words} yen.", f"{contract.number}:{words}円"),
    )  # fmt: skip
    return row


def _sound(data: TransferData) -> None:
    for where in ("from_item", "to_item"):
        if getattr(data, where) not in COST_ITEMS:
            raise refuse("item", "Unknown cost item.", "費目が不明です。", where)
    if data.from_item == data.to_item:
        raise refuse("same", "Choose two different items.", "異なる費目を選んでください。", "to_item")
    if data.amount_yen <= 0:
        raise refuse("amount", "Give an amount above zero.", "1円以上の金額を記入してください。", "amount_yen")
    needed(data.reason)


def _freely(contract: Contract, data: TransferData, rule: transfers.TransferRule, budget: queries.Budget) -> None:
    """The two limits of a notice; what lies beyond them is a change (MON-4)."""
    for item in (data.from_item, data.to_item):
        if not rule.is_free(item):
            name = COST_ITEMS[item].name
            raise refuse(
                "change-needed",
                f"CON-15: “{name.en}” is excluded from free transfers. A change request is needed.",
                f"CON-15:「{name.ja}」は流用制限費目です。計画変更承認申請が必要です。",
                "to_item" if item == data.to_item else "from_item",
            )
    notices = [
        (one.organisation_id, one.from_item, one.to_item, one.amount_yen)
        for one in queries.transfers_of(contract.id)
        if one.kind is TransferKind.notice
    ]
    one_more = (data.organisation_id, data.from_item, data.to_item, data.amount_yen)
    after = budget.moved + transfers.moved([*notices, one_more]) - transfers.moved(notices)
    if after > budget.limit and after > budget.moved:  # moving back is never refused
        left = max(0, budget.limit - budget.moved)
        raise refuse(
            "change-needed",
            f"CON-15: without approval {budget.limit:,} yen may move ({rule.pct} % of the free items); {left:,} yen are"
            " left. A change request is needed.",
            f"CON-15:承認不要で流用できるのは{budget.limit:,}円(対象費目合計の{rule.pct}%)までで、残額は{left:,}円です。"
            "計画変更承認申請が必要です。",
            "amount_yen",
        )

"""Payments to the recipient and claims on it (MON-2, MON-8). Every step holds the contract's row and looks again."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.agreements.choices import ContractStatus
from app.agreements.models import Contract
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder
from app.core.i18n import Bilingual
from app.core.money import MAX_YEN
from app.money import policy, queries
from app.money.choices import INCOMING, OUTGOING, PaymentKind, PaymentStatus, ProfitStatus
from app.money.definitions import charges
from app.money.definitions.fixing import settlement as what_is_left
from app.money.models import Payment
from app.money.operations.gates import lead_people, needed, not_in_future, refuse, seen, tell
from app.money.workflow import PAYMENT, PROFIT, room
from app.projects import operations as projects

HELD = (ContractStatus.in_force, ContractStatus.fixed, ContractStatus.settled)


@dataclass(frozen=True)
class Account:
    """Where the money goes. ``number`` is read and forgotten: only its last four digits are kept."""

    bank: str
    holder: str
    number: str


def advance(contract: Contract, yen: int, purpose: str, account: Account, actor: Any) -> Payment:
    """The recipient asks for part of the amount in advance (概算払). One open request at a time."""
    contract = queries.locked_contract(contract.id)
    if contract.status is not ContractStatus.in_force:
        raise OutOfOrder(contract, "advance", contract.status)
    return _request(contract, PaymentKind.advance, yen, needed(purpose, "purpose"), account, actor)


def settlement(contract: Contract, account: Account, actor: Any) -> Payment:
    """The recipient asks for the rest of the fixed amount (精算払); the amount is computed, never typed."""
    contract = queries.locked_contract(contract.id)
    if contract.status is not ContractStatus.fixed or contract.fixed_amount_yen is None:
        raise OutOfOrder(contract, "settlement", contract.status)
    yen = what_is_left(contract.fixed_amount_yen, queries.committed(contract.id))
    if yen <= 0:
        raise refuse("nothing", "Nothing is left to be paid.", "精算払の対象となる残額はありません。")
    return _request(contract, PaymentKind.settlement, yen, "", account, actor)


def _request(
    contract: Contract, kind: PaymentKind, yen: int, purpose: str, account: Account, actor: Any
) -> Payment:  # fmt: skip
    if not policy.is_recipient(actor, contract):
        raise Forbidden("request")
    pending = [one for one in queries.claims_open(contract.id) if one.kind in OUTGOING]
    if any(one.status is not PaymentStatus.approved for one in pending):
        raise refuse("open", "A request is open already; wait for its decision.", "処理中の請求があります。")
    left = room(contract)
    if not 0 < yen <= left:
        raise refuse(
            "over-contract",
            f"MON-2: between 1 and {max(left, 0):,} yen can be requested.",
            f"MON-2:請求できるのは1円以上{max(left, 0):,}円以下です。",
            "amount_yen",
        )
    digits = "".join(c for c in account.number if c.isascii() and c.isdigit())
    if not 4 <= len(digits) <= 14 or not account.bank or not account.holder:
        raise refuse(
            "account", "Give bank, holder and account number.", "金融機関、名義、口座番号を記入してください。", "number"
        )
    row = Payment(
        contract_id=contract.id, kind=kind, amount_yen=yen, purpose=purpose, bank=account.bank,
        account_holder=account.holder, account_last4=digits[-4:], requested_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "requested", actor, to_status=row.status.value, data={"yen": yen, "kind": kind.value})
    return row


def record_consent(payment: Payment, reference: str, on: date, version: int, actor: Any) -> None:
    """MON-2: the finance ministry's consent to an advance, with its number and day."""
    if not policy.officer_of_payment(actor, payment):
        raise Forbidden("consent")
    seen(payment, version)
    if payment.kind is not PaymentKind.advance or payment.status is not PaymentStatus.requested:
        raise OutOfOrder(payment, "consent", payment.status)
    not_in_future(on, "consent_on")
    payment.consent_ref, payment.consent_on = needed(reference, "consent_ref"), on
    session.flush()
    audit.record(payment, "consent recorded", actor, data={"reference": payment.consent_ref, "on": on.isoformat()})


def claim(
    contract: Contract, kind: PaymentKind, yen: int, reason: str, due_on: date, actor: Any, *,
    received_on: date | None = None, origin_id: int | None = None,
) -> Payment:  # fmt: skip
    """The office claims money back. With ``received_on`` (a revocation) the additional charge runs from that day.

    Claims for repayment never add up to more than was paid.
    """
    contract = queries.locked_contract(contract.id)
    if not policy.is_officer(actor, contract):
        raise Forbidden("claim")
    if kind not in INCOMING:
        raise OutOfOrder(contract, "claim", contract.status)
    if not 0 < yen <= MAX_YEN:
        raise refuse("amount", "Give an amount above zero.", "1円以上の金額を記入してください。", "amount_yen")
    same = (kind, yen, reason.strip())
    if any((one.kind, one.amount_yen, one.purpose) == same for one in queries.claims_open(contract.id)):
        raise refuse("open", "Exactly this claim is open already.", "同じ内容の請求が処理中です。", "amount_yen")
    if kind is PaymentKind.repayment:
        left = _repayable(contract)
        if yen > left:
            raise refuse(
                "too-much",
                f"{left:,} yen were paid and not claimed back yet.",
                f"支払済みで返還請求していない額は{left:,}円です。",
                "amount_yen",
            )
    if received_on is not None:
        not_in_future(received_on, "received_on")
    row = Payment(
        contract_id=contract.id, kind=kind, amount_yen=yen, purpose=needed(reason, "purpose"), due_on=due_on,
        received_on=received_on, origin_id=origin_id, requested_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "claimed", actor, to_status=row.status.value, data={"yen": yen, "kind": kind.value})
    return row


def _repayable(contract: Contract) -> int:
    rows = [one for one in queries.payments_of(contract.award) if one.contract_id == contract.id]
    paid = sum(one.amount_yen for one in rows if one.kind in OUTGOING and one.status is PaymentStatus.paid)
    claimed = sum(
        one.amount_yen for one in rows if one.kind is PaymentKind.repayment and one.status is not PaymentStatus.rejected
    )
    return paid - claimed


def _held(payment: Payment, version: int) -> Payment:
    """The payment as it is now, with its contract's row held until the transaction ends."""
    contract = queries.locked_contract(payment.contract_id)
    session.refresh(payment)
    assert payment.contract is contract
    seen(payment, version)
    return payment


def check_or_approve(payment: Payment, event: str, version: int, actor: Any) -> None:
    """``check`` by one officer, ``approve`` by another one. MON-2 is looked at anew under the contract's lock."""
    payment = _held(payment, version)
    if event == "approve" and payment.status is PaymentStatus.checked and payment.checked_by_id == actor.actor_id:
        raise refuse(
            "same-person", "You checked this. Another officer approves it.", "ご自身で確認した案件は、他の担当官が決裁してください。"
        )  # fmt: skip
    PAYMENT.check(payment, event, actor)
    if event == "check":
        payment.checked_by_id, payment.checked_at = actor.actor_id, now()
    else:
        payment.approved_by_id, payment.approved_at = actor.actor_id, now()
    PAYMENT.apply(payment, event, actor, data={"yen": payment.amount_yen})
    if event == "approve":
        _say(payment, "approved")
        projects.changed([payment.contract.award.project_id])


def reject(payment: Payment, reason: str, version: int, actor: Any) -> None:
    """Turn a request down, withdraw a claim, or take an approval back whose money never went out."""
    payment = _held(payment, version)
    payment.rejected_reason = needed(reason)
    PAYMENT.apply(payment, "reject", actor, reason=payment.rejected_reason)
    _say(payment, "rejected")
    projects.changed([payment.contract.award.project_id])


def pay(payment: Payment, on: date, version: int, actor: Any) -> None:
    """The money went out (or came in) on a day. A claim with a running charge gets the charge as a claim of its own."""
    payment = _held(payment, version)
    PAYMENT.check(payment, "pay", actor)
    not_in_future(on, "paid_on")
    payment.paid_on = on
    PAYMENT.apply(payment, "pay", actor, data={"yen": payment.amount_yen, "on": on.isoformat()})
    project = payment.contract.award.project
    if payment.kind is PaymentKind.repayment and payment.received_on is not None:
        rate = int(queries.parameters_of(project.id).get("charge_rate", charges.CHARGE_RATE))
        yen = charges.additional_charge(payment.amount_yen, payment.received_on, on, rate)
        if yen:
            words = Bilingual(
                f"MON-8: {payment.amount_yen:,} yen x {rate / 100:g} % x {(on - payment.received_on).days} days / 365",
                f"MON-8:{payment.amount_yen:,}円×{rate / 100:g}%×{(on - payment.received_on).days}日÷365",
            )
            claim(
                payment.contract, PaymentKind.additional_charge, yen, f"{words.ja} / {words.en}",
                on + timedelta(days=20), actor, origin_id=payment.id,
            )  # fmt: skip
    if payment.kind is PaymentKind.profit_return:
        for profit in queries.profits_of(payment.contract.award):
            if profit.payment_id == payment.id and profit.status is ProfitStatus.payable:
                PROFIT.apply(profit, "pay", actor, data={"on": on.isoformat()})
    _say(payment, "paid")
    projects.changed([project.id])


def _say(payment: Payment, event: str) -> None:
    project = payment.contract.award.project
    kind, status = payment.kind.label, payment.status.label
    tell(
        project, lead_people(project), f"payment:{payment.id}:{event}",
        Bilingual(f"{kind.en}: {status.en}", f"{kind.ja}:{status.ja}"),
        Bilingual(f"{payment.amount_yen:,} yen under {payment.contract.number}. {payment.rejected_reason}",
                  f"{payment.contract.number}:{payment.amount_yen:,}円 {payment.rejected_reason}"),
    )  # fmt: skip

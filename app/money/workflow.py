"""The lives of a payment, of a restricted asset and of a return of profit (domain.md 12)."""

from typing import Any

from app.core.clock import today
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.money import policy, queries
from app.money.choices import AssetStatus as A
from app.money.choices import PaymentKind, PaymentStatus, ProfitStatus
from app.money.choices import PaymentStatus as P
from app.money.choices import ProfitStatus as R


def room(contract: Any, *, without: int | None = None) -> int:
    """Yen that may still be paid: the ceiling, after fixing the fixed amount, less what is approved or paid (MON-2)."""
    limit = contract.amount_yen if contract.fixed_amount_yen is None else contract.fixed_amount_yen
    return int(limit) - queries.committed(contract.id, without=without)


def within_the_contract(payment: Any) -> list[Reason]:
    """MON-2: never more than the contract's ceiling, after fixing never more than the fixed amount.

    Whoever relies on the answer holds the contract's row (``queries.locked_contract``).
    """
    if not payment.kind.goes_out:
        return []
    left = room(payment.contract, without=payment.id)
    if payment.amount_yen <= left:
        return []
    words = Bilingual(
        f"MON-2: {max(left, 0):,} yen may still be paid under this contract; this payment is {payment.amount_yen:,} yen.",
        f"MON-2:この契約で支払可能な残額は{max(left, 0):,}円です(今回{payment.amount_yen:,}円)。",
    )
    return [Reason("over-contract", words)]


def consent_recorded(payment: Any) -> list[Reason]:
    """MON-2: an advance needs the finance ministry's consent."""
    if payment.kind is not PaymentKind.advance or (payment.consent_ref and payment.consent_on):
        return []
    words = Bilingual(
        "Record the consent to advance payments (number and date) first.",
        "先に概算払の協議結果(番号・日付)を記録してください。",
    )
    return [Reason("consent-missing", words, "consent_ref")]


PAYMENT = Machine(
    "payment",
    PaymentStatus,
    P.requested,
    (
        Transition(
            "check", sources(P.requested), P.checked, policy.officer_of_payment, (consent_recorded, within_the_contract),
            Bilingual("Check", "内容を確認する"),
        ),
        Transition(
            "approve", sources(P.checked), P.approved, policy.second_officer, (consent_recorded, within_the_contract),
            Bilingual("Approve", "決裁する"),
        ),
        Transition(
            "pay", sources(P.approved), P.paid, policy.officer_of_payment, label=Bilingual("Record as paid", "支払・納付を記録する")
        ),
        Transition(
            "reject", sources(P.requested, P.checked, P.approved), P.rejected, policy.officer_of_payment,
            label=Bilingual("Reject", "却下する"),
        ),
    ),
)  # fmt: skip


def restriction_over(asset: Any) -> list[Reason]:
    if asset.restricted_until < today():
        return []
    words = Bilingual(
        f"MON-7: the restriction lasts until {asset.restricted_until}.",
        f"MON-7:処分制限期間は{asset.restricted_until}までです。",
    )
    return [Reason("restricted", words)]


ASSET = Machine(
    "asset",
    A,
    A.in_use,
    (
        Transition("request_disposal", sources(A.in_use), A.disposal_requested, policy.keeper,
                   label=Bilingual("Ask to dispose of it", "処分の承認を申請する")),
        Transition("take_back", sources(A.disposal_requested, A.approved), A.in_use, policy.keeper,
                   label=Bilingual("Keep it after all", "申請を取り下げる")),
        Transition("refuse", sources(A.disposal_requested), A.in_use, policy.officer_of_asset,
                   label=Bilingual("Refuse", "承認しない")),
        Transition("approve", sources(A.disposal_requested), A.approved, policy.officer_of_asset,
                   label=Bilingual("Approve", "承認する")),
        Transition("dispose", sources(A.approved), A.disposed, policy.keeper_or_officer,
                   label=Bilingual("Record the disposal", "処分を記録する")),
        Transition("release", sources(A.in_use, A.disposal_requested, A.approved), A.released, policy.is_system,
                   (restriction_over,), Bilingual("Release", "制限を解除する")),
    ),
)  # fmt: skip


def something_to_pay(profit: Any) -> list[Reason]:
    if profit.amount_yen > 0:
        return []
    words = Bilingual("There is nothing to return.", "納付額はありません。")
    return [Reason("nothing", words)]


def nothing_to_pay(profit: Any) -> list[Reason]:
    if profit.amount_yen == 0:
        return []
    words = Bilingual(f"{profit.amount_yen:,} yen are to be returned.", f"納付額は{profit.amount_yen:,}円です。")
    return [Reason("something", words)]


PROFIT = Machine(
    "profit_return",
    ProfitStatus,
    R.computed,
    (
        Transition("confirm", sources(R.computed), R.confirmed, policy.recipient_of_profit,
                   label=Bilingual("Confirm the calculation", "算定内容を確認する")),
        Transition("compute_again", sources(R.confirmed), R.computed, policy.officer_of_profit,
                   label=Bilingual("Open for correction", "算定をやり直す")),
        Transition("demand", sources(R.confirmed), R.payable, policy.officer_of_profit, (something_to_pay,),
                   Bilingual("Ask for payment", "納付を求める")),
        Transition("waive", sources(R.confirmed), R.waived, policy.officer_of_profit, (something_to_pay,),
                   Bilingual("Waive", "免除する")),
        Transition("nothing", sources(R.confirmed), R.zero, policy.either_side_of_profit, (nothing_to_pay,),
                   Bilingual("Nothing to return", "納付なしとする")),
        Transition("pay", sources(R.payable), R.paid, policy.officer_of_profit,
                   label=Bilingual("Record as paid", "納付を記録する")),
    ),
)  # fmt: skip
MACHINES = (PAYMENT, ASSET, PROFIT)

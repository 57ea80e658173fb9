"""Lines of cost, their evidence and forecasts, each organisation for itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.agreements.models import Contract
from app.calls.choices import COST_ITEMS
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused
from app.core.i18n import Bilingual
from app.core.money import MAX_YEN
from app.core.storage import StoredFile
from app.money import policy, queries
from app.money.choices import EvidenceStep
from app.money.definitions.chain import LABOUR, steps_of, wages
from app.money.models import CostForecast, Evidence, Expense
from app.money.operations.gates import needed, refuse, seen
from app.projects import operations as projects

MAX_MINUTES = 60 * 24 * 366
MAX_LINES = 20_000  # of one organisation under one contract


@dataclass(frozen=True)
class ExpenseData:
    """One line as it is typed. Of labour the amounts follow from ``minutes`` and ``rate_yen`` and may be left out."""

    voucher: str
    cost_item: str
    paid_on: date | None
    payee: str
    description: str = ""
    quantity: int = 1
    gross_yen: int | None = None
    net_yen: int | None = None
    eligible_yen: int | None = None
    minutes: int | None = None
    rate_yen: int | None = None

    def amounts(self) -> tuple[int | None, int | None, int | None]:
        """(gross, net, eligible): wages have no tax, and what is not said to be eligible is the net amount."""
        if self.cost_item in LABOUR and self.minutes is not None and self.rate_yen is not None:
            paid = wages(self.minutes, self.rate_yen)
            return paid, paid, paid if self.eligible_yen is None else self.eligible_yen
        return self.gross_yen, self.net_yen, self.net_yen if self.eligible_yen is None else self.eligible_yen


def _fault(where: str, code: str, en: str, ja: str) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def faults(contract: Contract, data: ExpenseData, taken: Collection[str] = ()) -> list[Reason]:
    """Everything that is wrong with a line, each at its field. ``taken`` are the vouchers of the other lines."""
    found = []
    if not data.voucher:
        found.append(_fault("voucher", "missing", "Give the voucher number.", "証憑番号を記入してください。"))
    elif data.voucher in taken:
        found.append(_fault("voucher", "twice", "This voucher number exists already.", "証憑番号が重複しています。"))
    if data.cost_item not in COST_ITEMS:
        found.append(_fault("cost_item", "item", "Unknown cost item.", "費目が不明です。"))
    if not data.payee:
        found.append(_fault("payee", "missing", "Say to whom it was paid.", "支払先を記入してください。"))
    found += _day_faults(contract, data.paid_on)
    labour = data.cost_item in LABOUR
    if labour and (data.minutes is None or data.rate_yen is None):
        found.append(_fault("hours", "labour", "Labour needs hours and the hourly rate.", "労務費は時間数と時間単価を記入してください。"))  # fmt: skip
        return found
    if not labour and (data.minutes is not None or data.rate_yen is not None):
        found.append(_fault("hours", "labour", "Hours belong to labour only.", "時間数は労務費のみに記入できます。"))
    if not 1 <= data.quantity <= 100_000:
        found.append(_fault("quantity", "quantity", "The quantity is 1 or more.", "数量は1以上としてください。"))
    return found + _amount_faults(*data.amounts())


def _day_faults(contract: Contract, paid_on: date | None) -> list[Reason]:
    if paid_on is None:
        return [_fault("paid_on", "missing", "Give the day of payment.", "支払日を記入してください。")]
    if not contract.starts_on <= paid_on <= contract.ends_on:
        return [
            _fault(
                "paid_on",
                "period",
                f"Paid outside the contract’s period ({contract.starts_on} to {contract.ends_on}).",
                f"契約期間({contract.starts_on}~{contract.ends_on})外の支払です。",
            )
        ]
    if paid_on > today():
        return [_fault("paid_on", "future", "The day lies in the future.", "未来の日付です。")]
    return []


def _amount_faults(gross: int | None, net: int | None, eligible: int | None) -> list[Reason]:
    found = []
    if gross is None or not 0 < gross <= MAX_YEN:
        return [_fault("gross_yen", "amount", "Give the amount paid, with tax.", "支払額(税込)を記入してください。")]
    if net is None or not 0 <= net <= gross:
        found.append(_fault("net_yen", "net", "The amount without tax is at most the amount paid.", "税抜額は支払額以下としてください。"))  # fmt: skip
    if eligible is None or not 0 <= eligible <= gross:
        found.append(_fault("eligible_yen", "eligible", "What is claimed is at most the amount paid.", "対象経費は支払額以下としてください。"))  # fmt: skip
    return found


def _may_write(contract: Contract, organisation_id: int, actor: Any) -> None:
    if not policy.acts_for(actor, contract.award.project, organisation_id):
        raise Forbidden("costs")
    if not policy.is_open(contract):
        raise OutOfOrder(contract, "costs", contract.status)


def save_expense(
    contract: Contract, organisation_id: int, data: ExpenseData, actor: Any, *, expense: Expense | None = None,
    version: int = 0, quietly: bool = False,
) -> Expense:  # fmt: skip
    """Enter a line or change one, for an organisation that the actor acts for.

    Refused with every fault at its field. OutOfOrder once the performance report is handed in or the line has its
    verdict; Stale when somebody changed the line meanwhile. ``quietly``: an import has
    checked and locked as a whole, and tells what changed.
    """
    if not quietly:
        _may_write(contract, organisation_id, actor)
    taken: Collection[str] = ()
    if expense is not None:
        seen(expense, version)
        if expense.verdict is not None:
            raise OutOfOrder(contract, "costs", expense.verdict)
    if not quietly:
        queries.locked_contract(contract.id)
        others = queries.vouchers_of(contract.id, organisation_id)
        taken = {voucher for voucher, key in others.items() if expense is None or key != expense.id}
        if expense is None and len(others) >= MAX_LINES:
            raise refuse("full", f"At most {MAX_LINES:,} lines fit.", f"登録できる経費は{MAX_LINES:,}件までです。")
        if reasons := faults(contract, data, taken):
            raise Refused(reasons)
    gross, net, eligible = data.amounts()
    if expense is None:
        expense = Expense(contract_id=contract.id, organisation_id=organisation_id, entered_by_id=actor.actor_id)
        session.add(expense)
    if expense.cost_item != data.cost_item:  # documents of the other chain go
        keep = steps_of(data.cost_item)
        expense.evidence[:] = [one for one in expense.evidence if one.step in keep]
    for name in ("voucher", "cost_item", "paid_on", "payee", "description", "quantity", "minutes", "rate_yen"):
        setattr(expense, name, getattr(data, name))
    expense.gross_yen, expense.net_yen, expense.eligible_yen = gross, net, eligible  # type: ignore[assignment]
    if not quietly:
        session.flush()
        audit.record(expense, "cost entered", actor, data={"voucher": data.voucher, "eligible_yen": eligible})
        projects.changed([contract.award.project_id])
    return expense


def remove_expense(expense: Expense, version: int, actor: Any) -> None:
    """Take a line out that has no verdict; the record keeps what it said."""
    contract = expense.contract
    _may_write(contract, expense.organisation_id, actor)
    seen(expense, version)
    if expense.verdict is not None:
        raise OutOfOrder(contract, "costs", expense.verdict)
    audit.record(
        contract, "cost removed", actor,
        data={"voucher": expense.voucher, "organisation": expense.organisation_id, "eligible_yen": expense.eligible_yen},
    )  # fmt: skip
    session.delete(expense)
    session.flush()
    projects.changed([contract.award.project_id])


def attach(expense: Expense, step: EvidenceStep, file: StoredFile, actor: Any) -> None:
    """Put a document into the chain of a line; what stood at its place is replaced."""
    _evidence(expense, step, actor, file_id=file.id)


def without_document(expense: Expense, step: EvidenceStep, reason: str, actor: Any) -> None:
    """Say why a document of the chain does not exist (a small purchase without a quotation, say)."""
    _evidence(expense, step, actor, reason=needed(reason, "reason"))


def _evidence(
    expense: Expense, step: EvidenceStep, actor: Any, *, file_id: int | None = None, reason: str = ""
) -> None:
    _may_write(expense.contract, expense.organisation_id, actor)
    if expense.verdict is not None:
        raise OutOfOrder(expense.contract, "evidence", expense.verdict)
    if step not in steps_of(expense.cost_item):
        raise refuse("step", "This document does not belong to the cost item.", "この費目では不要な書類です。", "step")
    row = queries.evidence_of(expense, step.value)
    if row is None:
        row = Evidence(step=step)
        expense.evidence.append(row)
    row.file_id, row.reason = file_id, reason
    session.flush()
    session.expire(row, ["file"])
    audit.record(expense, "evidence", actor, reason=reason or None, data={"step": step.value, "file": file_id})


def reason_instead(expense: Expense, step: EvidenceStep, reason: str) -> None:
    """A reason where a document is missing, as part of an import that checks and records as a whole."""
    expense.evidence.append(Evidence(step=step, reason=reason))


def forecast(contract: Contract, organisation_id: int, amounts: dict[str, int | None], actor: Any) -> None:
    """What the organisation expects to have spent per item when the contract ends; None: no forecast of its own."""
    _may_write(contract, organisation_id, actor)
    known = queries.forecasts_of(contract.id, {organisation_id})
    for item, yen in amounts.items():
        row = known.get((organisation_id, item))
        if yen is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(
                CostForecast(
                    contract_id=contract.id, organisation_id=organisation_id, cost_item=item, amount_yen=yen,
                    said_by_id=actor.actor_id,
                )
            )  # fmt: skip
        elif row.amount_yen != yen:
            row.amount_yen, row.said_by_id, row.said_at = yen, actor.actor_id, now()
    session.flush()
    audit.record(contract, "forecast", actor, data={"organisation": organisation_id})
    projects.changed([contract.award.project_id])

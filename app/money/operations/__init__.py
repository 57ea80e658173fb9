"""Verbs of money: costs and transfers, inspection, fixing, payments, returns of profit, assets."""

from app.money.operations.costs import (
    ExpenseData,
    attach,
    faults,
    forecast,
    remove_expense,
    save_expense,
    without_document,
)
from app.money.operations.fixing import calculation, fix, may_fix
from app.money.operations.gates import payments_complete, terms_cover_payments, verdicts_given
from app.money.operations.inspecting import accept_rest, judge, record_inspection, reopen
from app.money.operations.owning import (
    AssetData,
    DisposalData,
    decide_disposal,
    dispose,
    register,
    release_expired,
    request_disposal,
    restricted_from,
    sight,
    take_back_disposal,
)
from app.money.operations.paying import (
    Account,
    advance,
    check_or_approve,
    claim,
    pay,
    record_consent,
    reject,
    settlement,
)
from app.money.operations.returning import ProfitData, compute, confirm, demand, figures, reopen_profit, waive
from app.money.operations.transferring import TransferData, transfer

__all__ = [
    "Account", "AssetData", "DisposalData", "ExpenseData", "ProfitData", "TransferData", "accept_rest", "advance",
    "attach", "calculation", "check_or_approve", "claim", "compute", "confirm", "decide_disposal", "demand", "dispose",
    "faults", "figures", "fix", "forecast", "judge", "may_fix", "pay", "payments_complete", "record_consent",
    "record_inspection", "register", "reject", "release_expired", "remove_expense", "reopen", "reopen_profit",
    "request_disposal", "restricted_from", "save_expense", "settlement", "sight", "take_back_disposal",
    "terms_cover_payments", "transfer", "verdicts_given", "waive", "without_document",
]  # fmt: skip

"""Every look-up of money, by what it is about."""

from app.money.queries.costs import (
    Sums,
    budget_of,
    contract_for,
    contracts_of,
    evidence_of,
    expense_for,
    expense_page,
    expenses_of,
    fixing_of,
    forecasts_of,
    inspections_of,
    inspectors_of,
    judges_of,
    locked_contract,
    open_lines,
    organisations_of,
    parameters_of,
    spend,
    sums_of,
    transfers_of,
    undecided_of,
    vouchers_of,
)
from app.money.queries.ledger import Budget, Ledger, Row, budget_now, ledger_of, moved_freely
from app.money.queries.payments import (
    claims_open,
    committed,
    payment_for,
    payments_of,
    profit_for,
    profits_of,
    returned_before,
    to_inspect,
    waiting_counts,
    waiting_page,
)
from app.money.queries.property import (
    asset_for,
    assets_of,
    disposals_of,
    expired,
    not_registered,
    sightings_of,
    unapproved_disposals,
)

__all__ = [
    "Budget", "Ledger", "Row", "Sums", "asset_for", "assets_of", "budget_now", "budget_of", "claims_open", "committed", "contract_for", "contracts_of",
    "disposals_of", "evidence_of", "expense_for", "expense_page", "expenses_of", "expired", "fixing_of", "forecasts_of",
    "inspections_of", "inspectors_of", "judges_of", "ledger_of", "locked_contract", "moved_freely", "not_registered", "open_lines", "organisations_of",
    "parameters_of", "payment_for", "payments_of", "profit_for", "profits_of", "returned_before", "sightings_of",
    "spend", "sums_of", "to_inspect", "transfers_of", "unapproved_disposals", "undecided_of", "vouchers_of", "waiting_counts", "waiting_page",
]  # fmt: skip

"""Verbs of outcomes: duties scheduled, reports written and judged, the ledger added to, people asked and entrusted."""

from app.outcomes.operations.chasing import Round, chase, chase_letter, plan
from app.outcomes.operations.delegating import accept, check_invitation, give, has_account, join, withdraw
from app.outcomes.operations.duties import (
    DUE_AFTER_DAYS,
    FollowUpData,
    KnownAnswer,
    attach,
    complete,
    is_open,
    remind,
    save,
    set_terms,
    stored,
    submit,
    transfer_duty,
)
from app.outcomes.operations.judging import answer, ask, dispute, send_back, verify, verify_claim
from app.outcomes.operations.ledger import (
    ProductData,
    RecordData,
    SalesData,
    attribute,
    new_product,
    record,
    record_sales,
    revise_product,
    take_back,
)

__all__ = [
    "DUE_AFTER_DAYS", "FollowUpData", "KnownAnswer", "ProductData", "RecordData", "Round", "SalesData", "accept", "answer",
    "ask", "attach", "attribute", "chase", "chase_letter", "check_invitation", "complete", "dispute", "give", "has_account", "is_open", "join",
    "new_product", "plan", "record", "record_sales", "remind", "revise_product", "save", "send_back", "set_terms", "stored", "submit",
    "take_back", "transfer_duty", "verify", "verify_claim", "withdraw",
]  # fmt: skip

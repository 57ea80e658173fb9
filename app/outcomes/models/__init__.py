"""What came of a project: duties to report, yearly reports with a claim per product, and the append-only ledger."""

from app.outcomes.models.disputes import Dispute, DisputeNote, EvidenceMark
from app.outcomes.models.ledger import (
    Attribution,
    Entry,
    Observation,
    OutcomeRecord,
    Product,
    ProductVersion,
    SalesYear,
)
from app.outcomes.models.reports import (
    Chase,
    ChaseLetter,
    Claim,
    EvidenceRequest,
    FollowUp,
    FollowUpTerms,
    ReportInvitation,
)
from app.outcomes.models.years import PlanItemYear, YearStatus

__all__ = [
    "Attribution", "Chase", "ChaseLetter", "Claim", "Dispute", "DisputeNote", "Entry", "EvidenceMark", "EvidenceRequest",
    "FollowUp", "FollowUpTerms", "Observation", "OutcomeRecord", "PlanItemYear", "Product", "ProductVersion",
    "ReportInvitation", "SalesYear", "YearStatus",
]  # fmt: skip

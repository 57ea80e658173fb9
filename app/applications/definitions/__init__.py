"""The rules of both programmes as objects: pure, without database and HTTP, evaluated on ``Facts``.

The same objects serve the live list beside a draft, the refusal at submission, the officer's screening, the
public self-check, and the check of a running project's consortium."""

from app.applications.definitions.completeness import is_number
from app.applications.definitions.facts import (
    NATIONAL_UNIVERSITIES,
    SECTIONS,
    SME_TYPES,
    DocumentFacts,
    Facts,
    Finding,
    FrameFacts,
    MemberFacts,
    PlanFacts,
    Result,
    Rule,
    Severity,
    State,
    plan_years,
)
from app.applications.definitions.rules import (
    BOTH,
    BY_ID,
    RULES,
    WARNING,
    A,
    B,
    consortium_findings,
    evaluate,
    rules_for,
)

__all__ = [
    "BOTH",
    "BY_ID",
    "NATIONAL_UNIVERSITIES",
    "RULES",
    "SECTIONS",
    "SME_TYPES",
    "WARNING",
    "A",
    "B",
    "DocumentFacts",
    "Facts",
    "Finding",
    "FrameFacts",
    "MemberFacts",
    "PlanFacts",
    "Result",
    "Rule",
    "Severity",
    "State",
    "consortium_findings",
    "evaluate",
    "is_number",
    "plan_years",
    "rules_for",
]

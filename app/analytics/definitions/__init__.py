"""Rates as data: what they mean (``rules``), what can be asked (``questions``), what is answered (``answers``)."""

from app.analytics.definitions.answers import Count, Rate
from app.analytics.definitions.questions import (
    Commercialization,
    Participation,
    Question,
    Reference,
    ReferenceKind,
    parse_day,
    parse_reference,
    parse_years,
)
from app.analytics.definitions.rules import (
    COMMERCIALIZATION,
    DEFINITIONS,
    PARTICIPATION,
    Definition,
    Unit,
    Verdict,
)

__all__ = [
    "COMMERCIALIZATION",
    "DEFINITIONS",
    "PARTICIPATION",
    "Commercialization",
    "Count",
    "Definition",
    "Participation",
    "Question",
    "Rate",
    "Reference",
    "ReferenceKind",
    "Unit",
    "Verdict",
    "parse_day",
    "parse_reference",
    "parse_years",
]

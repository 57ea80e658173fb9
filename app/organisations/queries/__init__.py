"""Look-ups of organisations: the register here at hand; names that wait, merges and successions beside it."""

from app.organisations.queries.families import (
    acting_for,
    current,
    family_of,
    merges_of,
    names_of,
    predecessors_of,
    successors_of,
)
from app.organisations.queries.register import (
    by_corporate_number,
    by_key,
    get,
    matches,
    page,
    profile_years,
    search,
    size_on,
)

__all__ = [
    "acting_for",
    "by_corporate_number",
    "by_key",
    "current",
    "family_of",
    "get",
    "matches",
    "merges_of",
    "names_of",
    "page",
    "predecessors_of",
    "profile_years",
    "search",
    "size_on",
    "successors_of",
]

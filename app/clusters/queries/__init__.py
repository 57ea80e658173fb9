"""Look-ups of clusters: their registers here at hand; figures, new businesses and activities in rooms of their own."""

from app.clusters.queries.registers import (
    by_code,
    links,
    links_of,
    listed,
    member_counts,
    members,
    membership,
    memberships_of,
    overlapping,
    reorganisation,
    valid_on,
)

__all__ = [
    "by_code",
    "links",
    "links_of",
    "listed",
    "member_counts",
    "members",
    "membership",
    "memberships_of",
    "overlapping",
    "reorganisation",
    "valid_on",
]

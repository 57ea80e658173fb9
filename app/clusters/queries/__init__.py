"""Look-ups of clusters: their registers here at hand; figures, new businesses and activities in rooms of their own."""

from app.clusters.queries import activities, businesses, figures, published, registers, waiting
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
    "activities",
    "businesses",
    "by_code",
    "figures",
    "links",
    "links_of",
    "listed",
    "member_counts",
    "members",
    "membership",
    "memberships_of",
    "overlapping",
    "published",
    "registers",
    "reorganisation",
    "valid_on",
    "waiting",
]

"""Verbs of clusters, by what they are about."""

from app.clusters.operations import activities, businesses, registers, targets
from app.clusters.operations.members import add_member, end_membership, report_name, take_in

__all__ = [
    "activities",
    "add_member",
    "businesses",
    "end_membership",
    "registers",
    "report_name",
    "take_in",
    "targets",
]

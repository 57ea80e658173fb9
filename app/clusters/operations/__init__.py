"""Verbs of clusters, by what they are about."""

from app.clusters.operations.members import add_member, end_membership

__all__ = ["add_member", "end_membership"]

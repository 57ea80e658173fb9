"""Who may see a cluster's members by name, and who may keep its list."""

from typing import Any

from app.clusters import queries
from app.clusters.models import Cluster


def may_manage(actor: Any, cluster: Cluster) -> bool:
    """The cluster's own manager."""
    return actor.has_role("cluster_manager") and any(
        row.role == "cluster_manager" and row.scope == cluster.cluster_code for row in actor.role_rows
    )


def may_see_members(actor: Any, cluster: Cluster) -> bool:
    return actor.has_role("officer", "auditor", "admin") or may_manage(actor, cluster)


def for_members(actor: Any, code: str) -> Cluster | None:
    """The cluster if this actor may see its members; else it does not exist."""
    cluster = queries.by_code(code)
    return cluster if cluster is not None and may_see_members(actor, cluster) else None


def for_manager(actor: Any, code: str) -> Cluster | None:
    """The cluster if this actor keeps its list; else it does not exist."""
    cluster = queries.by_code(code)
    return cluster if cluster is not None and may_manage(actor, cluster) else None

"""Who may see a cluster's members by name, who may keep its list, and who records what it aims at and does."""

from collections.abc import Iterable
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


def scopes(actor: Any) -> frozenset[str] | None:
    """The codes of the clusters whose records this actor may see by name; None means all of them."""
    if actor.has_role("officer", "auditor", "admin"):
        return None
    if not actor.has_role("cluster_manager"):
        return frozenset()
    return frozenset(row.scope for row in actor.role_rows if row.role == "cluster_manager" and row.scope)


def may_record(actor: Any, cluster: Cluster | None) -> bool:
    """Officers for every cluster and for the programme as a whole; a manager for the own cluster."""
    return actor.has_role("officer") or (cluster is not None and may_manage(actor, cluster))


def may_record_any(actor: Any, clusters: Iterable[Cluster]) -> bool:
    """Somebody who may record for one of the clusters that held something together."""
    return actor.has_role("officer") or any(may_manage(actor, cluster) for cluster in clusters)


def for_records(actor: Any, code: str) -> Cluster | None:
    """The cluster if this actor may see its records by name; else it does not exist."""
    return for_members(actor, code)


def for_recording(actor: Any, code: str) -> Cluster | None:
    """The cluster if this actor records what it does; else it does not exist."""
    cluster = queries.by_code(code)
    return cluster if cluster is not None and may_record(actor, cluster) else None

"""Who may see a cluster's members by name, and who may keep its list."""

from typing import Any

from app.clusters.models import Cluster


def may_manage(actor: Any, cluster: Cluster) -> bool:
    """The cluster's own manager."""
    return actor.has_role("cluster_manager") and any(
        row.role == "cluster_manager" and row.scope == cluster.cluster_code for row in actor.role_rows
    )


def may_see_members(actor: Any, cluster: Cluster) -> bool:
    return actor.has_role("officer", "auditor", "admin") or may_manage(actor, cluster)

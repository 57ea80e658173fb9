"""Tables of clusters: the registers, their figures, what happens in the networks."""

from app.clusters.models.activities import (
    Activity,
    ActivityCluster,
    ActivityResult,
    Attendance,
    IncubationFacility,
    IncubationManager,
)
from app.clusters.models.figures import NewBusiness, Target
from app.clusters.models.registers import BaseOrganisation, Cluster, ClusterArea, ClusterLink, Membership, WaitingMember

__all__ = [
    "Activity",
    "ActivityCluster",
    "ActivityResult",
    "Attendance",
    "BaseOrganisation",
    "Cluster",
    "ClusterArea",
    "ClusterLink",
    "IncubationFacility",
    "IncubationManager",
    "Membership",
    "NewBusiness",
    "Target",
    "WaitingMember",
]

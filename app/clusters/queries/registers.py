"""Look-ups of clusters, their lineage and their members."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.clusters.definitions.lineage import reorganise
from app.clusters.models import BaseOrganisation, Cluster, ClusterArea, ClusterLink, Membership
from app.core import tables
from app.core.db import session
from app.organisations.models import Organisation
from app.organisations.queries import matches


def valid_on(day: date) -> Any:
    return (Membership.valid_from <= day) & or_(Membership.valid_to.is_(None), Membership.valid_to > day)


def listed() -> Sequence[Cluster]:
    return session.scalars(select(Cluster).order_by(Cluster.phase, Cluster.bureau, Cluster.cluster_code)).all()


def by_code(code: str) -> Cluster | None:
    if "\x00" in code:  # PostgreSQL takes no such text, and no code holds it
        return None
    return session.scalar(select(Cluster).where(Cluster.cluster_code == code))


def links() -> Sequence[ClusterLink]:
    return session.scalars(
        select(ClusterLink)
        .options(joinedload(ClusterLink.source), joinedload(ClusterLink.target))
        .order_by(ClusterLink.id)
    ).all()


def links_of(cluster: Cluster) -> Sequence[ClusterLink]:
    return session.scalars(
        select(ClusterLink)
        .options(joinedload(ClusterLink.source), joinedload(ClusterLink.target))
        .where(or_(ClusterLink.from_id == cluster.id, ClusterLink.to_id == cluster.id))
        .order_by(ClusterLink.id)
    ).all()


def reorganisation(found: Sequence[ClusterLink], clusters: Sequence[Cluster]) -> dict[str, int]:
    """How Phase I became Phase II: before, ended or integrated, new, after (19 − 5 + 3 = 17)."""
    return reorganise(1, clusters, found).counts()


def member_counts(day: date) -> dict[int, int]:
    """Members of every cluster on a day, by the cluster's id. A member of two clusters counts in both."""
    return {
        cluster_id: count
        for cluster_id, count in session.execute(
            select(Membership.cluster_id, func.count(Membership.organisation_id.distinct()))
            .where(valid_on(day))
            .group_by(Membership.cluster_id)
        )
    }


def members(cluster: Cluster, day: date, text: str, after: str | None, before: str | None) -> tables.Page[Any]:
    """A page of the members on a day, by the organisations' keys."""
    query = (
        select(
            Membership.version,
            Membership.valid_from,
            Membership.valid_to,
            Membership.evidence,
            Organisation.name_en,
            Organisation.name_ja,
            Organisation.org_type,
            Organisation.is_synthetic,
            Organisation.id.label("organisation_id"),
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.cluster_id == cluster.id, valid_on(day))
    )
    condition = matches(text)
    if condition is not None:
        query = query.where(condition)
    return tables.keyset(query, [Organisation.org_key, Membership.id], after, before)


def membership(cluster: Cluster, membership_id: int) -> Membership | None:
    if not 0 < membership_id < 2**31:
        return None
    return session.scalar(
        select(Membership)
        .options(joinedload(Membership.organisation))
        .where(Membership.id == membership_id, Membership.cluster_id == cluster.id)
    )


def overlapping(cluster_id: int, organisation_id: int, start: date) -> Membership | None:
    """A membership of this organisation in this cluster that holds on ``start`` or begins later."""
    return session.scalar(
        select(Membership)
        .where(
            Membership.cluster_id == cluster_id,
            Membership.organisation_id == organisation_id,
            or_(Membership.valid_to.is_(None), Membership.valid_to > start),
        )
        .limit(1)
    )


def memberships_of(organisation_id: int) -> Sequence[Membership]:
    return session.scalars(
        select(Membership)
        .options(joinedload(Membership.cluster))
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.valid_from, Membership.id)
    ).all()


def areas_of(cluster: Cluster) -> Sequence[ClusterArea]:
    return session.scalars(
        select(ClusterArea).where(ClusterArea.cluster_id == cluster.id).order_by(ClusterArea.id)
    ).all()


def area(cluster: Cluster, area_id: int) -> ClusterArea | None:
    if not 0 < area_id < 2**31:
        return None
    return session.scalar(select(ClusterArea).where(ClusterArea.id == area_id, ClusterArea.cluster_id == cluster.id))


def area_by_code(cluster_id: int, code: str) -> ClusterArea | None:
    return session.scalar(
        select(ClusterArea).where(ClusterArea.cluster_id == cluster_id, ClusterArea.area_code == code)
    )


def bases_of(cluster: Cluster) -> Sequence[BaseOrganisation]:
    """Organisations that run the network or are its base, in the order of their coming."""
    return session.scalars(
        select(BaseOrganisation)
        .options(joinedload(BaseOrganisation.organisation))
        .where(BaseOrganisation.cluster_id == cluster.id)
        .order_by(BaseOrganisation.valid_from, BaseOrganisation.id)
    ).all()


def base(cluster: Cluster, base_id: int) -> BaseOrganisation | None:
    if not 0 < base_id < 2**31:
        return None
    return session.scalar(
        select(BaseOrganisation)
        .options(joinedload(BaseOrganisation.organisation))
        .where(BaseOrganisation.id == base_id, BaseOrganisation.cluster_id == cluster.id)
    )

"""A cluster's month: who joined and left, and reported members whose names nobody has matched yet."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.clusters.models import Cluster, Membership, WaitingMember
from app.core.db import session
from app.organisations.choices import NameStatus
from app.organisations.models import IncomingName


def of_name(cluster_id: int, name_id: int) -> WaitingMember | None:
    return session.scalar(
        select(WaitingMember).where(WaitingMember.cluster_id == cluster_id, WaitingMember.name_id == name_id)
    )


def reported(cluster: Cluster) -> Sequence[WaitingMember]:
    """Reported members that are not taken in yet: matched ones first, then those that wait."""
    return session.scalars(
        select(WaitingMember)
        .options(joinedload(WaitingMember.name).joinedload(IncomingName.organisation))
        .join(IncomingName, IncomingName.id == WaitingMember.name_id)
        .where(WaitingMember.cluster_id == cluster.id, WaitingMember.membership_id.is_(None))
        .where(IncomingName.status != NameStatus.withdrawn)
        .order_by(IncomingName.organisation_id.is_(None), WaitingMember.id)
        .limit(200)
    ).all()


def one(cluster: Cluster, waiting_id: int) -> WaitingMember | None:
    if not 0 < waiting_id < 2**31:
        return None
    return session.scalar(
        select(WaitingMember)
        .options(joinedload(WaitingMember.name).joinedload(IncomingName.organisation))
        .where(WaitingMember.id == waiting_id, WaitingMember.cluster_id == cluster.id)
    )


def moved(cluster: Cluster, first: date, last: date) -> tuple[Sequence[Membership], Sequence[Membership]]:
    """Memberships that began, and that ended, from ``first`` until before ``last``."""
    query = (
        select(Membership)
        .options(joinedload(Membership.organisation))
        .where(Membership.cluster_id == cluster.id)
        .order_by(Membership.id)
        .limit(200)
    )
    joined = session.scalars(query.where(Membership.valid_from >= first, Membership.valid_from < last)).all()
    left = session.scalars(query.where(Membership.valid_to >= first, Membership.valid_to < last)).all()
    return joined, left

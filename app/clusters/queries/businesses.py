"""New businesses: their counts, kept apart by kind (I7), the lists behind them, and what looks like a double."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.clusters.choices import BusinessType, FigureKind
from app.clusters.definitions.counting import Alike, alike
from app.clusters.models import Cluster, NewBusiness
from app.core import tables
from app.core.db import session
from app.organisations import queries as organisations
from app.organisations.models import Organisation

_LIVE = NewBusiness.retracted_at.is_(None)


def counts(day: date) -> dict[int, dict[FigureKind, int]]:
    """Businesses begun by the end of a day, by cluster and kind. A forecast counts whenever it is to begin."""
    found: dict[int, dict[FigureKind, int]] = {}
    for cluster_id, kind, n in session.execute(
        select(NewBusiness.cluster_id, NewBusiness.kind, func.count())
        .where(_LIVE, or_(NewBusiness.kind == FigureKind.forecast, NewBusiness.started_on <= day))
        .group_by(NewBusiness.cluster_id, NewBusiness.kind)
    ):
        found.setdefault(cluster_id, {})[kind] = n
    return found


@dataclass(frozen=True)
class Wanted:
    """What a list of new businesses shows; ``only`` are the cluster codes that the reader may see (None = all)."""

    cluster: str = ""
    kind: FigureKind | None = None
    type: BusinessType | None = None
    since: date | None = None
    until: date | None = None  # until before
    only: Collection[str] | None = None


def _query(wanted: Wanted) -> Any:
    query = (
        select(
            NewBusiness.business_key,
            NewBusiness.name_en,
            NewBusiness.name_ja,
            NewBusiness.type,
            NewBusiness.kind,
            NewBusiness.started_on,
            NewBusiness.is_synthetic,
            NewBusiness.evidence,
            Cluster.cluster_code,
            Organisation.org_key,
            Organisation.name_en.label("firm_en"),
            Organisation.name_ja.label("firm_ja"),
        )
        .join(Cluster, Cluster.id == NewBusiness.cluster_id)
        .join(Organisation, Organisation.id == NewBusiness.organisation_id)
        .where(_LIVE)
    )
    if wanted.cluster:
        query = query.where(Cluster.cluster_code == wanted.cluster)
    if wanted.kind:
        query = query.where(NewBusiness.kind == wanted.kind)
    if wanted.type:
        query = query.where(NewBusiness.type == wanted.type)
    if wanted.since:
        query = query.where(NewBusiness.started_on >= wanted.since)
    if wanted.until:
        query = query.where(NewBusiness.started_on < wanted.until)
    return query if wanted.only is None else query.where(Cluster.cluster_code.in_(sorted(wanted.only)))


def page(wanted: Wanted, after: str | None, before: str | None) -> tables.Page[Any]:
    return tables.keyset(_query(wanted), [NewBusiness.id], after, before)


def total(wanted: Wanted) -> int:
    return session.scalar(select(func.count()).select_from(_query(wanted).subquery())) or 0


def rows(wanted: Wanted) -> Any:
    """All of a list, in the order of the keys, a portion at a time."""
    query = _query(wanted).order_by(NewBusiness.business_key).execution_options(yield_per=500)
    return session.execute(query)


def get(business_id: int, *, lock: bool = False) -> NewBusiness | None:
    """A record that counts."""
    if not 0 < business_id < 2**31:
        return None
    query = (
        select(NewBusiness)
        .options(joinedload(NewBusiness.cluster), joinedload(NewBusiness.organisation))
        .where(NewBusiness.id == business_id, _LIVE)
    )
    return session.scalar(query.with_for_update(of=NewBusiness) if lock else query)


def the_same(organisation_id: int, kind: BusinessType, name: str) -> NewBusiness | None:
    """The record that holds this key already, in whatever cluster."""
    return session.scalar(
        select(NewBusiness)
        .options(joinedload(NewBusiness.cluster))
        .where(NewBusiness.organisation_id == organisation_id, NewBusiness.type == kind, NewBusiness.name_key == name)
        .where(_LIVE)
    )


def by_keys(keys: Collection[str]) -> Sequence[NewBusiness]:
    return session.scalars(
        select(NewBusiness)
        .options(joinedload(NewBusiness.cluster), joinedload(NewBusiness.organisation))
        .where(NewBusiness.business_key.in_(sorted(keys)), _LIVE)
        .order_by(NewBusiness.id)
    ).all()


def likely_doubles(
    organisation_id: int, name: str, kind: BusinessType, besides: Collection[str] = (), own: str = ""
) -> list[Alike]:
    """Records of any cluster that may be the same business; those ``besides`` are known to be others."""
    family = frozenset(organisations.family_of(organisation_id))
    near = session.scalars(
        select(NewBusiness)
        .options(joinedload(NewBusiness.cluster), joinedload(NewBusiness.organisation))
        .where(_LIVE, or_(NewBusiness.organisation_id.in_(family), NewBusiness.name_key == name))
        .order_by(NewBusiness.id)
    )
    settled = {*besides, own}
    found = [
        alike(family, name, kind, row)
        for row in near
        if row.business_key not in settled and not (own and own in row.distinct_from)
    ]
    return [one for one in found if one is not None]

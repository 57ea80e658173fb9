"""Look-ups of restricted assets and of what became of them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import joinedload

from app.agreements.models import Award, Contract
from app.core.db import session
from app.money.choices import AssetStatus, Sighting
from app.money.models import Asset, AssetSighting, DisposalRequest, Expense
from app.projects import queries as projects

RESTRICTED = (AssetStatus.in_use, AssetStatus.disposal_requested, AssetStatus.approved)
GONE = (Sighting.missing, Sighting.disposed)


def assets_of(project_id: int, organisation_ids: Collection[int] | None = None) -> Sequence[Asset]:
    only = true() if organisation_ids is None else Asset.organisation_id.in_(organisation_ids)
    return session.scalars(
        select(Asset)
        .where(Asset.project_id == project_id, only)
        .options(joinedload(Asset.organisation))
        .order_by(Asset.label)
    ).all()


def asset_for(actor: Any, project_id: int, asset_id: int, *, lock: bool = False) -> Asset | None:
    if projects.get_for(actor, project_id, lock=lock) is None:
        return None
    query = (
        select(Asset)
        .where(Asset.id == asset_id, Asset.project_id == project_id)
        .options(joinedload(Asset.organisation), joinedload(Asset.expense))
    )
    if lock:
        query = query.with_for_update(of=Asset).execution_options(populate_existing=True)
    return session.scalar(query)


def disposals_of(asset_id: int) -> Sequence[DisposalRequest]:
    """Newest first."""
    return session.scalars(
        select(DisposalRequest)
        .where(DisposalRequest.asset_id == asset_id)
        .options(joinedload(DisposalRequest.requested_by), joinedload(DisposalRequest.decided_by))
        .order_by(DisposalRequest.id.desc())
    ).all()


def sightings_of(asset_id: int) -> Sequence[AssetSighting]:
    """Newest first."""
    return session.scalars(
        select(AssetSighting)
        .where(AssetSighting.asset_id == asset_id)
        .options(joinedload(AssetSighting.by))
        .order_by(AssetSighting.id.desc())
    ).all()


def not_registered(
    project_id: int, limit_yen: int, organisation_ids: Collection[int] | None = None
) -> Sequence[Expense]:
    """Lines of machinery and equipment at or above the limit per unit, without tax, of which not every unit is registered
    (MON-7)."""
    only = true() if organisation_ids is None else Expense.organisation_id.in_(organisation_ids)
    units = select(func.count()).where(Asset.expense_id == Expense.id).correlate(Expense).scalar_subquery()
    return session.scalars(
        select(Expense)
        .join(Contract, Contract.id == Expense.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .where(
            Award.project_id == project_id,
            Expense.cost_item == "EQ",
            Expense.net_yen >= limit_yen * Expense.quantity,
            units < Expense.quantity,
            only,
        )
        .options(joinedload(Expense.organisation))
        .order_by(Expense.id)
    ).all()


def expired(on: date) -> Sequence[Asset]:
    """Restricted assets whose last day of restriction lies before a day."""
    return session.scalars(
        select(Asset).where(Asset.status.in_(RESTRICTED), Asset.restricted_until < on).order_by(Asset.id)
    ).all()


def unapproved_disposals(project_ids: Collection[int] | None = None) -> Sequence[Asset]:
    """Assets under restriction that an inspection found missing or disposed of without approval: a fact for flags."""
    query = (
        select(Asset)
        .where(Asset.last_seen.in_(GONE), Asset.status.in_((AssetStatus.in_use, AssetStatus.disposal_requested)))
        .options(joinedload(Asset.organisation))
    )
    if project_ids is not None:
        query = query.where(Asset.project_id.in_(project_ids))
    return session.scalars(query.order_by(Asset.project_id, Asset.label)).all()

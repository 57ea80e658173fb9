"""Saved views and the record of exports."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.applications import queries as applications
from app.core.db import session
from app.core.tables import Page, keyset
from app.portfolio.models import PortfolioExport, SavedView


def views_of(actor: Any) -> Sequence[SavedView]:
    """The actor's own views and those the office shares, by name."""
    return session.scalars(
        select(SavedView)
        .where(or_(SavedView.owner_id == actor.actor_id, SavedView.shared.is_(True)))
        .options(joinedload(SavedView.owner), joinedload(SavedView.changed_by))
        .order_by(SavedView.name, SavedView.id)
    ).all()


def view_of(actor: Any, view_id: int, *, lock: bool = False) -> SavedView | None:
    """A view that is the actor's own or shared; others' do not exist."""
    query = (
        select(SavedView)
        .where(SavedView.id == view_id, or_(SavedView.owner_id == actor.actor_id, SavedView.shared.is_(True)))
        .options(joinedload(SavedView.owner))
    )
    return session.scalar(query.with_for_update(of=SavedView) if lock else query)


def named(owner_id: int, name: str) -> SavedView | None:
    return session.scalar(select(SavedView).where(SavedView.owner_id == owner_id, SavedView.name == name))


def exports_page(after: str | None, before: str | None) -> Page[Any]:
    """What was exported, the latest first: a key that falls as the rows' own key grows."""
    query = select(PortfolioExport).options(joinedload(PortfolioExport.user))
    return keyset(query, [(-PortfolioExport.id).label("place")], after, before)


def tells_of(actor: Any) -> Callable[[PortfolioExport], bool]:
    """May the reader know what was asked in an export and how many rows it had? From a question and its count one may
    infer a project that is kept from one; so who is recused from anything knows that of the own exports only."""
    recused = bool(applications.kept_out(actor))
    return lambda row: not recused or row.user_id == actor.actor_id

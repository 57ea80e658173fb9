"""Every look-up of calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.calls.choices import CallStatus, Programme
from app.calls.models import Call
from app.core.db import session

MAX_ID = 2**31 - 1  # no key lies above; the database would call a larger number an error
PARTS = (selectinload(Call.frames), selectinload(Call.documents), selectinload(Call.criteria))


def visible_to(actor: Any) -> Select[Any]:
    """Published calls for everybody; drafts for officers only."""
    query = select(Call)
    return query if actor.has_role("officer") else query.where(Call.status != CallStatus.draft)


def get_for(actor: Any, call_id: int, lock: bool = False) -> Call | None:
    """The call with its frames, documents and criteria, or None when it is not there for this actor."""
    if call_id > MAX_ID:
        return None
    query = visible_to(actor).where(Call.id == call_id).options(*PARTS)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def get(call_id: int) -> Call | None:
    return session.scalar(select(Call).where(Call.id == call_id).options(*PARTS))


def listed(actor: Any, limit: int = 200) -> Sequence[Call]:
    """All calls that the actor may see, the ones closing last first."""
    return session.scalars(
        visible_to(actor)
        .options(selectinload(Call.frames))
        .order_by(Call.closes_at.desc(), Call.id.desc())
        .limit(limit)
    ).all()


def open_at(instant: datetime) -> Sequence[Call]:
    """Calls that accept applications at this instant (the same rule as policy.accepts)."""
    return session.scalars(
        select(Call)
        .where(Call.status == CallStatus.published, Call.opens_at <= instant, Call.closes_at > instant)
        .order_by(Call.closes_at, Call.id)
    ).all()


def choices() -> list[tuple[int, Any]]:
    """(id, title with year) of every published call, newest first: for filters."""
    rows = session.execute(
        select(Call.id, Call.programme, Call.fiscal_year, Call.round)
        .where(Call.status != CallStatus.draft)
        .order_by(Call.fiscal_year.desc(), Call.round.desc(), Call.id.desc())
    )
    return [(row.id, f"{row.programme.short} FY{row.fiscal_year}-{row.round}") for row in rows]


def next_round(programme: Programme, fiscal_year: int) -> int:
    rounds = session.scalars(select(Call.round).where(Call.programme == programme, Call.fiscal_year == fiscal_year))
    return max(rounds, default=0) + 1

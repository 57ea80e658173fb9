"""Which phase of reviewing holds."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.reviews.definitions import Phase, holding
from app.reviews.models import ReviewPhase


def phases(call_id: int, *, lock: bool = False) -> Sequence[ReviewPhase]:
    """The phases of a call in the order of their opening. With ``lock`` the call is held first: whoever changes a
    window has looked at all of them."""
    if lock:
        session.scalar(select(Call.id).where(Call.id == call_id).with_for_update())
    return session.scalars(
        select(ReviewPhase)
        .where(ReviewPhase.call_id == call_id)
        .order_by(ReviewPhase.opens_at, ReviewPhase.id)
        .execution_options(populate_existing=lock)
    ).all()


def phase_of(call: Call, instant: datetime | None = None) -> Phase:
    """The phase that holds for a call now, or at the instant at which a request arrived. One statement."""
    return holding(phases(call.id), instant or now())


def phases_at(call_ids: Collection[int], instant: datetime | None = None) -> dict[int, Phase]:
    """The same for many calls, in one statement."""
    found: dict[int, list[ReviewPhase]] = {key: [] for key in call_ids}
    if found:
        for row in session.scalars(select(ReviewPhase).where(ReviewPhase.call_id.in_(found))):
            found[row.call_id].append(row)
    moment = instant or now()
    return {key: holding(rows, moment) for key, rows in found.items()}


def phase(call_id: int, phase_id: int) -> ReviewPhase | None:
    return session.scalar(select(ReviewPhase).where(ReviewPhase.id == phase_id, ReviewPhase.call_id == call_id))

"""The window for wishes, the proposals that a reviewer may wish for, and what was said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.applications.models import Application
from app.assigning.models import PreferenceRound, ReviewPreference
from app.assigning.queries.inputs import reviewing
from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.core.tables import Page, keyset
from app.reviewers import queries as reviewers


def preference_round(call_id: int) -> PreferenceRound | None:
    return session.scalar(select(PreferenceRound).where(PreferenceRound.call_id == call_id))


def open_rounds(instant: datetime | None = None) -> Sequence[Call]:
    """The calls whose reviewers are asked for their wishes now."""
    return session.scalars(
        select(Call)
        .join(PreferenceRound, PreferenceRound.call_id == Call.id)
        .where(PreferenceRound.closes_at > (instant or now()))
        .order_by(PreferenceRound.closes_at, Call.id)
    ).all()


def open_round(actor: Any, call_id: int, instant: datetime | None = None) -> Call | None:
    """One of them, for a reviewer of whom enough is known; otherwise it is not there."""
    return next((call for call in open_rounds(instant) if call.id == call_id), None)


def closed_to(actor: Any, call_id: int) -> set[int]:
    """The proposals of a call with which this reviewer is, or may be, in conflict."""
    ids = session.scalars(select(Application.id).where(Application.call_id == call_id, reviewing())).all()
    return {
        application_id for (application_id, _person), found in reviewers.standings(list(ids), [actor.id]).items()
        if found.blocked
    }  # fmt: skip


def wish_page(actor: Any, call_id: int, after: str | None, before: str | None) -> Page[Any]:
    """What a reviewer may wish for, a page at a time: nothing with a tie is in it, nor counted."""
    closed = closed_to(actor, call_id)
    query: Any = (
        select(
            Application.id.label("application_id"), Application.title_en, Application.title_ja, Application.abstract,
            Application.field, ReviewPreference.level, ReviewPreference.conflict,
        )
        .outerjoin(
            ReviewPreference,
            (ReviewPreference.application_id == Application.id) & (ReviewPreference.user_id == actor.id),
        )
        .where(Application.call_id == call_id, reviewing())
    )  # fmt: skip
    if closed:
        query = query.where(Application.id.not_in(closed))
    return keyset(query, [Application.number], after, before, 25)


def offered_ids(actor: Any, call_id: int) -> set[int]:
    """The proposals of a call that this reviewer may say anything of."""
    ids = session.scalars(select(Application.id).where(Application.call_id == call_id, reviewing()))
    return set(ids) - closed_to(actor, call_id)


def preferences_of(actor: Any, application_ids: Sequence[int]) -> dict[int, ReviewPreference]:
    rows = session.scalars(
        select(ReviewPreference).where(
            ReviewPreference.user_id == actor.id, ReviewPreference.application_id.in_(list(application_ids))
        )
    )
    return {row.application_id: row for row in rows}

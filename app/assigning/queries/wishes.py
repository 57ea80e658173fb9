"""The window for wishes, the proposals that a reviewer may wish for, and what was said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.applications import queries as applications
from app.applications.models import Application
from app.assigning.models import PreferenceRound, ReviewPreference
from app.assigning.queries.inputs import reviewing
from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.core.i18n import locale
from app.core.tables import Page, keyset
from app.reviewers import queries as reviewers
from app.reviews import queries as reviews


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


def open_round(call_id: int, instant: datetime | None = None) -> Call | None:
    """One of them, or None where nobody is asked now."""
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


def wish_texts(call: Call, rows: Sequence[Any], instant: datetime | None = None) -> dict[int, tuple[str, str]]:
    """application -> (title, abstract) as its readers may see them: without names while the phase hides them."""
    japanese = locale() == "ja"
    found = {
        row.application_id: (
            (row.title_ja or row.title_en) if japanese else (row.title_en or row.title_ja), row.abstract
        )
        for row in rows
    }  # fmt: skip
    if reviews.phase_of(call, instant).blind:
        blots = reviews.blind.redactors(found)
        found = {key: (blots[key](title), blots[key](abstract)) for key, (title, abstract) in found.items()}
    return found


def wish_counts(actor: Any, call_id: int) -> list[Any]:
    """(name, how many wishes) of the reviewers who said anything of the proposals that this officer may know of."""
    visible = (
        applications.visible_to(actor).where(Application.call_id == call_id).with_only_columns(Application.id)
    )  # fmt: skip
    rows = session.execute(
        select(User.name, func.count())
        .join(ReviewPreference, ReviewPreference.user_id == User.id)
        .where(ReviewPreference.application_id.in_(visible))
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]

"""Minutes of items, who was in the room, and scores that were changed meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import User
from app.applications import queries as applications
from app.core.db import session
from app.core.i18n import Bilingual
from app.panels.definitions.discussion import sees_sent_reviews
from app.panels.models import Attendance, Minutes, MinutesCopy
from app.panels.queries import meetings, people
from app.reviews import queries as reviews
from app.reviews.choices import AssignmentStatus
from app.reviews.definitions import Phase


def of_item(item_id: int, *, lock: bool = False) -> Minutes | None:
    query = select(Minutes).where(Minutes.item_id == item_id)
    if lock:
        return session.scalar(query.with_for_update(of=Minutes).execution_options(populate_existing=True))
    return session.scalar(query)


def of_items(item_ids: Collection[int]) -> Mapping[int, Minutes]:
    """The minutes of these items with who wrote and signed them."""
    who = lambda name: joinedload(name).lazyload(User.role_rows)  # noqa: E731 - twice the same
    rows = session.scalars(
        select(Minutes)
        .where(Minutes.item_id.in_(list(item_ids)))
        .options(who(Minutes.written_by), who(Minutes.signed_by))
    )
    return {row.item_id: row for row in rows}


def attendance(item_ids: Collection[int]) -> Mapping[int, list[Attendance]]:
    """item -> everybody of the meeting with whether they were in the room, by name."""
    found: dict[int, list[Attendance]] = {key: [] for key in item_ids}
    rows = session.scalars(
        select(Attendance)
        .join(User, User.id == Attendance.user_id)
        .where(Attendance.item_id.in_(found))
        .options(joinedload(Attendance.user).lazyload(User.role_rows))
        .order_by(User.name, User.id)
    )
    for row in rows:
        found[row.item_id].append(row)
    return found


@dataclass(frozen=True)
class Change:
    """A score that was changed after it was sent, with what its reviewer is called to the reader."""

    who: Any
    criterion: Any
    before: int | None
    after: int | None
    at: Any
    phase: Bilingual
    reason: str


def changes(actor: Any, application_id: int, call_id: int, phase: Phase) -> list[Change] | None:
    """The changed scores of a proposal, oldest first; None where this reader may not see what others scored.

    The caller has made sure that no conflict keeps the reader away.
    """
    office = meetings.is_office(actor) and application_id not in applications.resting(actor)
    if not office:
        own = people.assignment_of(actor.id, application_id)
        if own.status not in people.WORKING if own is not None else not people.is_member(actor.id, call_id):
            return None  # gave the review up, or is nobody of the panel any more
        sent = own is not None and own.status is AssignmentStatus.submitted
        if not sees_sent_reviews(phase, assigned=own is not None, sent=sent):
            return None
    rows = reviews.changes_of([application_id])[application_id]
    names: Mapping[int, Any]
    if office or people.names_shown(call_id):
        names = people.names_of({row.by_id for row in rows})
    else:
        names = people.aliases_of(application_id)
    blot = None
    if phase.blind and not office:
        blot = reviews.blind.redactors([application_id])[application_id]
    return [
        Change(
            names.get(row.by_id, ""), row.criterion.name, row.before, row.after, row.at,
            Bilingual(row.phase_en, row.phase_ja), blot(row.reason) if blot else row.reason,
        )
        for row in rows
    ]  # fmt: skip


def copies(actor: Any, meeting_id: int) -> Sequence[MinutesCopy]:
    """The printed minutes of a meeting, the newest first: those that tell of nothing that is hidden from the reader."""
    rows = session.scalars(
        select(MinutesCopy)
        .where(MinutesCopy.meeting_id == meeting_id)
        .options(joinedload(MinutesCopy.document).lazyload("*"))
        .order_by(MinutesCopy.id.desc())
        .limit(20)
    ).all()
    hidden = meetings.hidden_among(actor, meeting_id, {key for row in rows for key in row.application_ids})
    return [row for row in rows if hidden.isdisjoint(row.application_ids)]


def copy(actor: Any, meeting_id: int, document_id: int) -> MinutesCopy | None:
    row = session.scalar(
        select(MinutesCopy)
        .where(MinutesCopy.meeting_id == meeting_id, MinutesCopy.document_id == document_id)
        .options(joinedload(MinutesCopy.document), lazyload("*"))
    )
    return None if row is None or meetings.hidden_among(actor, meeting_id, row.application_ids) else row

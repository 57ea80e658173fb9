"""Meetings, and what each person in one may know of its agenda."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import queries as applications
from app.applications.models import Application
from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.core.i18n import Bilingual
from app.panels.choices import ItemStatus
from app.panels.definitions import timing
from app.panels.models import AgendaItem, Meeting, MeetingMember
from app.reviewers import queries as reviewers
from app.reviews import queries as reviews
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment

_PARTS = (
    joinedload(Meeting.call).lazyload("*"),
    joinedload(Meeting.members).joinedload(MeetingMember.user).lazyload(User.role_rows),
)


def is_office(actor: Any) -> bool:
    return bool(actor.has_role(*applications.AGENCY))


def of_call(call_id: int) -> Sequence[Meeting]:
    return session.scalars(
        select(Meeting).where(Meeting.call_id == call_id).options(lazyload("*")).order_by(Meeting.starts_at, Meeting.id)
    ).all()


def get_for(actor: Any, meeting_id: int, *, lock: bool = False) -> Meeting | None:
    """A meeting for the office, and for its members; nobody else knows of it. With ``lock`` it is held first."""
    if meeting_id > applications.MAX_ID or not actor.is_authenticated:
        return None
    if lock:
        session.scalar(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
    query = select(Meeting).where(Meeting.id == meeting_id).options(*_PARTS).execution_options(populate_existing=True)
    meeting = session.scalars(query).unique().one_or_none()
    if meeting is None or is_office(actor):
        return meeting
    if not actor.has_role(Role.reviewer) or all(member.user_id != actor.id for member in meeting.members):
        return None
    return meeting


def items_of(meeting_id: int) -> list[AgendaItem]:
    """The whole agenda in the order of its positions; what a reader may know of it is for ``outside_of`` to say."""
    return list(
        session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == meeting_id)
            .join(AgendaItem.application)
            .options(contains_eager(AgendaItem.application).lazyload("*"))
            .order_by(AgendaItem.position, AgendaItem.id)
            .execution_options(populate_existing=True)
        )
    )


def outside(application_ids: Collection[int], user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """application -> the people who have to be outside while it is discussed: a conflict, a possible one that nobody
    has judged, too little known of the person, or one that the person has reported (CON-14)."""
    found: dict[int, set[int]] = {key: set() for key in application_ids}
    if found and user_ids:
        for application_id, user_id in reviewers.blocked_pairs((a, u) for a in found for u in user_ids):
            found[application_id].add(user_id)
        reported = session.execute(
            select(ReviewAssignment.application_id, ReviewAssignment.reviewer_id).where(
                ReviewAssignment.application_id.in_(found),
                ReviewAssignment.reviewer_id.in_(list(user_ids)),
                ReviewAssignment.status == AssignmentStatus.conflicted,
            )
        )
        for application_id, user_id in reported:
            found[application_id].add(user_id)
    return {key: frozenset(people) for key, people in found.items()}


def outside_of(actor: Any, items: Sequence[AgendaItem]) -> frozenset[int]:
    """The applications of an agenda of which this reader may hear nothing: for members those for which they have to be
    outside, for the agency those from which they are recused, for who is both, both."""
    return hidden_among(actor, items[0].meeting_id, [item.application_id for item in items]) if items else frozenset()


def hidden_in_room(actor: Any, items: Sequence[AgendaItem]) -> frozenset[int]:
    """``outside_of`` while the meeting is held: somebody of the agency who reviews a proposal of it sits there as one of
    its reviewers and hears of it what reviewers do; nothing else of it is theirs (``applications.resting``)."""
    hidden = outside_of(actor, items)
    if not hidden or not is_office(actor) or not (own := hidden & applications.resting(actor)):
        return hidden
    if not _is_member(actor, items[0].meeting_id):
        return hidden
    return (hidden - own) | {key for key, people in outside(own, [actor.id]).items() if people}


def hidden_among(actor: Any, meeting_id: int, application_ids: Collection[int]) -> frozenset[int]:
    """The same of applications that were on the agenda of a meeting, such as those of printed minutes."""
    found = applications.kept_out(actor) & frozenset(application_ids)
    if application_ids and (not is_office(actor) or _is_member(actor, meeting_id)):
        found |= {key for key, people in outside(application_ids, [actor.id]).items() if people}
    return found


def _is_member(actor: Any, meeting_id: int) -> bool:
    if not actor.has_role(Role.reviewer):
        return False
    query = select(MeetingMember.id).where(MeetingMember.meeting_id == meeting_id, MeetingMember.user_id == actor.id)
    return session.scalar(query) is not None


def _readable(actor: Any, item: AgendaItem) -> bool:
    return is_office(actor) or item.application.status in reviews.REVIEWABLE


@dataclass(frozen=True)
class Slot:
    """An item as one reader sees it. Hidden: only that there is one, and when."""

    item: AgendaItem | None
    title: Any
    status: ItemStatus
    begins: datetime
    ends: datetime

    @property
    def hidden(self) -> bool:
        return self.item is None


@dataclass(frozen=True)
class Room:
    """A meeting as one reader sees it now."""

    meeting: Meeting
    present: bool
    slots: tuple[Slot, ...]  # in running order
    back_at: datetime | None  # of somebody who has to be outside now

    @property
    def now(self) -> Slot | None:
        return next((slot for slot in self.slots if slot.status is ItemStatus.discussing), None)

    @property
    def following(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.status in (ItemStatus.waiting, ItemStatus.postponed)]

    @property
    def past(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.status in timing.OVER]


def room(actor: Any, meeting: Meeting, instant: datetime, *, planning: bool = False) -> Room:
    """What this reader may know of the meeting at an instant, in the room or at the office's page where it is planned. Somebody who is not marked as present sees no agenda, and
    for reviewers a proposal is on it only while it is under review: reading ends with the review."""
    present = is_office(actor) or any(m.user_id == actor.id and m.present for m in meeting.members)
    if not present:
        return Room(meeting, False, (), None)
    items = items_of(meeting.id)
    times = timing.timetable(meeting, items, instant)
    items = [item for item in items if _readable(actor, item)]
    hidden = (outside_of if planning else hidden_in_room)(actor, items)
    order = timing.running_order(items)
    titles = titles_for(actor, meeting, [item for item in items if item.application_id not in hidden], instant)
    slots = tuple(
        Slot(
            None if item.application_id in hidden else item,
            titles.get(item.application_id),
            item.status,
            *times[item.id],
        )
        for item in order
    )
    ahead = [item for item in order if item.status not in timing.OVER]
    running = bool(ahead) and ahead[0].status is ItemStatus.discussing
    return Room(meeting, True, slots, timing.back_at(ahead, times, hidden) if running else None)


def titles_for(actor: Any, meeting: Meeting, items: Sequence[AgendaItem], instant: datetime) -> dict[int, Bilingual]:
    """The titles of these items as the phase lets this reader read them."""
    found = [item.application for item in items]
    blotted = {row.id for row in found if not is_office(actor) or row.id in applications.resting(actor)}
    blind = bool(blotted) and reviews.phase_of(meeting.call, instant).blind
    return reviews.blind.titles(found, blotted if blind else set())


@dataclass(frozen=True)
class Move:
    """Who leaves before an item, who comes back; ``item`` is empty where the reader may not know which it is."""

    item: AgendaItem | None
    title: Any
    begins: datetime
    status: ItemStatus
    leave: tuple[str, ...]
    back: tuple[str, ...]
    stay_out: tuple[str, ...]


def moves(actor: Any, meeting: Meeting, instant: datetime, *, all_items: bool = True) -> list[Move]:
    """The list of who has to leave and who comes back, from the present item on, for the chair and the office; those
    not present are nobody's concern. Of what is hidden from its reader no names are told either, nor by who comes back
    from it: moves are counted between the items that the reader knows."""
    items = [item for item in items_of(meeting.id) if _readable(actor, item)]
    hidden = outside_of(actor, items)
    names = {member.user_id: member.user.name for member in meeting.members if member.present}
    out = outside([item.application_id for item in items], list(names))
    times = timing.timetable(meeting, items, instant)
    shown = [item for item in items if item.application_id not in hidden]
    titles = titles_for(actor, meeting, shown, instant)
    before: frozenset[int] = frozenset()
    found: list[Move] = []
    for item in timing.running_order(items):
        told = item.application_id not in hidden
        away = out[item.application_id] if told else before
        if item.status not in timing.OVER:
            sets = (away - before, before - away, away & before) if told else (frozenset(), frozenset(), frozenset())
            leave, back, stay = (tuple(sorted(names[key] for key in one)) for one in sets)
            found.append(
                Move(item if told else None, titles.get(item.application_id), times[item.id][0], item.status, leave, back, stay)
            )  # fmt: skip
        before = away
        if not all_items and found:
            break
    return found


def upcoming(actor: Any) -> Sequence[Meeting]:
    """Meetings of this member that have not ended, of today and later; those that should be over for a day are not."""
    return session.scalars(
        select(Meeting)
        .join(MeetingMember, MeetingMember.meeting_id == Meeting.id)
        .join(Call, Call.id == Meeting.call_id)
        .where(
            MeetingMember.user_id == actor.id,
            Meeting.ended_at.is_(None),
            or_(Meeting.starts_at > now() - timedelta(days=1), Meeting.began_at.is_not(None)),
        )
        .options(lazyload("*"), contains_eager(Meeting.call).lazyload("*"))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def of_the_day() -> Sequence[Meeting]:
    """Meetings that are held now or begin within a day, for the office."""
    return session.scalars(
        select(Meeting)
        .join(Call, Call.id == Meeting.call_id)
        .where(
            Meeting.ended_at.is_(None),
            Meeting.starts_at.between(now() - timedelta(days=1), now() + timedelta(days=1)),
        )
        .options(lazyload("*"), contains_eager(Meeting.call).lazyload("*"))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def item_of(meeting: Meeting, item_id: int, *, lock: bool = False) -> AgendaItem | None:
    query = select(AgendaItem).where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting.id)
    if lock:
        query = query.with_for_update(of=AgendaItem).execution_options(populate_existing=True)
    return session.scalar(
        query.options(lazyload("*"), joinedload(AgendaItem.application).lazyload("*")) if not lock else query
    )


def item_for(
    actor: Any, meeting: Meeting, item_id: int, *, lock: bool = False, in_room: bool = False
) -> AgendaItem | None:
    """An item of which this reader may know; ``in_room``: as far as everybody in the room does."""
    item = item_of(meeting, item_id, lock=lock)
    if item is None or not _readable(actor, item):
        return None
    if item.application_id in (hidden_in_room if in_room else outside_of)(actor, [item]):
        return None
    return item


def undiscussed(call_id: int, limit: int) -> Sequence[Application]:
    """The first proposals of a call, by number, that are under review and on no agenda; for the verb that fills one."""
    planned = select(AgendaItem.application_id).join(Meeting).where(Meeting.call_id == call_id)
    return session.scalars(
        select(Application)
        .where(
            Application.call_id == call_id, Application.status.in_(reviews.REVIEWABLE), Application.id.not_in(planned)
        )
        .options(lazyload("*"))
        .order_by(Application.number)
        .limit(limit)
    ).all()


def by_numbers(actor: Any, call_id: int, numbers: Collection[str]) -> Mapping[str, int]:
    """number -> application, of those under review of which this officer may know."""
    rows = session.execute(
        select(Application.number, Application.id).where(
            Application.call_id == call_id, Application.status.in_(reviews.REVIEWABLE),
            Application.number.in_(list(numbers)), applications.not_kept_out(actor),
        )
    )  # fmt: skip
    return {row.number: row.id for row in rows}

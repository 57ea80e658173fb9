"""Planning a meeting: its agenda, the order of it, who takes part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.applications import queries as applications
from app.calls.models import Call
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Stale
from app.panels import queries
from app.panels.choices import ItemStatus
from app.panels.definitions import agenda
from app.panels.models import AgendaItem, Meeting, MeetingMember
from app.panels.operations.gates import officers_only, refuse

MINUTES = 15
MOST = 100  # items of one meeting: more than a panel discusses in three days


@dataclass(frozen=True)
class MeetingValues:
    """What the officer's form holds. The chair is a member, or nobody."""

    starts_at: datetime
    place: str
    chair_id: int | None


def plan(call: Call, values: MeetingValues, minutes: int, actor: Any) -> Meeting:
    """A meeting of a call's whole panel on its proposals that are under review and on no agenda yet (the first MOST by
    number), in the order in which people have to leave as rarely as possible. Its members can be changed afterwards.

    Raises Refused when nobody reviews for this call, or when the chair is none of them.
    """
    officers_only(actor, "plan a meeting")
    people = [person.id for person in queries.people.members_of(call.id)]
    if not people:
        raise refuse("no-panel", "Nobody reviews for this call yet.", "この公募の審査員がまだいません。")
    _check_chair(values.chair_id, people)
    row = Meeting(
        call_id=call.id, starts_at=values.starts_at, place=values.place, chair_id=values.chair_id, made_by_id=actor.id
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(MeetingMember(meeting_id=row.id, user_id=user_id) for user_id in people)
    waiting = queries.meetings.undiscussed(call.id, MOST)
    away = queries.meetings.outside([one.id for one in waiting], people)
    order = agenda.arrange([one.id for one in waiting], away)
    session.add_all(
        AgendaItem(meeting_id=row.id, application_id=key, position=n, minutes=minutes) for n, key in enumerate(order, 1)
    )
    session.flush()
    audit.record(row, "planned", actor, data={"call": call.id, "items": len(order), "members": len(people)})
    return row


def _check_chair(chair_id: int | None, members: Collection[int]) -> None:
    if chair_id is not None and chair_id not in members:
        raise refuse("chair", "The chair is not a member.", "議長は出席者の中から選んでください。", "chair_id")


def edit(meeting: Meeting, values: MeetingValues, version: int, actor: Any) -> None:
    """Change time, place and chair of a meeting that has not ended."""
    held(meeting, version, actor)
    _check_chair(values.chair_id, [member.user_id for member in meeting.members])
    meeting.starts_at, meeting.place, meeting.chair_id = values.starts_at, values.place, values.chair_id
    session.flush()
    audit.record(meeting, "edited", actor, data={"starts_at": values.starts_at.isoformat(), "place": values.place})


def held(meeting: Meeting, version: int, actor: Any) -> None:
    """What every verb asks: an officer, the version that was looked at, a meeting that has not ended."""
    officers_only(actor, "meeting")
    if meeting.version != version:
        raise Stale({}, {})
    if meeting.ended_at is not None:
        raise refuse("ended", "The meeting has ended.", "この会議は終了しています。")


def set_members(
    meeting: Meeting, members: Collection[int], present: Collection[int], version: int, actor: Any
) -> None:  # fmt: skip
    """Who takes part and who is there. Members are people of the call's panel, or are members already."""
    held(meeting, version, actor)
    known = {member.user_id: member for member in meeting.members}
    allowed = {person.id for person in queries.people.members_of(meeting.call_id)} | set(known)
    wanted = set(members) & allowed
    if meeting.chair_id is not None and meeting.chair_id not in wanted:
        raise refuse("chair", "The chair is not a member.", "議長は出席者の中から選んでください。")
    for user_id, member in known.items():
        if user_id not in wanted:
            meeting.members.remove(member)
        else:
            member.present = user_id in present
    for user_id in sorted(wanted - set(known)):
        meeting.members.append(MeetingMember(user_id=user_id, present=user_id in present))
    session.flush()
    touch(meeting)
    audit.record(
        meeting, "members set", actor, data={"members": sorted(wanted), "present": sorted(wanted & set(present))}
    )  # fmt: skip


def touch(meeting: Meeting) -> None:
    """Another version: whoever looked before has looked at something else."""
    meeting.driven_at = now()
    session.flush()


def _waiting(meeting: Meeting) -> tuple[list[AgendaItem], list[AgendaItem]]:
    """(what is not to be moved any more, what waits), each in its order."""
    items = queries.meetings.items_of(meeting.id)
    open_ = [item for item in items if item.status in (ItemStatus.waiting, ItemStatus.postponed)]
    return [item for item in items if item not in open_], open_


def _number(*parts: Sequence[AgendaItem]) -> None:
    for n, item in enumerate((item for part in parts for item in part), 1):
        if item.position != n:
            item.position = n
    session.flush()


def arrange(meeting: Meeting, version: int, actor: Any) -> None:
    """Put what still waits into the order with the fewest changes, for those who are present."""
    held(meeting, version, actor)
    fixed, waiting = _waiting(meeting)
    people = [member.user_id for member in meeting.members if member.present]
    away = queries.meetings.outside([item.application_id for item in waiting], people)
    by_key = {item.application_id: item for item in waiting}
    _number(fixed, [by_key[key] for key in agenda.arrange(list(by_key), away)])
    touch(meeting)
    audit.record(meeting, "arranged", actor)


def move(meeting: Meeting, item: AgendaItem, step: int, version: int, actor: Any) -> None:
    """One place up (-1) or down (1) among those that wait."""
    held(meeting, version, actor)
    fixed, waiting = _waiting(meeting)
    if item not in waiting:
        raise refuse("begun", "This item no longer waits.", "この議題は待機中ではありません。")
    at = waiting.index(item)
    to = min(max(at + step, 0), len(waiting) - 1)
    waiting.insert(to, waiting.pop(at))
    _number(fixed, waiting)
    touch(meeting)


def set_minutes(meeting: Meeting, item: AgendaItem, minutes: int, version: int, actor: Any) -> None:
    """The minutes of time planned for an item."""
    held(meeting, version, actor)
    item.minutes = minutes
    session.flush()
    touch(meeting)


def drop(meeting: Meeting, item: AgendaItem, version: int, actor: Any) -> None:
    """Take an item off the agenda that has not been discussed."""
    held(meeting, version, actor)
    fixed, waiting = _waiting(meeting)
    if item not in waiting or queries.minutes.of_item(item.id) is not None:
        raise refuse("begun", "This item has been discussed.", "審議済みの議題は外せません。")
    audit.record(meeting, "item dropped", actor, data={"application_id": item.application_id})
    session.delete(item)
    session.flush()
    _number(fixed, [other for other in waiting if other is not item])
    touch(meeting)


def add(meeting: Meeting, numbers: Sequence[str], version: int, actor: Any) -> int:
    """Put proposals of the call that are under review on the agenda, at its end; answers how many.

    Raises Refused naming every number that is not among those of which this officer may know.
    """
    held(meeting, version, actor)
    found = queries.meetings.by_numbers(actor, meeting.call_id, numbers)
    if unknown := [number for number in numbers if number not in found]:
        words = ", ".join(unknown)
        raise refuse(
            "unknown", f"Not under review in this call: {words}", f"この公募で審査中の申請ではありません:{words}",
            "numbers",
        )  # fmt: skip
    items = queries.meetings.items_of(meeting.id)
    there = {item.application_id for item in items}
    fresh = [found[number] for number in dict.fromkeys(numbers) if found[number] not in there]
    if len(items) + len(fresh) > MOST:
        raise refuse("too-many", f"A meeting takes {MOST} items.", f"一つの会議の議題は{MOST}件までです。", "numbers")
    session.add_all(
        AgendaItem(meeting_id=meeting.id, application_id=key, position=n, minutes=MINUTES)
        for n, key in enumerate(fresh, len(items) + 1)
    )
    session.flush()
    touch(meeting)
    audit.record(meeting, "items added", actor, data={"applications": fresh})
    return len(fresh)


def kept_out(actor: Any, item: AgendaItem) -> bool:
    return item.application_id in applications.kept_out(actor)

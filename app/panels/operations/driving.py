"""Leading through a meeting: start, next, postpone, back, end. One officer at a time, on what was looked at."""

from typing import Any

from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from app.panels import queries
from app.panels.choices import ItemStatus
from app.panels.definitions import timing
from app.panels.models import AgendaItem, Attendance, Meeting
from app.panels.operations import planning
from app.panels.operations.gates import refuse
from app.panels.workflow import ITEM

EVENTS = ("start", "next", "postpone", "back", "end")


def drive(meeting: Meeting, event: str, version: int, actor: Any) -> None:
    """Do one of EVENTS. The meeting must have been loaded with its lock.

    Raises Stale when somebody else has moved on meanwhile, Refused when there is nothing to move to, when the meeting
    has ended or not begun, and when this officer is recused from an item that would be touched: a colleague has to.
    """
    planning.held(meeting, version, actor)
    if event == "start":
        if meeting.began_at is not None:
            raise refuse("begun", "The meeting has begun already.", "会議はすでに始まっています。")
    elif meeting.began_at is None:
        raise refuse("not-begun", "The meeting has not begun.", "会議はまだ始まっていません。")
    order = timing.running_order(queries.meetings.items_of(meeting.id))
    current = next((item for item in order if item.status is ItemStatus.discussing), None)
    {"start": _start, "next": _next, "postpone": _postpone, "back": _back, "end": _end}[event](
        meeting, order, current, actor
    )
    planning.touch(meeting)
    audit.record(meeting, event, actor)


def _colleague() -> Refused:
    return refuse(
        "another-officer",
        "A colleague has to lead through this part.",
        "この部分の進行は他の担当官が行う必要があります。",
    )


def _apply(item: AgendaItem, event: str, actor: Any) -> None:
    if planning.kept_out(actor, item):
        raise _colleague()
    ITEM.apply(item, event, actor)


def _first(order: list[AgendaItem], status: ItemStatus) -> AgendaItem | None:
    return next((item for item in order if item.status is status), None)


def _begin(meeting: Meeting, item: AgendaItem, actor: Any) -> None:
    _apply(item, "begin", actor)
    item.began_at, item.ended_at = now(), None
    note_attendance(meeting, item)


def _finish(meeting: Meeting, item: AgendaItem, actor: Any) -> None:
    _apply(item, "finish", actor)
    item.ended_at = now()
    note_attendance(meeting, item)


def _start(meeting: Meeting, order: list[AgendaItem], current: AgendaItem | None, actor: Any) -> None:
    following = _first(order, ItemStatus.waiting) or _first(order, ItemStatus.postponed)
    if following is None:
        raise refuse("empty", "The agenda is empty.", "議題がありません。")
    meeting.began_at = now()
    _begin(meeting, following, actor)


def _next(meeting: Meeting, order: list[AgendaItem], current: AgendaItem | None, actor: Any) -> None:
    following = _first(order, ItemStatus.waiting) or _first(order, ItemStatus.postponed)
    if current is None and following is None:
        raise refuse("over", "Nothing is left on the agenda.", "残りの議題はありません。")
    if current is not None:
        _finish(meeting, current, actor)
    if following is not None:
        _begin(meeting, following, actor)


def _postpone(meeting: Meeting, order: list[AgendaItem], current: AgendaItem | None, actor: Any) -> None:
    """What is discussed now comes again when nothing else waits."""
    following = _first(order, ItemStatus.waiting) or _first(order, ItemStatus.postponed)
    if current is None or following is None:
        raise refuse("nothing-else", "Nothing else waits.", "ほかに待機中の議題がありません。")
    _apply(current, "postpone", actor)
    current.began_at = None
    _forget_attendance(current)
    _begin(meeting, following, actor)


def _back(meeting: Meeting, order: list[AgendaItem], current: AgendaItem | None, actor: Any) -> None:
    """The item before is taken up again; the present one waits."""
    before = [item for item in order if item.status is ItemStatus.done]
    if not before:
        raise refuse("first", "Nothing was discussed before.", "前の議題はありません。")
    if current is not None:
        _apply(current, "put_back", actor)
        current.began_at = None
        _forget_attendance(current)
    _apply(before[-1], "resume", actor)
    before[-1].ended_at = None
    session.flush()


def _end(meeting: Meeting, order: list[AgendaItem], current: AgendaItem | None, actor: Any) -> None:
    if current is not None:
        _finish(meeting, current, actor)
    meeting.ended_at = now()


def note_attendance(meeting: Meeting, item: AgendaItem) -> None:
    """Write down who is in the room: everybody present who has no conflict, and who was there before. What an officer
    has corrected stays."""
    present = {member.user_id: member.present for member in meeting.members}
    away = queries.meetings.outside([item.application_id], list(present))[item.application_id]
    known = {row.user_id: row for row in queries.minutes.attendance([item.id])[item.id]}
    for user_id, there in present.items():
        in_room = there and user_id not in away
        row = known.get(user_id)
        if row is None:
            session.add(Attendance(item_id=item.id, user_id=user_id, in_room=in_room))
        elif row.corrected_by_id is None and in_room:
            row.in_room = True
    session.flush()


def _forget_attendance(item: AgendaItem) -> None:
    for row in queries.minutes.attendance([item.id])[item.id]:
        session.delete(row)
    session.flush()

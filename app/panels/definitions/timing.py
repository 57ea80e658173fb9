"""When the items of an agenda are due, from planned minutes and from what has happened so far."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.panels.choices import ItemStatus

OVER = (ItemStatus.done, ItemStatus.signed)
_RANK = {
    ItemStatus.signed: 0, ItemStatus.done: 0, ItemStatus.discussing: 1, ItemStatus.waiting: 2, ItemStatus.postponed: 3,
}  # fmt: skip


def running_order(items: Sequence[Any]) -> list[Any]:
    """What was discussed, what is being discussed, what waits, and last what was postponed."""
    return sorted(
        items,
        key=lambda item: (
            _RANK[item.status],
            item.ended_at.timestamp() if item.status in OVER and item.ended_at else 0,
            item.position,
            item.id,
        ),
    )


def timetable(meeting: Any, items: Sequence[Any], instant: datetime) -> dict[int, tuple[datetime, datetime]]:
    """item -> from when to when, in running order: as it was for what is over, as planned for the rest.

    A meeting that runs late pushes what follows; one that has not begun keeps its planned beginning.
    """
    at = meeting.began_at or meeting.starts_at
    found = {}
    for item in running_order(items):
        length = timedelta(minutes=item.minutes)
        if item.status in OVER and item.began_at and item.ended_at:
            found[item.id] = (item.began_at, item.ended_at)
            at = max(at, item.ended_at)
            continue
        if item.status is ItemStatus.discussing and item.began_at:
            begins, ends = item.began_at, max(item.began_at + length, instant)
        else:
            begins = max(at, instant) if meeting.began_at and not meeting.ended_at else at
            ends = begins + length
        found[item.id] = (begins, ends)
        at = ends
    return found


def back_at(
    order: Sequence[Any], times: dict[int, tuple[datetime, datetime]], outside: Collection[int]
) -> datetime | None:  # fmt: skip
    """When somebody who is outside now comes back: at the end of the run of items for which they are outside.

    ``order`` begins with the present item; ``outside`` are the applications of which this person may hear nothing.
    """
    until = None
    for item in order:
        if item.application_id not in outside:
            break
        until = times[item.id][1]
    return until

"""Who may write, mend and close in a discussion, drive a meeting, and sign its minutes."""

from datetime import datetime
from typing import Any

from app.applications import queries as applications
from app.panels import queries
from app.panels.definitions.discussion import MENDED_WITHIN


def may_write(thread: Any) -> bool:
    return bool(thread.seat.writes) and not thread.closed


def may_mend(actor: Any, thread: Any, post: Any, instant: datetime) -> bool:
    """The author, within a quarter of an hour, as long as the thread takes posts from this person for that audience."""
    return (
        post.author_id == actor.actor_id
        and post.audience in thread.seat.writes
        and not thread.closed
        and instant - post.written_at < MENDED_WITHIN
    )


def may_read_earlier(actor: Any, thread: Any, post: Any) -> bool:
    """What a post said before it was mended: its author and the office. Others see only that it was mended."""
    return thread.seat.office or post.author_id == actor.actor_id


def may_close(actor: Any, thread: Any) -> bool:
    return actor.has_role("officer") and thread.seat.office


def is_officer(actor: Any, item: Any) -> bool:
    """An officer who is not recused from the item's application."""
    return bool(actor.has_role("officer")) and item.application_id not in applications.kept_out(actor)


def may_sign(actor: Any, item: Any) -> bool:
    """Two persons: who wrote the minutes last cannot sign them."""
    if not is_officer(actor, item):
        return False
    row = queries.minutes.of_item(item.id)
    return row is None or row.written_by_id != actor.actor_id


def may_read_moves(actor: Any, meeting: Any) -> bool:
    """The list of who has to leave: the office and the chair."""
    return queries.meetings.is_office(actor) or meeting.chair_id == actor.actor_id

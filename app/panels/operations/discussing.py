"""Writing, mending and closing a discussion; what is new; whether reviewers read one another's names."""

from datetime import datetime
from typing import Any

from app.calls.models import Call
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.panels import policy, queries
from app.panels.choices import Audience
from app.panels.definitions.mentions import mentioned
from app.panels.models import Discussion, DiscussionReading, PanelRules, Post, PostEdit
from app.panels.operations.gates import officers_only, refuse
from app.panels.queries.discussions import Thread

LONGEST = 4_000


def write(thread: Thread, audience: Audience, text: str, actor: Any) -> Post:
    """Write a post for an audience. Whoever it mentions, and may read it, gets one letter that holds no word of it.

    Raises Forbidden for an audience to which this reader does not write, Refused when the thread is closed or the text
    is empty or too long.
    """
    _takes(thread, audience, text)
    row = Post(
        application_id=thread.application_id,
        author_id=actor.id,
        by_office=thread.seat.office,
        audience=audience,
        text=text,
    )
    session.add(row)
    if thread.discussion is None:
        session.add(Discussion(application_id=thread.application_id))
    session.flush()
    audit.record(
        row, "written", actor, data={"application_id": thread.application_id, "audience": audience.value}
    )  # fmt: skip
    note_read(thread, actor)
    _tell(thread, row, actor)
    return row


def _takes(thread: Thread, audience: Audience, text: str) -> None:
    if audience not in thread.seat.writes:
        raise Forbidden("write")
    if thread.closed:
        raise refuse("closed", "The discussion is closed.", "この討議は終了しています。")
    if not text or len(text) > LONGEST:
        raise refuse("text", f"Write at most {LONGEST:,} characters.", f"{LONGEST:,}字以内で記入してください。", "text")


def _tell(thread: Thread, row: Post, actor: Any) -> None:
    if "@" not in row.text and "＠" not in row.text:
        return
    for person in mentioned(row.text, queries.discussions.handles(thread, row.audience)):
        if person.id != actor.id:
            mail.queue(
                "panels/mentioned", person.email, person.locale, f"mentioned:{row.id}:{person.id}",
                name=person.name, number=thread.application.number, application_id=thread.application_id,
            )  # fmt: skip


def mend(thread: Thread, row: Post, text: str, version: int, instant: datetime, actor: Any) -> None:
    """Change the text of an own post within a quarter of an hour of writing it; what it said is kept, the audience stays.

    Raises Forbidden for others' posts, Refused when it is too late, Stale when another window was faster.
    """
    if row.author_id != actor.id:
        raise Forbidden("mend")
    _takes(thread, row.audience, text)
    if row.version != version:
        raise Stale({}, {})
    if not policy.may_mend(actor, thread, row, instant):
        raise refuse(
            "too-late", "A post can be changed for 15 minutes.", "投稿を修正できるのは投稿後15分以内です。", "text"
        )
    if row.text == text:
        return
    session.add(PostEdit(post_id=row.id, text=row.text, at=row.edited_at or row.written_at))
    row.text, row.edited_at = text, now()
    session.flush()
    audit.record(row, "mended", actor, data={"application_id": thread.application_id})
    _tell(thread, row, actor)


def close(thread: Thread, actor: Any, *, closing: bool) -> None:
    """Close a thread, or open it again; officers only."""
    if not policy.may_close(actor, thread):
        raise Forbidden("close")
    row = thread.discussion
    if row is None:
        row = Discussion(application_id=thread.application_id)
        session.add(row)
    if (row.closed_at is not None) == closing:
        return
    row.closed_at, row.closed_by_id = (now(), actor.id) if closing else (None, None)
    session.flush()
    audit.record(
        row, "closed" if closing else "opened again", actor, data={"application_id": thread.application_id}
    )  # fmt: skip


def note_read(thread: Thread, actor: Any) -> None:
    """Everything that this person may read in the thread counts as read."""
    last = queries.discussions.last_id(thread)
    row = queries.discussions.reading(actor.id, thread.application_id)
    if row is None:
        session.add(DiscussionReading(user_id=actor.id, application_id=thread.application_id, last_read_id=last))
    elif row.last_read_id < last:
        row.last_read_id = last
    session.flush()


def show_names(call: Call, shown: bool, actor: Any) -> None:
    """Let the reviewers of a call read one another's names, or hide them."""
    officers_only(actor, "panel rules")
    row = queries.people.rules(call.id)
    if row is None:
        row = PanelRules(call_id=call.id, names_shown=False)
        session.add(row)
        session.flush()
    if row.names_shown != shown:
        row.names_shown = shown
        session.flush()
        audit.record(row, "names shown" if shown else "names hidden", actor, data={"call": call.id})

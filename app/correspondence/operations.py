"""Write a message, and note what was read."""

from typing import Any

from app.core import audit, mail
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.correspondence import queries
from app.correspondence.choices import Side
from app.correspondence.models import MAX_TEXT, Message, MessageReading
from app.correspondence.queries import Thread


def write(thread: Thread, text: str, *, actor: Any) -> Message:
    """Send a message to the other side; each of its people gets one letter that holds the link, not the text.

    Raises Forbidden for who only reads, Refused for an empty text or one of more than 4,000 characters.
    """
    if thread.side is None:
        raise Forbidden("write")
    if not text or len(text) > MAX_TEXT:
        words = Bilingual(
            f"Write a message of at most {MAX_TEXT:,} characters.", f"{MAX_TEXT:,}字以内で記入してください。"
        )
        raise Refused([Reason("text", words, "text")])
    row = Message(application_id=thread.application_id, author_id=actor.id, side=thread.side, text=text)
    session.add(row)
    session.flush()
    audit.record(row, "sent", actor, data={"application_id": thread.application_id, "side": thread.side.value})
    note_read(thread, actor=actor)
    if thread.side is Side.consortium:
        people = queries.officers_of(thread.application_id)
    else:
        people = queries.consortium_of(thread.application_id)
    for person in people:
        if person.id == actor.id:
            continue
        mail.queue(
            "correspondence/message", person.email, person.locale, f"message:{row.id}:{person.id}",
            name=person.name, number=thread.number, side=thread.side, application_id=thread.application_id,
        )  # fmt: skip
    return row


def note_read(thread: Thread, *, actor: Any) -> None:
    """Everything in the thread now counts as read by this person."""
    last = queries.last_id(thread.application_id)
    row = queries.reading(actor.id, thread.application_id)
    if row is None:
        session.add(MessageReading(user_id=actor.id, application_id=thread.application_id, last_read_id=last))
    elif row.last_read_id < last:
        row.last_read_id = last
    session.flush()

"""Moving a call's deadline and telling everybody whom it concerns: one letter each for every move."""

from datetime import datetime
from typing import Any

from app.applications import queries
from app.applications.models import Application
from app.applications.queries import deadlines
from app.calls import operations as calls
from app.calls.models import Call, CallExtension
from app.core import audit, mail
from app.core.db import session
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual


def move(
    call: Call, closes_at: datetime, later: calls.LaterDates | None, reason: str, version: int, *, actor: Any
) -> CallExtension:
    """Close the call later or earlier and tell the people of every draft. What was handed in is not touched.

    Raises what calls.operations.move_closing raises.
    """
    row = calls.move_closing(call, closes_at, later, reason, version, actor=actor)
    announce(call, row)
    return row


def grant_grace(call: Call, minutes: int, number: str, reason: str, version: int, *, actor: Any) -> CallExtension:
    """Some minutes after the closing for handing in what was begun: for one application, or for all (empty number)."""
    application = _named(call, number, actor) if number else None
    key = application.id if application else None
    row = calls.grant_grace(call, minutes, reason, version, actor=actor, application_id=key)
    return _told(call, row, application, actor)


def grant_individual(
    call: Call, number: str, to_at: datetime, reason: str, version: int, *, actor: Any
) -> CallExtension:
    """A later closing time for one application. Nobody but its people, officers and auditors learns of it."""
    application = _named(call, number, actor)
    row = calls.grant_individual(call, application.id, to_at, reason, version, actor=actor)
    return _told(call, row, application, actor)


def _named(call: Call, number: str, actor: Any) -> Application:
    application = deadlines.by_number(actor, call.id, number)
    if application is None:
        words = Bilingual(
            "No open application of this call has this number.", "この公募に該当する受付番号の申請がありません。"
        )
        raise Refused([Reason("no-such-number", words, "number")])
    return application


def _told(call: Call, row: CallExtension, application: Application | None, actor: Any) -> CallExtension:
    if application is not None:
        data = {"from": row.from_at.isoformat(), "to": row.to_at.isoformat()}
        session.expire(application, ["extensions"])
        audit.record(application, f"deadline: {row.kind.value}", actor, reason=row.reason, data=data)
    announce(call, row)
    return row


def announce(call: Call, row: CallExtension) -> int:
    """Queue the letters of one move; those that are queued or sent already are not repeated. Answers how many are new."""
    if row.application_id is None:
        people, link = deadlines.drafters(call.id), "/applications"
    else:
        people, link = queries.people_of(row.application_id), f"/applications/{row.application_id}"
    return sum(
        mail.queue(
            "applications/deadline", person.email, person.locale, f"deadline:{row.id}:{person.id}",
            name=person.name, call=call.title, row=row, link=link,
        )
        for person in people
    )  # fmt: skip

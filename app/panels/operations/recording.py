"""Minutes: written by one officer, signed by another, printed for the office."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from app.core import audit, pdf
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.i18n import in_locale, show_instant
from app.panels import policy, queries
from app.panels.choices import ItemStatus, Recommendation
from app.panels.definitions import timing
from app.panels.models import AgendaItem, Meeting, Minutes, MinutesCopy
from app.panels.operations.gates import refuse
from app.panels.workflow import ITEM


@dataclass(frozen=True)
class MinutesValues:
    text: str
    recommendation: Recommendation
    amount_yen: int | None
    in_room: frozenset[int] | None = None  # who was in the room; None leaves it as it is


def write(item: AgendaItem, values: MinutesValues, version: int, actor: Any) -> Minutes:
    """Write the minutes of an item that is or was discussed, and correct who was in the room.

    Raises Forbidden for who is recused, Refused when they are signed or the item was not discussed, Stale when somebody
    else wrote meanwhile (``version`` 0: there were none).
    """
    if not policy.is_officer(actor, item):
        raise Forbidden("minutes")
    if item.status is ItemStatus.signed:
        raise refuse("signed", "The minutes are signed.", "議事録は確定済みです。")
    if item.status not in (ItemStatus.discussing, ItemStatus.done):
        raise refuse("not-discussed", "This item has not been discussed.", "この議題はまだ審議されていません。")
    if values.recommendation is not Recommendation.adopt and values.amount_yen:
        raise refuse("amount", "Leave the amount empty.", "採択以外の場合、金額は空欄にしてください。", "amount_yen")
    row = queries.minutes.of_item(item.id, lock=True)
    if (row.version if row else 0) != version:
        raise Stale({}, {})
    if row is None:
        row = Minutes(item_id=item.id, recommendation=values.recommendation, written_by_id=actor.id)
        session.add(row)
    row.text, row.recommendation, row.amount_yen = values.text, values.recommendation, values.amount_yen
    row.written_by_id, row.written_at = actor.id, now()
    session.flush()
    if values.in_room is not None:
        _correct(item, values.in_room, actor)
    audit.record(
        row, "minutes written", actor,
        data={"application_id": item.application_id, "recommendation": values.recommendation.value,
              "amount_yen": values.amount_yen},
    )  # fmt: skip
    return row


def _correct(item: AgendaItem, in_room: Collection[int], actor: Any) -> None:
    """Correct who was in the room. What differs from what was computed is noted with who said so."""
    changed = {}
    for row in queries.minutes.attendance([item.id])[item.id]:
        if row.in_room != (row.user_id in in_room):
            row.in_room, row.corrected_by_id = row.user_id in in_room, actor.id
            changed[str(row.user_id)] = row.in_room
    if changed:
        session.flush()
        audit.record(item, "attendance corrected", actor, data={"in_room": changed})


def sign(item: AgendaItem, version: int, actor: Any) -> None:
    """The second officer signs exactly what was looked at; then nothing changes any more."""
    row = queries.minutes.of_item(item.id, lock=True)
    if row is not None and row.version != version:
        raise Stale({}, {})
    ITEM.apply(item, "sign", actor)
    assert row is not None
    row.signed_by_id, row.signed_at = actor.id, now()
    session.flush()


def print_minutes(meeting: Meeting, locale: str, actor: Any) -> MinutesCopy:
    """Order the minutes of a meeting as PDF: of everything from which this officer is not recused."""
    if not actor.has_role("officer", "auditor"):
        raise Forbidden("minutes")
    items = timing.running_order(queries.meetings.items_of(meeting.id))
    hidden = queries.meetings.outside_of(actor, items)
    shown = [item for item in items if item.application_id not in hidden]
    with in_locale(locale):
        content = _content(meeting, shown)
    document = pdf.order(
        "panels/minutes", locale, content, name=f"minutes-{meeting.id}.pdf",
        dedupe_key=f"minutes:{meeting.id}:{actor.id}:{now().isoformat()}",
    )  # fmt: skip
    row = MinutesCopy(
        meeting_id=meeting.id, document_id=document.id, application_ids=[item.application_id for item in shown], by_id=actor.id
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(meeting, "minutes printed", actor, data={"document": document.id})
    return row


def _content(meeting: Meeting, items: list[AgendaItem]) -> dict[str, Any]:
    written = queries.minutes.of_items([item.id for item in items])
    rooms = queries.minutes.attendance([item.id for item in items])
    chair = next((m.user.name for m in meeting.members if m.user_id == meeting.chair_id), "")
    return {
        "call": str(meeting.call.title), "starts_at": show_instant(meeting.began_at or meeting.starts_at),
        "ended_at": show_instant(meeting.ended_at), "place": meeting.place, "chair": chair,
        "members": [m.user.name for m in meeting.members if m.present],
        "items": [_printed(item, written.get(item.id), rooms[item.id]) for item in items],
    }  # fmt: skip


def _printed(item: AgendaItem, row: Minutes | None, room: list[Any]) -> dict[str, Any]:
    return {
        "number": item.application.number, "title": str(item.application.title), "state": str(item.status.label),
        "from": show_instant(item.began_at), "to": show_instant(item.ended_at),
        "text": row.text if row else "", "recommendation": str(row.recommendation.label) if row else "",
        "amount_yen": row.amount_yen if row else None,
        "in_room": [one.user.name for one in room if one.in_room], "outside": [one.user.name for one in room if not one.in_room],
        "written": f"{row.written_by.name}, {show_instant(row.written_at)}" if row else "",
        "signed": f"{row.signed_by.name}, {show_instant(row.signed_at)}" if row and row.signed_by else "",
    }  # fmt: skip

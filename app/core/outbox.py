"""What must happen after the commit: letters and documents wait in a table and a worker carries them out.

A row is written in the same transaction as the change it tells of, so a rolled-back change sends nothing and
a committed one is never forgotten. ``dedupe_key`` makes a second row for the same occasion impossible.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, case, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Code, Json, Keyed, Model, UTCDateTime, session

MAX_ATTEMPTS = 12


class OutboxStatus(StrEnum):
    waiting = "waiting"
    done = "done"
    failed = "failed"


class OutboxItem(Keyed, Model):
    """One thing to do after the commit. ``kind`` names the handler, ``payload`` is all that it needs."""

    __tablename__ = "outbox_item"
    __table_args__ = (
        Index(
            "ix_outbox_item_waiting",
            "due_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    status: Mapped[OutboxStatus] = mapped_column(Code(OutboxStatus), default=OutboxStatus.waiting)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(1000))


def put(kind: str, payload: dict[str, Any], dedupe_key: str) -> bool:
    """Add an item unless this occasion already has one; answers whether it was added."""
    if session.scalar(select(OutboxItem.id).where(OutboxItem.dedupe_key == dedupe_key)) is not None:
        return False
    session.add(OutboxItem(kind=kind, payload=payload, dedupe_key=dedupe_key))
    session.flush()
    return True


def put_all(kind: str, items: dict[str, dict[str, Any]]) -> int:
    """Add many items of one kind (payloads by dedupe key) in two statements; answers how many were new."""
    known = set(session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.in_(items))))
    rows = [{"kind": kind, "payload": items[key], "dedupe_key": key} for key in items if key not in known]
    if rows:
        session.execute(insert(OutboxItem), rows)
    return len(rows)


def due(limit: int = 50, without: Collection[str] = ()) -> list[tuple[int, str]]:
    """What is to be done now: keys and kinds, without some kinds.

    Letters go first: a document takes a hundred times as long, and nobody waits for it.
    """
    rows = session.execute(
        select(OutboxItem.id, OutboxItem.kind)
        .where(
            OutboxItem.status == OutboxStatus.waiting, OutboxItem.due_at <= now(), OutboxItem.kind.not_in(list(without))
        )
        .order_by(case((OutboxItem.kind == "pdf", 1), else_=0), OutboxItem.due_at, OutboxItem.id)
        .limit(limit)
    )
    return [(row.id, row.kind) for row in rows]


def claim(item_id: int, lease: timedelta = timedelta(minutes=2)) -> OutboxItem | None:
    """Take an item for a while: a second worker passes it by, and a killed worker's lease runs out."""
    item = session.get(OutboxItem, item_id, with_for_update={"skip_locked": True}, populate_existing=True)
    if item is None or item.status != OutboxStatus.waiting or item.due_at > now():
        return None
    item.attempts += 1
    item.due_at = now() + lease
    return item


def finish(item: OutboxItem) -> None:
    item.status = OutboxStatus.done
    item.finished_at = now()
    item.last_error = None


def fail(item_id: int, error: str) -> None:
    """Note what went wrong; try again later and later, and after a day give it to the administrators."""
    item = session.get_one(OutboxItem, item_id)
    item.last_error = error[:1000]
    if item.attempts >= MAX_ATTEMPTS:
        item.status = OutboxStatus.failed
    else:
        item.due_at = now() + timedelta(seconds=min(5 * 2**item.attempts, 3 * 3600))


def retry(item_id: int) -> None:
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item_id, OutboxItem.status == OutboxStatus.failed)
        .values(attempts=0, due_at=now(), status=OutboxStatus.waiting)
    )


def failed_count() -> int:
    return (
        session.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.status == OutboxStatus.failed))
        or 0
    )


def listing(limit: int = 200) -> list[OutboxItem]:
    """The newest items, for administrators."""
    return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id.desc()).limit(limit)))


def get(item_id: int) -> OutboxItem | None:
    return session.get(OutboxItem, item_id)

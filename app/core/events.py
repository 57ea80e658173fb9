"""Reading the record of events for a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.audit import Event
from app.core.db import session


@dataclass(frozen=True)
class Line:
    """One event as a page shows it. ``actor_id`` is resolved to a name by the caller, who knows what may be shown."""

    at: datetime
    name: str
    actor_id: int | None
    on_behalf_of: str | None
    from_status: str | None
    to_status: str | None
    reason: str | None
    label: Any
    actor_name: str | None


def history(subject: Any, labels: Mapping[str, Any], names: Mapping[int, str], limit: int = 200) -> list[Line]:
    """The events of one subject, newest first. ``labels`` gives words for states, ``names`` for people."""
    rows = session.scalars(
        select(Event)
        .where(Event.subject_type == subject.__tablename__, Event.subject_id == subject.id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [
        Line(
            row.at, row.name, row.actor_id, row.on_behalf_of, row.from_status, row.to_status, row.reason,
            labels.get(row.to_status or "", row.name), names.get(row.actor_id or 0),
        )
        for row in rows
    ]  # fmt: skip

"""The append-only record of what happened: who, when, what, from which state to which, why, for whom."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Json, Keyed, Model, Short, UTCDateTime, session


class Actor(Protocol):
    """Whoever acts: a signed-in person, or the system itself."""

    @property
    def actor_id(self) -> int | None: ...

    def has_role(self, *roles: str) -> bool: ...


class System:
    """The worker and the command line: no person, every right that a machine's table grants the system."""

    actor_id = None

    def has_role(self, *roles: str) -> bool:
        return "system" in roles


SYSTEM = System()


class Event(Keyed, Model):
    """One thing that happened to one subject. Rows are only ever added."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject_type", "subject_id", "id"),)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    on_behalf_of: Mapped[str | None] = mapped_column(Short)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    from_status: Mapped[str | None] = mapped_column(String(32))
    to_status: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(4000))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


@event.listens_for(Event, "before_update")
@event.listens_for(Event, "before_delete")
def _append_only(mapper: Any, connection: Any, target: Event) -> None:
    raise AssertionError("the record of events is append-only")


def record(
    subject: Any,
    name: str,
    actor: Actor,
    *,
    from_status: str | None = None,
    to_status: str | None = None,
    reason: str | None = None,
    on_behalf_of: str | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Write one event in the running transaction; the subject must have been flushed (it needs its key)."""
    row = Event(
        at=now(),
        actor_id=actor.actor_id,
        on_behalf_of=on_behalf_of,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        name=name,
        from_status=from_status,
        to_status=to_status,
        reason=reason,
        data=data or {},
    )
    session.add(row)
    return row

"""Disputes of what stands verified in the ledger. The rows of the ledger stay as they are; marks say what they count."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Code, Keyed, Long, Model, Stateful, UTCDateTime
from app.core.storage import StoredFile
from app.organisations.models import Organisation
from app.outcomes.choices import DisputeStatus
from app.outcomes.models.ledger import Observation


class Dispute(Keyed, Stateful, Model):
    """Somebody doubts a verified observation. ``undisputed`` is the level of evidence that counts meanwhile (-1: none,
    it counts nowhere); ``organisation`` is asked to answer until ``due_on``; an officer who did not open it decides."""

    __tablename__ = "outcome_dispute"
    __table_args__ = (
        CheckConstraint("undisputed between -1 and 2", "undisputed"),
        Index("ix_outcome_dispute_status", "status", "id"),
        Index("ix_outcome_dispute_organisation", "organisation_id", "status"),
    )
    observation_id: Mapped[int] = mapped_column(ForeignKey("observation.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[DisputeStatus] = mapped_column(Code(DisputeStatus), default=DisputeStatus.open)
    undisputed: Mapped[int]
    reason: Mapped[str] = mapped_column(Long)
    by_office: Mapped[bool]
    opened_on: Mapped[date]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(Long, default="")
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("observation.id"))
    observation: Mapped[Observation] = relationship(foreign_keys=[observation_id])
    organisation: Mapped[Organisation | None] = relationship()
    correction: Mapped[Observation | None] = relationship(foreign_keys=[correction_id])
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    notes: Mapped[list["DisputeNote"]] = relationship(
        back_populates="dispute", order_by="DisputeNote.id", cascade="all, delete-orphan"
    )


class DisputeNote(Keyed, Model):
    """A question of the office, or an answer of the organisation with a file if it has one."""

    __tablename__ = "outcome_dispute_note"
    dispute_id: Mapped[int] = mapped_column(ForeignKey("outcome_dispute.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asks: Mapped[bool]
    words: Mapped[str] = mapped_column(Long, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    dispute: Mapped[Dispute] = relationship(back_populates="notes")
    by: Mapped[User] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class EvidenceMark(Keyed, Model):
    """From ``recorded_on`` on a row of the ledger counts as shown at ``level`` (-1: it counts nowhere), whatever level
    it was recorded with. The last mark known on a day holds; a mark never lifts a row above its own level."""

    __tablename__ = "evidence_mark"
    __table_args__ = (
        CheckConstraint("level between -1 and 3", "level"),
        CheckConstraint("(observation_id is null) <> (sales_year_id is null)", "one"),
    )
    dispute_id: Mapped[int] = mapped_column(ForeignKey("outcome_dispute.id", ondelete="CASCADE"), index=True)
    observation_id: Mapped[int | None] = mapped_column(ForeignKey("observation.id", ondelete="CASCADE"), index=True)
    sales_year_id: Mapped[int | None] = mapped_column(ForeignKey("sales_year.id", ondelete="CASCADE"), index=True)
    recorded_on: Mapped[date]
    level: Mapped[int]


def _append_only(mapper: Any, connection: Any, target: Any) -> None:
    raise AssertionError("marks are append-only; record a later one")


event.listen(EvidenceMark, "before_update", _append_only)
event.listen(EvidenceMark, "before_delete", _append_only)

"""Change requests with their typed items, what held before, and what they made different."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.changes.choices import ChangeKind, ChangeStatus
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Stateful, UTCDateTime
from app.projects.models import Project


class ChangeRequest(Keyed, Stateful, Model):
    """A request of the consortium to change what was agreed (MON-4, MON-13), or its notice of a minor change.

    ``basis`` is the digest of how the project stood when the request was handed in or decided; ``effects`` what it made
    different, frozen at that moment. ``effective_on`` is a day in Japan.
    """

    __tablename__ = "change_request"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_change_request_status", "status", "submitted_at", "id"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    status: Mapped[ChangeStatus] = mapped_column(Code(ChangeStatus), default=ChangeStatus.draft)
    reason: Mapped[str] = mapped_column(Long, default="")
    effect_on_goals: Mapped[str] = mapped_column(Long, default="")
    effect_on_budget: Mapped[str] = mapped_column(Long, default="")
    effective_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    conditions: Mapped[str] = mapped_column(Long, default="")
    remarks: Mapped[str] = mapped_column(Long, default="")  # on returning or refusing
    basis: Mapped[str] = mapped_column(String(64), default="")
    effects: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    project: Mapped[Project] = relationship()
    items: Mapped[list["ChangeItem"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", order_by="ChangeItem.position, ChangeItem.id"
    )


class ChangeItem(Keyed, Model):
    """One change of a request; ``given`` by field of its kind (days as ISO text, money as whole yen)."""

    __tablename__ = "change_item"
    __table_args__ = (
        CheckConstraint("position >= 1", "position"),
        Index("ix_change_item_request", "request_id", "position"),
    )
    request_id: Mapped[int] = mapped_column(ForeignKey("change_request.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[ChangeKind] = mapped_column(Code(ChangeKind))
    given: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    request: Mapped[ChangeRequest] = relationship(back_populates="items")

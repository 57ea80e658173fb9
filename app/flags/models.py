"""Flags: what a rule found about a project."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.db import Code, Json, Keyed, Model, Stateful, UTCDateTime
from app.flags.choices import FlagStatus
from app.projects.models import Project


class Flag(Keyed, Stateful, Model):
    """A rule's finding about a project, with the facts it rests on; one living flag per rule and occasion."""

    __tablename__ = "flag"
    __table_args__ = (
        Index(
            "uq_flag_living",
            "rule",
            "project_id",
            "occasion",
            unique=True,
            sqlite_where=text("cleared_at is null"),
            postgresql_where=text("cleared_at is null"),
        ),
        Index("ix_flag_status", "status", "raised_at"),
    )
    rule: Mapped[str] = mapped_column(String(60), index=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    occasion: Mapped[str] = mapped_column(String(100), default="")  # e.g. the report that is overdue
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    status: Mapped[FlagStatus] = mapped_column(Code(FlagStatus), default=FlagStatus.open)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    cleared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    snoozed_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    project: Mapped[Project] = relationship()

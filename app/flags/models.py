"""Flags: what a rule found about a project, a programme or a firm; and how the rules are set."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Model, Stateful, UTCDateTime, Versioned
from app.flags.choices import FlagStatus, Judged
from app.organisations.models import Organisation
from app.projects.models import Project


class Flag(Keyed, Stateful, Model):
    """A rule's finding with the facts it rests on; one living flag per rule, subject and occasion.

    ``subject`` is ``project:<id>``, ``organisation:<id>``, ``programme:<code>`` or ``cohort:<code>:<fiscal year>``.
    ``owner`` is the officer who took it in hand, ``judged`` what was found on resolving it.
    """

    __tablename__ = "flag"
    __table_args__ = (
        Index(
            "uq_flag_living",
            "rule",
            "subject",
            "occasion",
            unique=True,
            sqlite_where=text("cleared_at is null"),
            postgresql_where=text("cleared_at is null"),
        ),
        Index("ix_flag_status", "status", "raised_at"),
        Index("ix_flag_judged", "rule", "judged"),
    )
    rule: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    occasion: Mapped[str] = mapped_column(String(100), default="")  # e.g. the report that is overdue
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    given: Mapped[dict[str, int] | None] = mapped_column(Json, default=None)  # how the rule was set when it last held
    status: Mapped[FlagStatus] = mapped_column(Code(FlagStatus), default=FlagStatus.open)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    cleared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    gone: Mapped[str] = mapped_column(String(20), default="", server_default="")  # why it was cleared: choices.Gone
    snoozed_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    judged: Mapped[Judged | None] = mapped_column(Code(Judged))
    project: Mapped[Project | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])


class FlagSetting(Keyed, Versioned, Model):
    """How officers set a rule, for one programme or (empty) for all; ``given`` by parameter."""

    __tablename__ = "flag_setting"
    __table_args__ = (
        Index("uq_flag_setting_rule", "rule", "programme", unique=True),
        CheckConstraint("programme = '' or programme in ('consortium_rd', 'new_collaboration')", "programme"),
    )
    rule: Mapped[str] = mapped_column(String(60))
    programme: Mapped[str] = mapped_column(String(32), default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    given: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by: Mapped[User] = relationship()

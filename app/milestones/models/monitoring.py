"""What an officer thinks of a project's course, period by period."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Keyed, Long, Model, UTCDateTime, Versioned


class MonitoringScore(Keyed, Versioned, Model):
    """Four judgements from 1 (worst) to 4 about one period, with words for the office and words for the consortium.

    The consortium sees its words, and the scores, from ``released_at`` on; never the words for the office.
    """

    __tablename__ = "monitoring_score"
    __table_args__ = (
        UniqueConstraint("project_id", "period_to"),
        CheckConstraint("schedule between 1 and 4", "schedule"),
        CheckConstraint("technical between 1 and 4", "technical"),
        CheckConstraint("cost between 1 and 4", "cost"),
        CheckConstraint("consortium between 1 and 4", "consortium"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    period_to: Mapped[date]
    schedule: Mapped[int]
    technical: Mapped[int]
    cost: Mapped[int]
    consortium: Mapped[int]
    for_office: Mapped[str] = mapped_column(Long, default="")
    for_consortium: Mapped[str] = mapped_column(Long, default="")
    scored_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    scored_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

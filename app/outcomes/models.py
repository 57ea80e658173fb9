"""What came of a project: yearly follow-ups and dated append-only observations."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Code, Keyed, Long, Model, Stateful, UTCDateTime, Yen
from app.core.storage import StoredFile
from app.outcomes.choices import DevState, FollowUpStatus, ReasonCode
from app.projects.models import Project


class Observation(Keyed, Model):
    """What was true of a project on ``observed_on``, known since ``recorded_on``. Rows are only ever added.

    ``dev_state`` and ``stage`` are orthogonal (OUT-6). A later correction is a new row with a later ``recorded_on``.
    """

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint(
            "project_id",
            "observed_on",
            "recorded_on",
            "dev_state",
            "stage",
            "evidence_level",
            "product_key",
            "source",
            name="uq_observation_row",
        ),
        CheckConstraint("stage between 0 and 5", "stage"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_observation_project", "project_id", "observed_on", "recorded_on"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    observed_on: Mapped[date]
    recorded_on: Mapped[date]
    dev_state: Mapped[DevState] = mapped_column(Code(DevState))
    stage: Mapped[int]
    evidence_level: Mapped[int]
    product_key: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"), index=True)
    project: Mapped[Project] = relationship()


@event.listens_for(Observation, "before_update")
def _append_only(mapper: Any, connection: Any, target: Observation) -> None:
    raise AssertionError("observations are append-only; record a new one")


class FollowUp(Keyed, Stateful, Model):
    """One yearly commercialization status report (MON-10): no. 1 covers the fiscal year of completion."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("sales_yen >= 0", "sales"),
        CheckConstraint("jobs >= 0", "jobs"),
        Index("ix_follow_up_due", "status", "due_on"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    fiscal_year: Mapped[int]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[FollowUpStatus] = mapped_column(Code(FollowUpStatus), default=FollowUpStatus.due)
    observed_on: Mapped[date | None]
    dev_state: Mapped[DevState | None] = mapped_column(Code(DevState))
    stage: Mapped[int | None]
    reason_code: Mapped[ReasonCode | None] = mapped_column(Code(ReasonCode))
    product: Mapped[str] = mapped_column(String(200), default="")
    first_sale_on: Mapped[date | None]
    sales_yen: Mapped[int | None] = mapped_column(Yen)
    jobs: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(Long, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    evidence_level: Mapped[int | None]
    remarks: Mapped[str] = mapped_column(Long, default="")
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    project: Mapped[Project] = relationship()
    file: Mapped[StoredFile | None] = relationship()

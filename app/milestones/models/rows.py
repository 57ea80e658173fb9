"""What was agreed to be reached: milestones and deliverables, the record of every changed date, the evidence."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Code, Keyed, Long, Model, Stateful, UTCDateTime
from app.core.storage import StoredFile
from app.milestones.choices import MilestoneKind, MilestoneStatus
from app.organisations.models import Organisation
from app.projects.models import Project


class Milestone(Keyed, Stateful, Model):
    """An agreed milestone or deliverable with its numeric target and its owner.

    ``due_on`` is the agreed day: after the start it moves by a change request or an officer's act alone, and the old
    day stays in the record (MilestoneChange). ``forecast_on`` is what its owner expects now, ``actual_on`` when it
    was reached. Whether it is late is computed.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("project_id", "position"),
        CheckConstraint("progress_pct is null or (progress_pct >= 0 and progress_pct <= 100)", "progress"),
        CheckConstraint("begins_on is null or begins_on <= due_on", "period"),
        Index("ix_milestone_due", "status", "due_on"),
        Index("ix_milestone_organisation_id", "organisation_id"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[MilestoneKind] = mapped_column(Code(MilestoneKind), default=MilestoneKind.milestone)
    goal: Mapped[str] = mapped_column(String(400))
    target_value: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40), default="")
    begins_on: Mapped[date | None]
    due_on: Mapped[date]
    forecast_on: Mapped[date | None]
    actual_on: Mapped[date | None]
    value_reached: Mapped[str] = mapped_column(String(40), default="")
    progress_pct: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(1000), default="")  # the owner's, as it stands now
    status: Mapped[MilestoneStatus] = mapped_column(Code(MilestoneStatus), default=MilestoneStatus.open)
    remarks: Mapped[str] = mapped_column(Long, default="")  # the officer's, on accepting or sending back
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship()
    project: Mapped[Project] = relationship()
    files: Mapped[list["MilestoneFile"]] = relationship(cascade="all, delete-orphan", order_by="MilestoneFile.id")

    @property
    def expected_on(self) -> date:
        """The best knowledge of the day: reached, else forecast, else agreed."""
        return self.actual_on or self.forecast_on or self.due_on


class MilestoneChange(Keyed, Model):
    """One changed field of a milestone: what stood there, what stands there now, who, when, why. Never edited.

    ``origin`` names what the change rests on: empty for its owner's forecast, ``officer``, or a change request.
    """

    __tablename__ = "milestone_change"
    __table_args__ = (Index("ix_milestone_change_milestone", "milestone_id", "id"),)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(400), default="")
    after: Mapped[str] = mapped_column(String(400), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")
    by: Mapped[User | None] = relationship()


class MilestoneFile(Keyed, Model):
    """Evidence that a milestone was reached, or the deliverable itself."""

    __tablename__ = "milestone_file"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship()

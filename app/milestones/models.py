"""A project's milestones and the reports on them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Code, Keyed, Long, Model, Stateful, UTCDateTime, Yen
from app.core.storage import StoredFile
from app.milestones.choices import Achievement, ReportStatus
from app.organisations.models import Organisation
from app.projects.models import Project


class Milestone(Keyed, Model):
    """An agreed milestone with its numeric target."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("project_id", "position"),)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    position: Mapped[int]
    goal: Mapped[str] = mapped_column(String(400))
    target_value: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40), default="")
    due_on: Mapped[date]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship()


class MilestoneReport(Keyed, Stateful, Model):
    """The report on one period (MON-5, MON-12). ``due_on`` decides whether it is overdue."""

    __tablename__ = "milestone_report"
    __table_args__ = (
        UniqueConstraint("project_id", "period_from"),
        CheckConstraint("period_to >= period_from", "period"),
        CheckConstraint("spend_yen >= 0", "spend"),
        Index("ix_milestone_report_due", "status", "due_on"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[ReportStatus] = mapped_column(Code(ReportStatus), default=ReportStatus.due)
    work_done: Mapped[str] = mapped_column(Long, default="")
    deviations: Mapped[str] = mapped_column(Long, default="")
    spend_yen: Mapped[int | None] = mapped_column(Yen)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    remarks: Mapped[str] = mapped_column(Long, default="")  # the officer's, on returning or accepting
    project: Mapped[Project] = relationship()
    results: Mapped[list["MilestoneResult"]] = relationship(
        cascade="all, delete-orphan", order_by="MilestoneResult.milestone_id"
    )
    files: Mapped[list["ReportFile"]] = relationship(cascade="all, delete-orphan", order_by="ReportFile.id")


class MilestoneResult(Keyed, Model):
    """What a report says about one milestone."""

    __tablename__ = "milestone_result"
    __table_args__ = (UniqueConstraint("report_id", "milestone_id"),)
    report_id: Mapped[int] = mapped_column(ForeignKey("milestone_report.id", ondelete="CASCADE"))
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    achievement: Mapped[Achievement | None] = mapped_column(Code(Achievement))
    value: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    milestone: Mapped[Milestone] = relationship()


class ReportFile(Keyed, Model):
    __tablename__ = "report_file"
    report_id: Mapped[int] = mapped_column(ForeignKey("milestone_report.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship()

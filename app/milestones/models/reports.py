"""Reports on a project: what each partner wrote, what the lead compiled, every version that was handed in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.core.storage import StoredFile
from app.milestones.choices import Achievement, ExtensionStatus, ReportKind, ReportStatus
from app.milestones.models.rows import Milestone
from app.organisations.models import Organisation
from app.projects.models import Project


class MilestoneReport(Keyed, Stateful, Model):
    """The report on one period (MON-5, MON-12). ``due_on`` decides whether it is overdue.

    ``texts`` holds the sections beyond work, deviations and spend (definitions.sections) by key; ``sent_back`` what an
    officer wants changed, by section: while it names any, the others stay locked. ``first_due_on`` is the due date
    before extensions, None while there was none.
    """

    __tablename__ = "milestone_report"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "period_from"),
        CheckConstraint("period_to >= period_from", "period"),
        CheckConstraint("spend_yen >= 0", "spend"),
        Index("ix_milestone_report_due", "status", "due_on"),
        Index("ix_milestone_report_listed", "due_on", "id"),
        Index("ix_milestone_report_kind", "kind", "due_on", "id"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    kind: Mapped[ReportKind] = mapped_column(Code(ReportKind), default=ReportKind.progress)
    period_from: Mapped[date]
    period_to: Mapped[date]
    due_on: Mapped[date]
    first_due_on: Mapped[date | None]
    status: Mapped[ReportStatus] = mapped_column(Code(ReportStatus), default=ReportStatus.due)
    work_done: Mapped[str] = mapped_column(Long, default="")
    deviations: Mapped[str] = mapped_column(Long, default="")
    spend_yen: Mapped[int | None] = mapped_column(Yen)
    texts: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    sent_back: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    remarks: Mapped[str] = mapped_column(Long, default="")  # the officer's, on returning or accepting
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # who tells of an incident
    project: Mapped[Project] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    results: Mapped[list["MilestoneResult"]] = relationship(
        cascade="all, delete-orphan", order_by="MilestoneResult.milestone_id"
    )
    files: Mapped[list["ReportFile"]] = relationship(cascade="all, delete-orphan", order_by="ReportFile.id")
    parts: Mapped[list["ReportPart"]] = relationship(
        cascade="all, delete-orphan", order_by="ReportPart.organisation_id", back_populates="report"
    )
    extensions: Mapped[list["ReportExtension"]] = relationship(
        cascade="all, delete-orphan", order_by="ReportExtension.id", back_populates="report"
    )


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


class ReportPart(Keyed, Versioned, Model):
    """What one partner writes into a report: its own work, hours, spend. Confirmed by one of its people.

    ``costs`` (yen by cost item) and ``costs_note`` are for that partner and the office alone; the other partners know
    its total, which the lead adds up.
    """

    __tablename__ = "report_part"
    __table_args__ = (
        UniqueConstraint("report_id", "organisation_id"),
        CheckConstraint("staff_hours is null or staff_hours >= 0", "hours"),
    )
    report_id: Mapped[int] = mapped_column(ForeignKey("milestone_report.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    work: Mapped[str] = mapped_column(Long, default="")
    deviations: Mapped[str] = mapped_column(Long, default="")
    staff_hours: Mapped[int | None]  # hours
    costs: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    costs_note: Mapped[str] = mapped_column(Long, default="")
    assets: Mapped[str] = mapped_column(Long, default="")
    ip: Mapped[str] = mapped_column(Long, default="")
    meetings: Mapped[str] = mapped_column(Long, default="")
    next_period: Mapped[str] = mapped_column(Long, default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_name: Mapped[str] = mapped_column(Short, default="")
    report: Mapped[MilestoneReport] = relationship(back_populates="parts")
    organisation: Mapped[Organisation] = relationship()

    @property
    def spend_yen(self) -> int:
        return sum(self.costs.values())


class ReportVersion(Keyed, Model):
    """A report exactly as it was handed in; ``sha256`` is taken over ``content`` in its canonical JSON. Never edited."""

    __tablename__ = "report_version"
    __table_args__ = (UniqueConstraint("report_id", "number"),)
    report_id: Mapped[int] = mapped_column(ForeignKey("milestone_report.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[User | None] = relationship()


class ReportExtension(Keyed, Stateful, Model):
    """A later due date that the consortium asked for, and what an officer decided."""

    __tablename__ = "report_extension"
    __table_args__ = (Index("ix_report_extension_report", "report_id", "id"),)
    report_id: Mapped[int] = mapped_column(ForeignKey("milestone_report.id", ondelete="CASCADE"))
    status: Mapped[ExtensionStatus] = mapped_column(Code(ExtensionStatus), default=ExtensionStatus.asked)
    before_on: Mapped[date]
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(String(1000), default="")
    report: Mapped[MilestoneReport] = relationship(back_populates="extensions")

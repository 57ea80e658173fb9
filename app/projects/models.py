"""Projects: what was adopted, with its participants; made from an application here or imported from history."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.choices import MemberRole, Right
from app.applications.models import Application
from app.calls.choices import Programme
from app.core.clock import now
from app.core.db import Code, Keyed, Model, Short, Stateful, UTCDateTime, Yen
from app.core.i18n import Bilingual
from app.organisations.models import Organisation
from app.projects.choices import ProjectStatus, Regime


class Project(Keyed, Stateful, Model):
    """An adopted project. ``project_key`` is its stable key in files and the award number on paper."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("amount_yen >= 0", "amount"),
        CheckConstraint("completed_on is null or started_on is null or completed_on >= started_on", "period"),
        Index("ix_project_adopted", "programme", "adopted_on", "status"),
        Index("ix_project_completed", "programme", "status", "completed_on"),
        Index("ix_project_status_key", "status", "project_key"),
        Index("ix_project_region_key", "region", "project_key"),
    )
    project_key: Mapped[str] = mapped_column(String(60), unique=True)
    programme: Mapped[Programme] = mapped_column(Code(Programme))
    frame: Mapped[str] = mapped_column(String(20), default="")
    title_en: Mapped[str] = mapped_column(Short, default="")
    title_ja: Mapped[str] = mapped_column(Short, default="")
    region: Mapped[str | None] = mapped_column(String(20))
    field: Mapped[str] = mapped_column(String(200), default="")  # codes separated by ;
    adopted_on: Mapped[date]
    started_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    status: Mapped[ProjectStatus] = mapped_column(Code(ProjectStatus), default=ProjectStatus.adopted)
    amount_yen: Mapped[int | None] = mapped_column(Yen)
    observed_from: Mapped[date | None]  # CR-11: earlier years were never observed
    regime: Mapped[Regime | None] = mapped_column(Code(Regime))
    followup_years: Mapped[int] = mapped_column(default=5)
    planned_end_on: Mapped[date | None]
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    application: Mapped[Application | None] = relationship()
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="project", order_by="Participant.id", cascade="all, delete-orphan"
    )

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_en or self.title_ja, self.title_ja or self.title_en)


class Participant(Keyed, Model):
    """An organisation in a project, in a role, for a time (both dates may be open)."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id", "role", "valid_from"),
        CheckConstraint("allocation_yen >= 0", "allocation"),
        Index("ix_participant_org", "organisation_id", "project_id"),
        Index(  # everything that rates read of a participation: the table itself is left alone
            "ix_participant_counted",
            *("project_id", "organisation_id", "valid_from", "valid_to", "role", "allocation_yen"),
        ),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[MemberRole] = mapped_column(Code(MemberRole))
    allocation_yen: Mapped[int | None] = mapped_column(Yen)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    project: Mapped[Project] = relationship(back_populates="participants")
    organisation: Mapped[Organisation] = relationship()


class ParticipantPerson(Keyed, Model):
    """A person named to act for an organisation that joined a project after its award, and with which right. Who joined
    with the proposal has its people there (``MemberPerson``); these sign nothing of the proposal and do not read it."""

    __tablename__ = "participant_person"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id", "user_id"),
        Index("ix_participant_person_user", "user_id", "project_id"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    right: Mapped[Right] = mapped_column(Code(Right))
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    named_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class AgreedBudgetLine(Keyed, Model):
    """The budget agreed at the award: organisation x fiscal year x cost item."""

    __tablename__ = "agreed_budget_line"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id", "fiscal_year", "cost_item"),
        CheckConstraint("amount_yen >= 0", "amount"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fiscal_year: Mapped[int]
    cost_item: Mapped[str] = mapped_column(String(10))
    amount_yen: Mapped[int] = mapped_column(Yen)
    organisation: Mapped[Organisation] = relationship()

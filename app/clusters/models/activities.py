"""What happens in the networks (domain.md 11.6): meetings, missions, finance conferences, trainings, incubation."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clusters.choices import ActivityKind, AttendeeRole, ResultKind, TrainingProgramme
from app.clusters.models.registers import Cluster
from app.core.db import Code, Keyed, Long, Model, Short, Versioned, Yen
from app.organisations.models import IncomingName, Organisation


class Activity(Keyed, Versioned, Model):
    """One activity of one or several clusters. ``head_count`` is what was reported; attendances are records of their own.

    ``block`` belongs to finance conferences (blocks are not bureaus, I13, and no source names them: free text),
    ``programme`` to trainings.
    """

    __tablename__ = "network_activity"
    __table_args__ = (
        CheckConstraint("ended_on is null or ended_on >= held_on", "period"),
        CheckConstraint("head_count >= 0", "head_count"),
        Index("ix_network_activity_kind", "kind", "held_on"),
        Index("ix_network_activity_held_on", "held_on"),
    )
    activity_key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[ActivityKind] = mapped_column(Code(ActivityKind))
    title_en: Mapped[str] = mapped_column(Short, default="")
    title_ja: Mapped[str] = mapped_column(Short, default="")
    held_on: Mapped[date]
    ended_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(Short, default="")
    country: Mapped[str] = mapped_column(String(2), default="JP")
    partners: Mapped[str] = mapped_column(String(400), default="")
    outcomes: Mapped[str] = mapped_column(Long, default="")
    head_count: Mapped[int | None]
    block: Mapped[str] = mapped_column(String(60), default="")
    programme: Mapped[TrainingProgramme | None] = mapped_column(Code(TrainingProgramme))
    is_synthetic: Mapped[bool] = mapped_column(default=False)

    @property
    def title(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.title_en or self.title_ja, self.title_ja or self.title_en)


class ActivityCluster(Keyed, Model):
    """A cluster that took part in holding an activity."""

    __tablename__ = "activity_cluster"
    __table_args__ = (Index("uq_activity_cluster", "cluster_id", "activity_id", unique=True),
                      Index("ix_activity_cluster_activity", "activity_id"))  # fmt: skip
    activity_id: Mapped[int] = mapped_column(ForeignKey("network_activity.id", ondelete="CASCADE"))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    cluster: Mapped[Cluster] = relationship()


class Attendance(Keyed, Model):
    """People of one organisation at an activity: how many, or one by name (which no public page shows).

    The organisation is the register's, or still a name that waits to be matched.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("persons > 0", "persons"),
        CheckConstraint("(organisation_id is null) <> (name_id is null)", "whose"),
        Index("ix_attendance_activity", "activity_id"),
        Index("ix_attendance_org", "organisation_id"),
        Index("ix_attendance_name", "name_id"),
    )
    activity_id: Mapped[int] = mapped_column(ForeignKey("network_activity.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    name_id: Mapped[int | None] = mapped_column(ForeignKey("incoming_name.id"))
    role: Mapped[AttendeeRole] = mapped_column(Code(AttendeeRole))
    persons: Mapped[int] = mapped_column(default=1)
    person_name: Mapped[str] = mapped_column(Short, default="")
    organisation: Mapped[Organisation | None] = relationship()
    name: Mapped[IncomingName | None] = relationship()


class ActivityResult(Keyed, Model):
    """What came of an activity later: two organisations matched, a loan, an investment, a contract."""

    __tablename__ = "activity_result"
    __table_args__ = (
        CheckConstraint("amount_yen >= 0", "amount"),
        CheckConstraint("organisation_id <> partner_id", "two"),
        Index("ix_activity_result_activity", "activity_id"),
        Index("ix_activity_result_org", "organisation_id"),
        Index("ix_activity_result_partner", "partner_id"),
    )
    activity_id: Mapped[int] = mapped_column(ForeignKey("network_activity.id", ondelete="CASCADE"))
    kind: Mapped[ResultKind] = mapped_column(Code(ResultKind))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    agreed_on: Mapped[date]
    amount_yen: Mapped[int | None] = mapped_column(Yen)
    note: Mapped[str] = mapped_column(String(400), default="")
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    partner: Mapped[Organisation | None] = relationship(foreign_keys=[partner_id])


class IncubationFacility(Keyed, Versioned, Model):
    """A place for young companies, open from a day until before another."""

    __tablename__ = "incubation_facility"
    __table_args__ = (
        CheckConstraint("closed_on is null or closed_on > opened_on", "period"),
        CheckConstraint("tenants >= 0", "tenants"),
        Index("ix_incubation_facility_cluster", "cluster_id"),
        Index("ix_incubation_facility_operator", "operator_id"),
    )
    name_en: Mapped[str] = mapped_column(Short, default="")
    name_ja: Mapped[str] = mapped_column(Short, default="")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    prefecture: Mapped[str | None] = mapped_column(String(2))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    tenants: Mapped[int | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    operator: Mapped[Organisation | None] = relationship()
    cluster: Mapped[Cluster | None] = relationship()

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class IncubationManager(Keyed, Versioned, Model):
    """A person who assists founders; the name is for the office and the clusters only."""

    __tablename__ = "incubation_manager"
    __table_args__ = (Index("ix_incubation_manager_facility", "facility_id"),)
    person_name: Mapped[str] = mapped_column(Short)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("incubation_facility.id"))
    qualified_on: Mapped[date]
    left_on: Mapped[date | None]
    programme: Mapped[TrainingProgramme | None] = mapped_column(Code(TrainingProgramme))
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    facility: Mapped[IncubationFacility | None] = relationship()

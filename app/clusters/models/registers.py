"""Cluster projects of each phase, how one became another, and who belongs to them from when until when."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clusters.choices import BaseRole, LinkKind
from app.core.db import Code, Keyed, Model, Short, Versioned
from app.organisations.models import IncomingName, Organisation


class Cluster(Keyed, Model):
    """One regional industrial cluster project (19 in Phase I, 17 in Phase II)."""

    __tablename__ = "cluster"
    __table_args__ = (CheckConstraint("phase in (1, 2, 3)", "phase"),)
    cluster_code: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(Short)
    name_ja: Mapped[str] = mapped_column(Short)
    phase: Mapped[int]
    bureau: Mapped[str] = mapped_column(String(20), index=True)
    fields: Mapped[str] = mapped_column(String(400), default="")  # codes separated by ;
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en, self.name_ja)


class ClusterLink(Keyed, Model):
    """Lineage between phases; ``ended`` has no successor and ``new`` no predecessor."""

    __tablename__ = "cluster_link"
    __table_args__ = (UniqueConstraint("from_id", "to_id", "kind"),)
    from_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    kind: Mapped[LinkKind] = mapped_column(Code(LinkKind))
    source: Mapped[Cluster | None] = relationship(foreign_keys=[from_id])
    target: Mapped[Cluster | None] = relationship(foreign_keys=[to_id])


class Membership(Keyed, Versioned, Model):
    """An organisation belongs to a cluster at t when ``valid_from <= t < valid_to`` (empty ``valid_to`` = open)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "cluster_id", "valid_from"),
        CheckConstraint("valid_to is null or valid_to > valid_from", "period"),
        Index("ix_membership_cluster", "cluster_id", "organisation_id"),
        Index("ix_membership_dates", "organisation_id", "valid_from", "valid_to"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(String(400), default="")
    organisation: Mapped[Organisation] = relationship()
    cluster: Mapped[Cluster] = relationship()


class ClusterArea(Keyed, Versioned, Model):
    """A part of a cluster with a name of its own, such as TAMA. Its places are text: membership is never derived from
    an address (one area spans prefectures of two bureaus; domain.md 11.1)."""

    __tablename__ = "cluster_area"
    __table_args__ = (
        UniqueConstraint("cluster_id", "area_code"),
        CheckConstraint("valid_to is null or valid_to > valid_from", "period"),
    )
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    area_code: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(Short, default="")
    name_ja: Mapped[str] = mapped_column(Short, default="")
    places: Mapped[str] = mapped_column(String(400), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(400), default="")

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class BaseOrganisation(Keyed, Versioned, Model):
    """An organisation that runs a cluster's network (promotion) or is its base, from a day until before another."""

    __tablename__ = "base_organisation"
    __table_args__ = (
        UniqueConstraint("cluster_id", "organisation_id", "role", "valid_from"),
        CheckConstraint("valid_to is null or valid_to > valid_from", "period"),
        Index("ix_base_organisation_org", "organisation_id"),
    )
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("cluster_area.id"))
    role: Mapped[BaseRole] = mapped_column(Code(BaseRole))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(String(400), default="")
    organisation: Mapped[Organisation] = relationship()
    area: Mapped[ClusterArea | None] = relationship()


class WaitingMember(Keyed, Model):
    """A membership reported under a name that nobody has yet matched to the register; taken in once that is done."""

    __tablename__ = "waiting_member"
    __table_args__ = (UniqueConstraint("cluster_id", "name_id"), Index("ix_waiting_member_name", "name_id"))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    name_id: Mapped[int] = mapped_column(ForeignKey("incoming_name.id"))
    valid_from: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(400), default="")
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    name: Mapped[IncomingName] = relationship()

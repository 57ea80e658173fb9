"""What clusters aim at, and the new businesses that are counted towards it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clusters.choices import BusinessType, FigureKind, Indicator
from app.clusters.models.registers import Cluster
from app.core.db import Code, Json, Keyed, Model, Short, UTCDateTime, Versioned
from app.organisations.models import Organisation


class Target(Keyed, Versioned, Model):
    """One figure of a cluster, or (without a cluster) of all together: aimed at, forecast or reported (I7, S057, S068).

    It holds for ``valid_from <= t < valid_to``. A cumulative figure counts everything up to its end, from
    ``counted_from`` on where the source says since when; another one only what falls into its own period.
    """

    __tablename__ = "cluster_target"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", "period"),
        CheckConstraint("value >= 0", "value"),
        CheckConstraint("baseline >= 0", "baseline"),
        Index("ix_cluster_target_cluster", "cluster_id", "indicator"),
    )
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    indicator: Mapped[Indicator] = mapped_column(Code(Indicator))
    kind: Mapped[FigureKind] = mapped_column(Code(FigureKind))
    value: Mapped[int] = mapped_column(BigInteger)
    baseline: Mapped[int | None] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    cumulative: Mapped[bool] = mapped_column(default=False)
    counted_from: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(400), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cluster: Mapped[Cluster | None] = relationship()


class NewBusiness(Keyed, Versioned, Model):
    """One new business (CR-15). Organisation, type and normalised name together are its key: no two clusters count it
    twice. A retracted one is outside of that.

    A forecast that comes true changes its ``kind``; it never becomes a second record. ``distinct_from`` holds the keys
    of records that look alike and that a person has judged to be others.
    """

    __tablename__ = "new_business"
    __table_args__ = (
        CheckConstraint("kind in ('forecast', 'actual')", "kind"),
        CheckConstraint("(counts is null) = (retracted_at is not null)", "retracted"),
        UniqueConstraint("organisation_id", "type", "name_key", "counts"),
        Index("ix_new_business_counted", "cluster_id", "kind", "started_on"),
        Index("ix_new_business_name_key", "name_key"),
        Index("ix_new_business_started_on", "started_on"),
    )
    business_key: Mapped[str] = mapped_column(String(60), unique=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name_en: Mapped[str] = mapped_column(Short, default="")
    name_ja: Mapped[str] = mapped_column(Short, default="")
    type: Mapped[BusinessType] = mapped_column(Code(BusinessType))
    kind: Mapped[FigureKind] = mapped_column(Code(FigureKind))
    started_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(400), default="")
    distinct_from: Mapped[list[str]] = mapped_column(Json, default=list)
    name_key: Mapped[str] = mapped_column(Short)
    counts: Mapped[bool | None] = mapped_column(default=True)  # true or empty, never false: see the constraint
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retracted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    cluster: Mapped[Cluster] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def name(self) -> "object":
        from app.core.i18n import Bilingual

        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)

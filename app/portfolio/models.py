"""Saved views, the record of exports, and the PDCA board: targets, their actual values, actions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.calls.choices import Programme
from app.clusters.models import Cluster
from app.clusters.models import Target as ClusterTarget
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned
from app.portfolio.choices import ActionStatus, Actual, FileKind, Kept


class SavedView(Keyed, Versioned, Model):
    """A question to the portfolio under a name: the address it stands for, as [name, value] pairs."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        Index("ix_saved_view_shared", "shared", "name"),
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(Short)
    page: Mapped[Kept] = mapped_column(Code(Kept))
    shared: Mapped[bool] = mapped_column(default=False)
    pairs: Mapped[list[list[str]]] = mapped_column(Json, default=list)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    changed_by: Mapped[User] = relationship(foreign_keys=[changed_by_id])


class PortfolioExport(Keyed, Model):
    """One file that was taken out of the portfolio: who, what was asked, how many rows, why (B31). Only ever added."""

    __tablename__ = "portfolio_export"
    __table_args__ = (
        CheckConstraint("row_count >= 0", "row_count"),
        Index("ix_portfolio_export_user", "user_id", "made_at"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    page: Mapped[Kept] = mapped_column(Code(Kept))
    file_kind: Mapped[FileKind] = mapped_column(Code(FileKind))
    pairs: Mapped[list[list[str]]] = mapped_column(Json, default=list)
    sentence: Mapped[str] = mapped_column(Long)
    row_count: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    user: Mapped[User] = relationship()


class PdcaTarget(Keyed, Versioned, Model):
    """A numeric target: an indicator's baseline on one day and the value to be reached on another.

    ``actual`` says where the present value comes from; ``question`` holds what analytics is asked.
    """

    __tablename__ = "pdca_target"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", "period"),
        Index("ix_pdca_target_period", "starts_on", "ends_on"),
    )
    indicator: Mapped[str] = mapped_column(Short)
    unit: Mapped[str] = mapped_column(String(40))
    baseline: Mapped[float] = mapped_column(Float)
    target: Mapped[float] = mapped_column(Float)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    programme: Mapped[Programme | None] = mapped_column(Code(Programme))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"), index=True)
    source: Mapped[str] = mapped_column(String(400))
    actual: Mapped[Actual] = mapped_column(Code(Actual), default=Actual.typed)
    question: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    cluster: Mapped[Cluster | None] = relationship()


class PdcaValue(Keyed, Model):
    """What an indicator was on a day, as recorded on another. A correction is a further row; none is ever changed."""

    __tablename__ = "pdca_value"
    __table_args__ = (
        CheckConstraint("numerator is null or numerator >= 0", "numerator"),
        Index("ix_pdca_value_target", "target_id", "observed_on", "id"),
    )
    target_id: Mapped[int] = mapped_column(ForeignKey("pdca_target.id"))
    observed_on: Mapped[date]
    value: Mapped[float] = mapped_column(Float)
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    unknown: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(400))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_by: Mapped[User] = relationship()


class PdcaAction(Keyed, Stateful, Model):
    """What is done about a gap: owner, due day, what came of it, and the action of the following year it became.

    It belongs to a target of this board or to a cluster's. ``gap`` is the actual value less the pace on ``gap_on``, as
    it stood when the action was planned.
    """

    __tablename__ = "pdca_action"
    __table_args__ = (
        CheckConstraint("(target_id is null) <> (cluster_target_id is null)", "subject"),
        Index("ix_pdca_action_year", "fiscal_year", "target_id"),
        UniqueConstraint("carried_from_id"),
    )
    target_id: Mapped[int | None] = mapped_column(ForeignKey("pdca_target.id"), index=True)
    cluster_target_id: Mapped[int | None] = mapped_column(ForeignKey("cluster_target.id"), index=True)
    fiscal_year: Mapped[int]
    title: Mapped[str] = mapped_column(Short)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    due_on: Mapped[date]
    status: Mapped[ActionStatus] = mapped_column(Code(ActionStatus), default=ActionStatus.planned)
    gap: Mapped[float | None] = mapped_column(Float)
    gap_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(2000), default="")
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("pdca_action.id"))
    target: Mapped[PdcaTarget | None] = relationship()
    cluster_target: Mapped[ClusterTarget | None] = relationship()
    owner: Mapped[User] = relationship()

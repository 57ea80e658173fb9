"""Things bought with public money that may not be disposed of freely (MON-7)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Code, Keyed, Model, Short, Stateful, UTCDateTime, Yen
from app.money.choices import AssetStatus, DisposalKind, Owner, Sighting
from app.money.models.costs import Expense
from app.organisations.models import Organisation
from app.projects.models import Project


class Asset(Keyed, Stateful, Model):
    """One unit: its price without tax, where it stands, and until when its disposal is restricted."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("project_id", "label"),
        CheckConstraint("unit_price_yen > 0", "price"),
        CheckConstraint("useful_life_years between 1 and 60", "life"),
        Index("ix_asset_restricted", "status", "restricted_until"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    status: Mapped[AssetStatus] = mapped_column(Code(AssetStatus), default=AssetStatus.in_use)
    owner: Mapped[Owner] = mapped_column(Code(Owner))
    name: Mapped[str] = mapped_column(Short)
    label: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(Short)
    unit_price_yen: Mapped[int] = mapped_column(Yen)
    acquired_on: Mapped[date]
    useful_life_years: Mapped[int]
    restricted_until: Mapped[date]
    last_seen: Mapped[Sighting | None] = mapped_column(Code(Sighting))  # what the latest inspection found
    expense: Mapped[Expense] = relationship()
    organisation: Mapped[Organisation] = relationship()
    project: Mapped[Project] = relationship()


class AssetSighting(Keyed, Model):
    """What an inspection found of an asset; rows are only ever added."""

    __tablename__ = "asset_sighting"
    __table_args__ = (Index("ix_asset_sighting_asset", "asset_id", "id"),)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    seen_on: Mapped[date]
    found: Mapped[Sighting] = mapped_column(Code(Sighting))
    note: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by: Mapped[User] = relationship()


class DisposalRequest(Keyed, Model):
    """A wish to dispose of an asset in one of the seven ways, and what the office said."""

    __tablename__ = "disposal_request"
    __table_args__ = (
        CheckConstraint("price_yen is null or price_yen >= 0", "price"),
        CheckConstraint("repay_yen is null or repay_yen >= 0", "repay"),
        Index("ix_disposal_request_asset", "asset_id", "id"),
    )
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    kind: Mapped[DisposalKind] = mapped_column(Code(DisposalKind))
    price_yen: Mapped[int | None] = mapped_column(Yen)
    counterparty: Mapped[str] = mapped_column(Short, default="")
    reason: Mapped[str] = mapped_column(String(1000))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    approved: Mapped[bool | None]
    condition: Mapped[str] = mapped_column(String(1000), default="")
    repay_yen: Mapped[int | None] = mapped_column(Yen)  # the condition of a repayment
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_on: Mapped[date | None]
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

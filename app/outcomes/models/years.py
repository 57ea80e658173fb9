"""What a yearly report says besides its products: value added, and how a new collaboration's plan stands (MON-10, MON-13)."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Json, Keyed, Long, Model, Short, Yen
from app.outcomes.choices import Grade
from app.outcomes.models.reports import FollowUp


class YearStatus(Keyed, Model):
    """The organisation's year beside the report on products. Whole yen; operating profit may be negative; empty is not
    said. ``needs`` holds codes of ``choices.Need``."""

    __tablename__ = "year_status"
    __table_args__ = (
        CheckConstraint("personnel_cost_yen >= 0 and depreciation_yen >= 0", "costs"),
        CheckConstraint("negotiating >= 0 and negotiating_yen >= 0 and funding_yen >= 0", "amounts"),
    )
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"), unique=True)
    operating_profit_yen: Mapped[int | None] = mapped_column(Yen)
    personnel_cost_yen: Mapped[int | None] = mapped_column(Yen)
    depreciation_yen: Mapped[int | None] = mapped_column(Yen)
    sales_words: Mapped[str] = mapped_column(Long, default="")
    negotiating: Mapped[int | None]
    negotiating_yen: Mapped[int | None] = mapped_column(Yen)
    funding_yen: Mapped[int | None] = mapped_column(Yen)
    funding: Mapped[str] = mapped_column(Long, default="")
    members_changed: Mapped[bool | None]
    members: Mapped[str] = mapped_column(Long, default="")
    needs: Mapped[list[Any]] = mapped_column(Json, default=list)
    needs_words: Mapped[str] = mapped_column(Long, default="")
    follow_up: Mapped[FollowUp] = relationship()
    items: Mapped[list["PlanItemYear"]] = relationship(order_by="PlanItemYear.position", cascade="all, delete-orphan")

    @property
    def value_added_yen(self) -> int | None:
        """Operating profit + personnel cost + depreciation; None while one of them is not said (MON-10)."""
        parts = (self.operating_profit_yen, self.personnel_cost_yen, self.depreciation_yen)
        return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)


class PlanItemYear(Keyed, Model):
    """One item of the plan and the organisation's own grade of each quarter, April to June first: four letters of
    ``choices.Grade``, ``-`` where nothing was planned or said."""

    __tablename__ = "plan_item_year"
    __table_args__ = (UniqueConstraint("year_status_id", "position"), CheckConstraint("length(grades) = 4", "grades"))
    year_status_id: Mapped[int] = mapped_column(ForeignKey("year_status.id", ondelete="CASCADE"))
    position: Mapped[int]
    item: Mapped[str] = mapped_column(Short)
    grades: Mapped[str] = mapped_column(String(4), default="----")

    @property
    def quarters(self) -> tuple[Grade | None, ...]:
        return tuple(None if letter == "-" else Grade(letter) for letter in self.grades)

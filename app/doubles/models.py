"""Awards of other funders (an uploaded list), and the likenesses that were found."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, UTCDateTime, Versioned, Yen
from app.doubles.choices import OtherKind, Verdict


class FundingAward(Keyed, Model):
    """One award of another funder, as its list says; several corporate numbers or people are separated by ``;``."""

    __tablename__ = "funding_award"
    __table_args__ = (UniqueConstraint("funder", "award_no"),)
    funder: Mapped[str] = mapped_column(Short)
    award_no: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(Short, default="")
    title_ja: Mapped[str] = mapped_column(Short, default="")
    abstract: Mapped[str] = mapped_column(Long, default="")
    corporate_numbers: Mapped[str] = mapped_column(String(1000), default="")
    people: Mapped[str] = mapped_column(String(1000), default="")
    people_key: Mapped[str] = mapped_column(String(1000), default="")  # the same names without spaces and case
    amount_yen: Mapped[int | None] = mapped_column(Yen)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Likeness(Keyed, Versioned, Model):
    """A proposal that resembles something else, why, and what the office made of it.

    ``reasons`` holds the scores (0 to 100) and the organisations and people that both share. ``other_id`` names a row
    of ``other_kind``; the row may be gone one day, so title and number are kept here.
    """

    __tablename__ = "likeness"
    __table_args__ = (
        UniqueConstraint("application_id", "other_kind", "other_id"),
        Index("ix_likeness_verdict", "verdict", "id"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    other_kind: Mapped[OtherKind] = mapped_column(Code(OtherKind))
    other_id: Mapped[int]
    other_number: Mapped[str] = mapped_column(String(100))
    other_title_en: Mapped[str] = mapped_column(Short, default="")
    other_title_ja: Mapped[str] = mapped_column(Short, default="")
    title_score: Mapped[int]
    text_score: Mapped[int]
    reasons: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    verdict: Mapped[Verdict] = mapped_column(Code(Verdict), default=Verdict.open)
    note: Mapped[str] = mapped_column(Long, default="")
    judged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DoublesCheck(Keyed, Model):
    """Until which submission (by its key) an application has been compared."""

    __tablename__ = "doubles_check"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    submission_id: Mapped[int]
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

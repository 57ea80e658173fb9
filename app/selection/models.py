"""Stored calibrations and scenarios: each with the fingerprint of what it was computed from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, UTCDateTime
from app.selection.choices import Solution


class Calibration(Keyed, Model):
    """One calibration of a call's scores; waits for the worker until ``made_at``.

    ``digest`` is the fingerprint of the reviews it was made from: a page shows it as fresh only while that holds.
    ``summary`` holds the mean and variances in points, the severities of reviewers, and why scores were too thin.
    """

    __tablename__ = "calibration"
    __table_args__ = (Index("ix_calibration_call", "call_id", "id"),)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    digest: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    summary: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CalibratedScore(Keyed, Model):
    """What one calibration says of one application: hundredths of a point, ranks, probability in thousandths."""

    __tablename__ = "calibrated_score"
    __table_args__ = (UniqueConstraint("calibration_id", "application_id"),)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    adjusted: Mapped[int]
    low: Mapped[int | None]
    high: Mapped[int | None]
    rank: Mapped[int]
    rank_low: Mapped[int | None]
    rank_high: Mapped[int | None]
    above: Mapped[int | None]


class Scenario(Keyed, Model):
    """One choice under a budget, kept with its conditions. Nothing is decided by it. ``verdict`` is empty until solved."""

    __tablename__ = "scenario"
    __table_args__ = (Index("ix_scenario_call", "call_id", "id"),)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    name: Mapped[str] = mapped_column(Short)
    note: Mapped[str] = mapped_column(Long, default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[Solution | None] = mapped_column(Code(Solution))
    result: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    solved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

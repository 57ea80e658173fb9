"""Preferences of reviewers, plans of assignment with their pairs, and what belongs to an invitation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.assigning.choices import Change, Level, Method, Verdict
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Model, UTCDateTime
from app.reviews.models import ReviewAssignment


class PreferenceRound(Keyed, Model):
    """The window in which reviewers of a call say what they would like to read, from opening up to ``closes_at``."""

    __tablename__ = "preference_round"
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class ReviewPreference(Keyed, Model):
    """What one reviewer said of one proposal. ``conflict``: cannot, because of a tie; it excludes like a conflict."""

    __tablename__ = "review_preference"
    __table_args__ = (
        UniqueConstraint("application_id", "user_id"),
        Index("ix_review_preference_user", "user_id", "application_id"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    level: Mapped[Level] = mapped_column(Code(Level))
    conflict: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class AssignmentPlan(Keyed, Model):
    """A proposal of who reviews what; nothing is assigned by it until an officer applies it.

    ``parameters`` are what was asked for, ``digest`` the fingerprint of what it was computed from, ``result`` the merit,
    the bound, and the reasons where nothing satisfies all conditions. ``verdict`` is empty until it is computed.
    """

    __tablename__ = "assignment_plan"
    __table_args__ = (Index("ix_assignment_plan_call", "call_id", "id"),)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    method: Mapped[Method] = mapped_column(Code(Method))
    parameters: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64), default="")
    verdict: Mapped[Verdict | None] = mapped_column(Code(Verdict))
    result: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    solved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class AssignmentPlanPair(Keyed, Model):
    """One pair of a plan. ``reasons`` say why: parts of the value in points, shared terms, the load, the mix."""

    __tablename__ = "assignment_plan_pair"
    __table_args__ = (
        UniqueConstraint("plan_id", "application_id", "reviewer_id"),
        Index("ix_assignment_plan_pair_application", "application_id"),
        Index("ix_assignment_plan_pair_reviewer", "reviewer_id"),
    )
    plan_id: Mapped[int] = mapped_column(ForeignKey("assignment_plan.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    change: Mapped[Change] = mapped_column(Code(Change))
    value: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    by_hand: Mapped[bool] = mapped_column(default=False)
    application: Mapped[Application] = relationship()
    reviewer: Mapped[User] = relationship()


class ReviewInvitation(Keyed, Model):
    """Until when an answer to a request is awaited, and whom a reviewer who declined suggests instead."""

    __tablename__ = "review_invitation"
    __table_args__ = (Index("ix_review_invitation_plan", "plan_id"),)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("review_assignment.id", ondelete="CASCADE"), unique=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_plan.id"))
    answer_by: Mapped[date | None]
    suggestion: Mapped[str] = mapped_column(String(1000), default="")
    suggested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    assignment: Mapped[ReviewAssignment] = relationship()

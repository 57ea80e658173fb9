"""Assignments of reviewers, their scores and comments, and the staged decision."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.calls.models import Criterion
from app.core.clock import now
from app.core.db import Code, Keyed, Long, Model, Stateful, UTCDateTime, Versioned, Yen
from app.core.pdf import Document
from app.reviews.choices import AssignmentStatus, DecisionStatus, Outcome


class ReviewAssignment(Keyed, Stateful, Model):
    """One reviewer asked to review one application."""

    __tablename__ = "review_assignment"
    __table_args__ = (
        UniqueConstraint("application_id", "reviewer_id"),
        Index("ix_review_assignment_reviewer", "reviewer_id", "status"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date]
    status: Mapped[AssignmentStatus] = mapped_column(Code(AssignmentStatus), default=AssignmentStatus.invited)
    reason: Mapped[str] = mapped_column(String(1000), default="")  # of declining, or the conflict
    assigned_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    application: Mapped[Application] = relationship()
    reviewer: Mapped[User] = relationship()
    review: Mapped["Review | None"] = relationship(back_populates="assignment")


class Review(Keyed, Versioned, Model):
    """Scores and comments of one assignment; a draft until ``submitted_at`` is set."""

    __tablename__ = "review"
    assignment_id: Mapped[int] = mapped_column(ForeignKey("review_assignment.id"), unique=True)
    comment_to_panel: Mapped[str] = mapped_column(Long, default="")
    comment_to_applicant: Mapped[str] = mapped_column(Long, default="")
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    weighted_score: Mapped[int | None]  # hundredths of a point on the 1-5 scale; set on submission
    assignment: Mapped[ReviewAssignment] = relationship(back_populates="review")
    scores: Mapped[list["Score"]] = relationship(order_by="Score.criterion_id", cascade="all, delete-orphan")


class Score(Keyed, Model):
    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("review_id", "criterion_id"), CheckConstraint("score between 1 and 5", "score"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    score: Mapped[int]
    criterion: Mapped[Criterion] = relationship()


class Decision(Keyed, Stateful, Model):
    """The staged decision: proposed by one officer, confirmed by another, unseen by applicants until released."""

    __tablename__ = "decision"
    __table_args__ = (CheckConstraint("amount_yen >= 0", "amount"), Index("ix_decision_status", "status"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(Code(Outcome))
    amount_yen: Mapped[int] = mapped_column(Yen, default=0)
    conditions: Mapped[str] = mapped_column(Long, default="")
    reason: Mapped[str] = mapped_column(Long, default="")
    remarks: Mapped[str] = mapped_column(Long, default="")  # for the applicant; unseen until released
    status: Mapped[DecisionStatus] = mapped_column(Code(DecisionStatus), default=DecisionStatus.proposed)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    application: Mapped[Application] = relationship()
    letter: Mapped[Document | None] = relationship()

"""Phases, assignments of reviewers, their scores, comments and forecasts, and the staged decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.calls.models import Criterion
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.core.i18n import Bilingual
from app.core.pdf import Document
from app.reviews.choices import (
    AssignmentStatus,
    CorrectionKind,
    CorrectionStatus,
    DecisionStatus,
    Others,
    Outcome,
    PhaseKind,
)


class ReviewPhase(Keyed, Versioned, Model):
    """A window of a call's review and what holds in it. Without an end it holds until the next one opens.

    Windows of one call never overlap (operations.phases holds the call while it changes them); ``position`` counts
    them in the order of their opening.
    """

    __tablename__ = "review_phase"
    __table_args__ = (
        UniqueConstraint("call_id", "opens_at"),
        CheckConstraint("closes_at is null or closes_at > opens_at", "window"),
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[PhaseKind] = mapped_column(Code(PhaseKind))
    name_en: Mapped[str] = mapped_column(Short)
    name_ja: Mapped[str] = mapped_column(Short)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sees_proposal: Mapped[bool] = mapped_column(default=False)
    sees_names: Mapped[bool] = mapped_column(default=False)
    others: Mapped[Others] = mapped_column(Code(Others), default=Others.never)
    sees_discussion: Mapped[bool] = mapped_column(default=False)
    may_discuss: Mapped[bool] = mapped_column(default=False)
    sees_means: Mapped[bool] = mapped_column(default=False)
    may_score: Mapped[bool] = mapped_column(default=False)
    applicant_answers: Mapped[bool] = mapped_column(default=False)

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


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
    __table_args__ = (
        CheckConstraint("confidence between 1 and 3", "confidence"),
        CheckConstraint("forecast_pct between 0 and 100", "forecast_pct"),
    )
    assignment_id: Mapped[int] = mapped_column(ForeignKey("review_assignment.id"), unique=True)
    comment_to_panel: Mapped[str] = mapped_column(Long, default="")
    comment_to_applicant: Mapped[str] = mapped_column(Long, default="")
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    weighted_score: Mapped[int | None]  # hundredths of a point on the 1-5 scale; set on submission
    confidence: Mapped[int | None]  # choices.Confidence: 1 low to 3 high
    #: The reviewer's own forecast while it is a draft; sending freezes it (ReviewForecast).
    forecast_pct: Mapped[int | None]  # probability in percent of a first sale within five years of completion
    forecast_year: Mapped[int | None]  # the year in which the first sale is expected
    #: The scores as last sent, by criterion key, of a review that was given back; empty otherwise.
    sent_scores: Mapped[dict[str, Any] | None] = mapped_column(Json)
    assignment: Mapped[ReviewAssignment] = relationship(back_populates="review")
    scores: Mapped[list["Score"]] = relationship(order_by="Score.criterion_id", cascade="all, delete-orphan")


class Score(Keyed, Model):
    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("review_id", "criterion_id"), CheckConstraint("score between 1 and 5", "score"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    score: Mapped[int]
    criterion: Mapped[Criterion] = relationship()


class ReviewChange(Keyed, Model):
    """One field of a review sheet changed while it was written: the ancestor for merging two tabs is read off here.

    ``version`` is the review's version that the change led to. Rows are only ever added; only their reviewer's own
    pages read them.
    """

    __tablename__ = "review_change"
    __table_args__ = (Index("ix_review_change_field", "review_id", "version"),)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class ReviewForecast(Keyed, Model):
    """A reviewer's forecast as it was when the review was sent. A review sent again adds a row and changes none."""

    __tablename__ = "review_forecast"
    __table_args__ = (
        UniqueConstraint("review_id", "number"),
        CheckConstraint("probability_pct between 0 and 100", "probability"),
    )
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    number: Mapped[int]  # 1, 2, … in the order of sending
    probability_pct: Mapped[int]  # of a first sale within five years of completion
    year: Mapped[int | None]  # in which the first sale is expected
    confidence: Mapped[int | None]
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class ScoreChange(Keyed, Model):
    """A score that was changed after it had been sent: before and after (empty: none), by whom, in which phase, why."""

    __tablename__ = "score_change"
    __table_args__ = (Index("ix_score_change_review", "review_id", "id"),)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    before: Mapped[int | None]
    after: Mapped[int | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    phase_kind: Mapped[PhaseKind] = mapped_column(Code(PhaseKind))
    phase_en: Mapped[str] = mapped_column(Short)  # the phase as it was called then
    phase_ja: Mapped[str] = mapped_column(Short)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    criterion: Mapped[Criterion] = relationship()
    review: Mapped[Review] = relationship()


@event.listens_for(ReviewForecast, "before_update")
@event.listens_for(ReviewForecast, "before_delete")
@event.listens_for(ScoreChange, "before_update")
@event.listens_for(ScoreChange, "before_delete")
def _kept(mapper: Any, connection: Any, target: Any) -> None:
    raise AssertionError("what was sent once is kept as it was")


class BlindCopy(Keyed, Model):
    """The copy of a proposal that reviewers get while names are hidden: one a language and content."""

    __tablename__ = "blind_copy"
    __table_args__ = (UniqueConstraint("application_id", "locale", "sha256"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    locale: Mapped[str] = mapped_column(String(5))
    sha256: Mapped[str] = mapped_column(String(64))  # of the content that was printed, names already out
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    document: Mapped[Document] = relationship()


class BlindWord(Keyed, Model):
    """A word that tells who applies and that no register knows (a brand, a nickname): an officer has it blotted out."""

    __tablename__ = "blind_word"
    __table_args__ = (UniqueConstraint("application_id", "word"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(String(100))
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


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
    remarks_composed: Mapped[bool] = mapped_column(default=False)  # they hold the reviewers' comments, edited
    reserve_position: Mapped[int | None]  # the order of the reserve list, from 1; empty for other outcomes
    application: Mapped[Application] = relationship()
    letter: Mapped[Document | None] = relationship()


class DecisionCorrection(Keyed, Stateful, Model):
    """A released decision changed by an own act: proposed by one officer with a reason, confirmed by another.

    ``before`` and ``after`` hold outcome, amount_yen, conditions and remarks. The letter that went out stays and counts
    as superseded from ``confirmed_at`` on; the new one names it.
    """

    __tablename__ = "decision_correction"
    __table_args__ = (
        Index("ix_decision_correction_decision", "decision_id", "id"),
        Index(
            "uq_decision_correction_open",
            "decision_id",
            unique=True,
            sqlite_where=text("status = 'proposed'"),
            postgresql_where=text("status = 'proposed'"),
        ),
    )
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    kind: Mapped[CorrectionKind] = mapped_column(Code(CorrectionKind))
    status: Mapped[CorrectionStatus] = mapped_column(Code(CorrectionStatus), default=CorrectionStatus.proposed)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Long)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    superseded_released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    superseded_letter_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    decision: Mapped[Decision] = relationship()
    superseded_letter: Mapped[Document | None] = relationship(foreign_keys=[superseded_letter_id])
    letter: Mapped[Document | None] = relationship(foreign_keys=[letter_id])

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.after["outcome"])

"""Calls for proposals: dates, frames, required documents, the weighted rubric, moved deadlines, questions and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.choices import CallStatus, DeadlineChange, Programme
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.core.i18n import Bilingual
from app.questionnaires.models import Questionnaire


class Call(Keyed, Stateful, Model):
    """A window in which applications to one programme are accepted, up to but not including ``closes_at``."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("programme", "fiscal_year", "round"),
        CheckConstraint("closes_at > opens_at", "window"),
        CheckConstraint("required_reviews >= 1", "required_reviews"),
        Index("ix_call_status_closes", "status", "closes_at"),
    )
    programme: Mapped[Programme] = mapped_column(Code(Programme))
    fiscal_year: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    title_en: Mapped[str] = mapped_column(Short)
    title_ja: Mapped[str] = mapped_column(Short)
    summary_en: Mapped[str] = mapped_column(Long, default="")
    summary_ja: Mapped[str] = mapped_column(Long, default="")
    announce_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    questions_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # until the closing where none is set
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    interview_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    start_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    budget_yen: Mapped[int | None] = mapped_column(Yen)
    required_reviews: Mapped[int] = mapped_column(default=3)
    followup_years: Mapped[int] = mapped_column(default=5)  # MON-10
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # rule parameters, e.g. admin_cost_pct
    next_steps: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # {"adopted": {"en": …, "ja": …}, …}
    status: Mapped[CallStatus] = mapped_column(Code(CallStatus), default=CallStatus.draft)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    questionnaire_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire.id"), unique=True)
    questionnaire: Mapped[Questionnaire | None] = relationship()
    frames: Mapped[list["Frame"]] = relationship(
        order_by="Frame.id", cascade="all, delete-orphan", back_populates="call"
    )
    documents: Mapped[list["RequiredDocument"]] = relationship(
        order_by="RequiredDocument.id", cascade="all, delete-orphan"
    )
    criteria: Mapped[list["Criterion"]] = relationship(order_by="Criterion.position", cascade="all, delete-orphan")
    changes: Mapped[list["CallExtension"]] = relationship(
        primaryjoin="and_(Call.id == CallExtension.call_id, CallExtension.application_id.is_(None))",
        order_by="CallExtension.id",
        viewonly=True,
    )  # what holds for everybody; a single consortium's own extensions are read through that application alone

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_en, self.title_ja)

    @property
    def summary(self) -> Bilingual:
        return Bilingual(self.summary_en, self.summary_ja)


class Frame(Keyed, Model):
    """A sub-stream with its own limits (CON-9). ``code`` is empty where the programme has no frames."""

    __tablename__ = "frame"
    __table_args__ = (UniqueConstraint("call_id", "code"),)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(20), default="")
    name_en: Mapped[str] = mapped_column(Short)
    name_ja: Mapped[str] = mapped_column(Short)
    ceiling_year1_yen: Mapped[int | None] = mapped_column(Yen)
    ceiling_year2_yen: Mapped[int | None] = mapped_column(Yen)
    max_years: Mapped[int] = mapped_column(default=2)
    min_companies: Mapped[int] = mapped_column(default=2)  # CON-5
    sme_rule: Mapped[bool] = mapped_column(default=False)  # CON-7 applies
    call: Mapped[Call] = relationship(back_populates="frames")

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_en, self.name_ja)


class RequiredDocument(Keyed, Model):
    """A PDF that an application needs (or may have)."""

    __tablename__ = "required_document"
    __table_args__ = (UniqueConstraint("call_id", "code"),)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(Short)
    name_ja: Mapped[str] = mapped_column(Short)
    mandatory: Mapped[bool] = mapped_column(default=True)
    blind_safe: Mapped[bool] = mapped_column(default=False)  # tells no names: reviewers get it in a blind phase too

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_en, self.name_ja)


class Criterion(Keyed, Model):
    """One criterion of the rubric: scored 1 to 5, each score anchored in words, weighted in percent."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        CheckConstraint("weight >= 0 and weight <= 100", "weight"),
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    axis: Mapped[str] = mapped_column(String(40))  # technical, commercialization, policy, management
    name_en: Mapped[str] = mapped_column(Short)
    name_ja: Mapped[str] = mapped_column(Short)
    weight: Mapped[int]
    mandatory: Mapped[bool] = mapped_column(default=True)  # an optional one may be left out and then does not count
    anchors: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # {"1": {"en": …, "ja": …}, …, "5": …}

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_en, self.name_ja)

    def anchor(self, score: int) -> Bilingual | None:
        words = self.anchors.get(str(score))
        return Bilingual(words["en"], words["ja"]) if words else None


class CallExtension(Keyed, Model):
    """One move of a deadline, on the record with its reason. Rows are only ever added.

    ``application_id`` is empty where it holds for everybody. ``from_at`` and ``to_at`` are the closing time before and
    after; of a grace, the closing time it was granted for and the end of the grace.
    """

    __tablename__ = "call_extension"
    __table_args__ = (
        CheckConstraint("kind <> 'individual' or application_id is not null", "individual_names_its_application"),
        Index("ix_call_extension_call", "call_id", "id"),
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[DeadlineChange] = mapped_column(Code(DeadlineChange))
    from_at: Mapped[datetime] = mapped_column(UTCDateTime)
    to_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(1000))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class CallQuestion(Keyed, Versioned, Model):
    """A question on a call. Who asked is kept, for the letter, but stands on no page: the office answers everybody alike.

    ``asked`` is what the person wrote and never changes; ``question_en`` and ``question_ja`` are for publication.
    """

    __tablename__ = "call_question"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index("ix_call_question_asker", "asked_by_id", "call_id"),
        Index("ix_call_question_waiting", "published_at", "id"),
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    asked: Mapped[str] = mapped_column(String(2000))
    question_en: Mapped[str] = mapped_column(String(2000), default="")
    question_ja: Mapped[str] = mapped_column(String(2000), default="")
    answer_en: Mapped[str] = mapped_column(Long, default="")
    answer_ja: Mapped[str] = mapped_column(Long, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    number: Mapped[int | None]  # Q1, Q2, … of its call, given on publication
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    call: Mapped[Call] = relationship()

    @property
    def question(self) -> Bilingual:
        return Bilingual(self.question_en or self.question_ja, self.question_ja or self.question_en)

    @property
    def answer(self) -> Bilingual:
        return Bilingual(self.answer_en or self.answer_ja, self.answer_ja or self.answer_en)

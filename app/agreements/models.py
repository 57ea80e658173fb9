"""An award and what it is made of: checklist, assessed costs, contracts with their terms, evaluations, endings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.agreements.choices import AwardStatus, BreakKind, ContractStatus, EvaluationStatus, Side
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.core.pdf import Document
from app.core.storage import StoredFile
from app.organisations.models import Organisation
from app.projects.choices import Regime
from app.projects.models import Project

#: A rate of 100 %: rates are kept in hundredths of a percent.
WHOLE_RATE = 10_000


class Award(Keyed, Stateful, Model):
    """What the state owes a project and what it asks for it (MON-1). Projects from history have none.

    ``assessed_*`` tell when the office sent its assessment of the costs, ``agreed_*`` when the consortium confirmed it.
    """

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("project_id"),
        Index("ix_award_status", "status", "id"),
        Index("ix_award_regime", "regime", "status", "id"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    regime: Mapped[Regime] = mapped_column(Code(Regime))
    status: Mapped[AwardStatus] = mapped_column(Code(AwardStatus), default=AwardStatus.adopted)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    carried_over: Mapped[bool] = mapped_column(default=False)  # began before agreements were kept here
    assessed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_name: Mapped[str] = mapped_column(Short, default="")
    objection: Mapped[str] = mapped_column(Long, default="")  # the consortium's, on the last assessment
    closed_on: Mapped[date | None]
    project: Mapped[Project] = relationship()
    agreed_by: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])
    contracts: Mapped[list["Contract"]] = relationship(back_populates="award", order_by="Contract.fiscal_year")
    evaluations: Mapped[list["InterimEvaluation"]] = relationship(
        back_populates="award", order_by="InterimEvaluation.fiscal_year"
    )


class SetupItem(Keyed, Versioned, Model):
    """One point of the set-up checklist; its words stand in ``definitions.checklist``."""

    __tablename__ = "setup_item"
    __table_args__ = (UniqueConstraint("award_id", "code"),)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    side: Mapped[Side] = mapped_column(Code(Side))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    not_applicable: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(1000), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    award: Mapped[Award] = relationship()
    done_by: Mapped[User | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class AssessedLine(Keyed, Model):
    """CON-10: what was asked for, what the decision left of it, and what the assessment of costs grants."""

    __tablename__ = "assessed_line"
    __table_args__ = (
        UniqueConstraint("award_id", "organisation_id", "fiscal_year", "cost_item"),
        CheckConstraint("requested_yen >= 0 and decided_yen >= 0 and assessed_yen >= 0", "amounts"),
    )
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fiscal_year: Mapped[int]
    cost_item: Mapped[str] = mapped_column(String(10))
    requested_yen: Mapped[int] = mapped_column(Yen)
    decided_yen: Mapped[int] = mapped_column(Yen)
    assessed_yen: Mapped[int] = mapped_column(Yen)
    reason: Mapped[str] = mapped_column(String(400), default="")
    organisation: Mapped[Organisation] = relationship()


class Contract(Keyed, Stateful, Model):
    """The commission contract of one fiscal year (CON-17), or the grant decision for the whole period (subsidy).

    ``amount_yen`` is the ceiling and ``rate`` the share of eligible cost in hundredths of a percent (10000 = 100 %), both
    of the terms in force, or of those offered while none are. ``fixed_amount_yen`` (MON-3) is written by
    ``operations.fix_amount`` alone and never exceeds the ceiling. ``change_owed`` names the approved change with which the
    terms do not agree yet; empty while they do.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("award_id", "fiscal_year"),
        UniqueConstraint("number"),
        CheckConstraint("amount_yen >= 0", "amount"),
        CheckConstraint("rate between 1 and 10000", "rate"),
        CheckConstraint("ends_on >= starts_on", "period"),
        CheckConstraint(
            "fixed_amount_yen is null or (fixed_amount_yen >= 0 and fixed_amount_yen <= amount_yen)", "fixed_amount"
        ),
        CheckConstraint("(fixed_amount_yen is null) = (fixed_on is null)", "fixed_on"),
    )
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    status: Mapped[ContractStatus] = mapped_column(Code(ContractStatus), default=ContractStatus.offered)
    amount_yen: Mapped[int] = mapped_column(Yen)
    rate: Mapped[int] = mapped_column(default=WHOLE_RATE)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    signed_on: Mapped[date | None]  # the day on which the second side confirmed the first terms
    reported_on: Mapped[date | None]
    inspected_on: Mapped[date | None]
    findings: Mapped[str] = mapped_column(Long, default="")  # of the inspection
    fixed_amount_yen: Mapped[int | None] = mapped_column(Yen)
    fixed_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    carried_over: Mapped[bool] = mapped_column(default=False)  # concluded on paper before agreements were kept here
    change_owed: Mapped[str] = mapped_column(Short, default="")
    change_owed_after: Mapped[int | None]  # the number of the latest terms when the change was approved
    award: Mapped[Award] = relationship(back_populates="contracts")
    terms: Mapped[list["ContractTerms"]] = relationship(back_populates="contract", order_by="ContractTerms.number")


class ContractTerms(Keyed, Versioned, Model):
    """One version of a contract's terms. ``text`` is the canonical JSON that both sides confirm; rows are kept."""

    __tablename__ = "contract_terms"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("amount_yen >= 0", "amount"),
        CheckConstraint("rate between 1 and 10000", "rate"),
        CheckConstraint("ends_on >= starts_on", "period"),
        CheckConstraint("officer_id is null or recipient_id is null or officer_id <> recipient_id", "two_people"),
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, … within the contract
    amount_yen: Mapped[int] = mapped_column(Yen)
    rate: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    conditions: Mapped[str] = mapped_column(Long, default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")  # why the terms changed; empty for the first
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    officer_name: Mapped[str] = mapped_column(Short, default="")
    officer_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recipient_name: Mapped[str] = mapped_column(Short, default="")  # as typed by the person who confirmed
    recipient_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    contract: Mapped[Contract] = relationship(back_populates="terms")
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    signed_document: Mapped[Document | None] = relationship(foreign_keys=[signed_document_id])

    @property
    def confirmed(self) -> bool:
        """Both sides said yes to exactly this text."""
        return self.officer_at is not None and self.recipient_at is not None


class InterimEvaluation(Keyed, Stateful, Model):
    """MON-12: what a fiscal year brought, graded A to D per axis, and whether the next year follows."""

    __tablename__ = "interim_evaluation"
    __table_args__ = (
        UniqueConstraint("award_id", "fiscal_year"),
        CheckConstraint("trl is null or trl between 1 and 9", "trl"),
        CheckConstraint("next_amount_yen is null or next_amount_yen >= 0", "next_amount"),
    )
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]  # the year that is evaluated
    held_on: Mapped[date]
    status: Mapped[EvaluationStatus] = mapped_column(Code(EvaluationStatus), default=EvaluationStatus.scheduled)
    targets: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # goal, target, unit, result
    trl: Mapped[int | None]
    problems: Mapped[str] = mapped_column(Long, default="")
    plan_update: Mapped[str] = mapped_column(Long, default="")
    filled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    filled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    grades: Mapped[dict[str, str]] = mapped_column(Json, default=dict)  # axis: A to D
    comment: Mapped[str] = mapped_column(Long, default="")
    conditions: Mapped[str] = mapped_column(Long, default="")
    next_amount_yen: Mapped[int | None] = mapped_column(Yen)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    award: Mapped[Award] = relationship(back_populates="evaluations")


class AwardBreak(Keyed, Model):
    """A suspension (with its end, once resumed) or an ending before time, each with its reason."""

    __tablename__ = "award_break"
    __table_args__ = (
        CheckConstraint("ends_on is null or ends_on >= starts_on", "period"),
        Index("ix_award_break_award", "award_id", "id"),
    )
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    kind: Mapped[BreakKind] = mapped_column(Code(BreakKind))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    resume_note: Mapped[str] = mapped_column(String(1000), default="")
    by: Mapped[User | None] = relationship()

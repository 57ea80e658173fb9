"""Duties to report, yearly reports with a claim per product, whom a report was given to, and who was reminded."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Yen
from app.core.storage import StoredFile
from app.organisations.models import Organisation
from app.outcomes.choices import Answer, ClaimStatus, DevState, FollowUpStatus, ProductKind, ReasonCode
from app.projects.models import Project

if TYPE_CHECKING:
    from app.outcomes.models.ledger import Product


class FollowUpTerms(Keyed, Model):
    """MON-10 for one programme, where it differs from the defaults (definitions.Terms)."""

    __tablename__ = "follow_up_terms"
    __table_args__ = (CheckConstraint("due_after_days between 1 and 366", "due"),)
    programme: Mapped[Programme] = mapped_column(Code(Programme), unique=True)
    covers_completion_year: Mapped[bool]
    due_after_days: Mapped[int]


class FollowUp(Keyed, Stateful, Model):
    """One yearly commercialization status report that one organisation owes (MON-10).

    The duty is the organisation's, in the role that it had; whoever acts for it now reports. What stands here beside
    the claims (state, stage, product, sales) sums up the claims: those of the furthest product, sales added up.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id", "number"),
        Index("ix_follow_up_organisation", "organisation_id", "status"),
        Index("ix_follow_up_year", "fiscal_year", "status", "id"),
        CheckConstraint("sales_yen >= 0", "sales"),
        CheckConstraint("jobs >= 0", "jobs"),
        Index("ix_follow_up_due", "status", "due_on"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # None: of before 0018, unknown
    role: Mapped[MemberRole | None] = mapped_column(Code(MemberRole))
    number: Mapped[int]
    fiscal_year: Mapped[int]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[FollowUpStatus] = mapped_column(Code(FollowUpStatus), default=FollowUpStatus.due)
    observed_on: Mapped[date | None]
    dev_state: Mapped[DevState | None] = mapped_column(Code(DevState))
    stage: Mapped[int | None]
    reason_code: Mapped[ReasonCode | None] = mapped_column(Code(ReasonCode))
    product: Mapped[str] = mapped_column(String(200), default="")
    first_sale_on: Mapped[date | None]
    sales_yen: Mapped[int | None] = mapped_column(Yen)
    jobs: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(Long, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    draft_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who saved last,
    draft_since: Mapped[int | None]  # and from which version on nobody else did
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    evidence_level: Mapped[int | None]
    remarks: Mapped[str] = mapped_column(Long, default="")
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    project: Mapped[Project] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    claims: Mapped[list["Claim"]] = relationship(
        back_populates="follow_up", order_by="Claim.position", cascade="all, delete-orphan"
    )


class Claim(Keyed, Stateful, Model):
    """What one report says of one product (position 1 and up), or of a new one or the project as a whole (0)."""

    __tablename__ = "outcome_claim"
    __table_args__ = (
        UniqueConstraint("follow_up_id", "position"),
        CheckConstraint("stage between 0 and 5", "stage"),
        CheckConstraint("sales_yen >= 0 and cost_yen >= 0 and export_yen >= 0", "amounts"),
        Index("ix_outcome_claim_status", "status", "id"),
    )
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    position: Mapped[int]
    status: Mapped[ClaimStatus] = mapped_column(Code(ClaimStatus), default=ClaimStatus.drafted)
    answer: Mapped[Answer | None] = mapped_column(Code(Answer))
    name: Mapped[str] = mapped_column(Short, default="")
    kind: Mapped[ProductKind] = mapped_column(Code(ProductKind), default=ProductKind.product)
    dev_state: Mapped[DevState | None] = mapped_column(Code(DevState))
    stage: Mapped[int | None]
    reason_code: Mapped[ReasonCode | None] = mapped_column(Code(ReasonCode))
    first_sale_on: Mapped[date | None]
    sales_yen: Mapped[int | None] = mapped_column(Yen)
    cost_yen: Mapped[int | None] = mapped_column(Yen)
    export_yen: Mapped[int | None] = mapped_column(Yen)
    evidence_level: Mapped[int | None]
    remarks: Mapped[str] = mapped_column(Long, default="")
    judged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    follow_up: Mapped[FollowUp] = relationship(back_populates="claims")
    product: Mapped["Product | None"] = relationship()
    requests: Mapped[list["EvidenceRequest"]] = relationship(
        back_populates="claim", order_by="EvidenceRequest.id", cascade="all, delete-orphan"
    )


class EvidenceRequest(Keyed, Model):
    """An officer asks for evidence of a claim; the organisation answers, with a file if it has one."""

    __tablename__ = "evidence_request"
    claim_id: Mapped[int] = mapped_column(ForeignKey("outcome_claim.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(Long)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(Long, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    claim: Mapped[Claim] = relationship(back_populates="requests")
    file: Mapped[StoredFile | None] = relationship()


class ReportInvitation(Keyed, Model):
    """One report given into another person's hands: bound to an address and to that report alone, accepted once, for
    14 days; ``withdrawn_at`` ends it, before or after acceptance. Only the token's hash is stored."""

    __tablename__ = "report_invitation"
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    locale: Mapped[str] = mapped_column(String(5), default="ja")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    follow_up: Mapped[FollowUp] = relationship()
    accepted_by: Mapped[User | None] = relationship(foreign_keys="ReportInvitation.accepted_by_id")


class Chase(Keyed, Model):
    """One occasion on which an officer wrote to many at once. ``key`` lets a form that is sent twice act once."""

    __tablename__ = "chase"
    key: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    filters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    note: Mapped[str] = mapped_column(Long, default="")
    letters: Mapped[int]
    made_by: Mapped[User] = relationship()


class ChaseLetter(Keyed, Model):
    """On that occasion this person was asked for this report (one letter names all of a person's reports)."""

    __tablename__ = "chase_letter"
    __table_args__ = (UniqueConstraint("chase_id", "user_id", "follow_up_id"),)
    chase_id: Mapped[int] = mapped_column(ForeignKey("chase.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"), index=True)

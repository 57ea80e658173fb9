"""What came of a project: duties to report, yearly reports with a claim per product, and the append-only ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Yen
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.organisations.models import Organisation
from app.outcomes.choices import (
    Answer,
    ClaimStatus,
    Detail,
    DevState,
    FollowUpStatus,
    ProductKind,
    ReasonCode,
    RecordKind,
)
from app.projects.models import Project


class Observation(Keyed, Model):
    """What was true of a project on ``observed_on``, known since ``recorded_on``. Rows are only ever added.

    ``dev_state`` and ``stage`` are orthogonal (OUT-6). A later correction is a new row with a later ``recorded_on``.
    """

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint(
            "project_id",
            "observed_on",
            "recorded_on",
            "dev_state",
            "stage",
            "evidence_level",
            "product_key",
            "source",
            name="uq_observation_row",
        ),
        CheckConstraint("stage between 0 and 5", "stage"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_observation_project", "project_id", "observed_on", "recorded_on"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    observed_on: Mapped[date]
    recorded_on: Mapped[date]
    dev_state: Mapped[DevState] = mapped_column(Code(DevState))
    stage: Mapped[int]
    evidence_level: Mapped[int]
    product_key: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"), index=True)
    project: Mapped[Project] = relationship()


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


# --- the ledger: rows are only ever added ----------------------------------------------------------------------------


class Entry:
    """What every row of the ledger says of itself: what day it speaks of, since when it is on record, from where, how
    well shown (OUT-15), who recorded and who verified it."""

    event_on: Mapped[date]
    recorded_on: Mapped[date] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(Short, default="")
    evidence_level: Mapped[int] = mapped_column(default=0)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_claim.id"), index=True)


class Product(Keyed, Model):
    """A product, service or process that came of one project or of several. ``product_key`` is its key in files; what
    is known of it stands in its versions. Its row is locked while its shares change (OUT-7)."""

    __tablename__ = "product"
    product_key: Mapped[str] = mapped_column(String(60), unique=True)


class ProductVersion(Keyed, Entry, Model):
    """What was known of a product since a day; the last version recorded (``number``) holds."""

    __tablename__ = "product_version"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    number: Mapped[int]
    name_ja: Mapped[str] = mapped_column(Short, default="")
    name_en: Mapped[str] = mapped_column(Short, default="")
    kind: Mapped[ProductKind] = mapped_column(Code(ProductKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_sale_on: Mapped[date | None]  # CR-10: when known; else the year of the report is the event time
    withdrawn_on: Mapped[date | None]
    product: Mapped[Product] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)


class Attribution(Keyed, Entry, Model):
    """From ``event_on`` on this project's share of the product is ``share`` hundredths of a percent, until a row
    recorded later says otherwise. Together never more than 10,000 on any day (OUT-7)."""

    __tablename__ = "attribution"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("share between 0 and 10000", "share"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_attribution_project", "project_id", "product_id"),
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    share: Mapped[int]
    product: Mapped[Product] = relationship()
    project: Mapped[Project] = relationship()


class SalesYear(Keyed, Entry, Model):
    """What a product sold in one fiscal year, in whole yen: actual amounts only, no programme money (OUT-7). The row
    recorded last for a year holds; ``event_on`` is the year's last day."""

    __tablename__ = "sales_year"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("sales_yen >= 0", "sales"),
        CheckConstraint("cost_yen >= 0", "cost"),
        CheckConstraint("export_yen >= 0 and export_yen <= sales_yen", "export"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_sales_year_year", "fiscal_year", "product_id"),
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    number: Mapped[int]
    fiscal_year: Mapped[int]
    sales_yen: Mapped[int] = mapped_column(Yen)
    cost_yen: Mapped[int | None] = mapped_column(Yen)
    export_yen: Mapped[int | None] = mapped_column(Yen)
    product: Mapped[Product] = relationship()


class OutcomeRecord(Keyed, Entry, Model):
    """What else came of a project: a right, money, jobs, a company, a paper, a prize (OUT-8, OUT-13). A correction is a
    row that supersedes another; ``void`` takes it back."""

    __tablename__ = "outcome_record"
    __table_args__ = (
        CheckConstraint("amount_yen >= 0", "amount"),
        CheckConstraint("count >= 0", "count"),
        CheckConstraint("evidence_level between 0 and 3", "evidence_level"),
        Index("ix_outcome_record_project", "project_id", "kind"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[RecordKind] = mapped_column(Code(RecordKind))
    detail: Mapped[Detail | None] = mapped_column(Code(Detail))
    title: Mapped[str] = mapped_column(Short)
    number: Mapped[str] = mapped_column(String(100), default="")
    registered_on: Mapped[date | None]
    owners: Mapped[str] = mapped_column(Short, default="")
    licensed: Mapped[bool | None]
    amount_yen: Mapped[int | None] = mapped_column(Yen)
    count: Mapped[int | None]
    void: Mapped[bool] = mapped_column(default=False)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_record.id"), unique=True)
    project: Mapped[Project] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


def _append_only(mapper: Any, connection: Any, target: Any) -> None:
    raise AssertionError("the ledger is append-only; record a new row")


for _model in (Observation, ProductVersion, Attribution, SalesYear, OutcomeRecord):
    event.listen(_model, "before_update", _append_only)
    event.listen(_model, "before_delete", _append_only)

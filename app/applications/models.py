"""A proposal of a consortium: members, budget, milestones, commercialization plan, files, frozen submissions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.choices import ApplicationStatus, CorrectionOutcome, Measure, MemberRole, PersonRole, Right
from app.calls.models import Call, CallExtension, Frame, RequiredDocument
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, Stateful, UTCDateTime, Versioned, Yen
from app.core.i18n import Bilingual
from app.core.pdf import Document
from app.core.storage import StoredFile
from app.organisations.models import Organisation


class Application(Keyed, Stateful, Model):
    """One proposal. ``number`` names it from the first draft on, such as C2026-1-0007."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_call_number", "call_id", "number"),
        Index("ix_application_status_number", "status", "number"),
        Index("ix_application_lead", "lead_organisation_id"),
        Index("ix_application_counted", "status", "submitted_at", "call_id", "frame_id"),
    )
    number: Mapped[str] = mapped_column(String(30), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"), index=True)
    lead_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    title_en: Mapped[str] = mapped_column(Short, default="")
    title_ja: Mapped[str] = mapped_column(Short, default="")
    abstract: Mapped[str] = mapped_column(Long, default="")
    field: Mapped[str] = mapped_column(String(60), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    seed_technology: Mapped[str] = mapped_column(Long, default="")  # CON-2, CON-3
    novelty: Mapped[str] = mapped_column(String(200), default="")  # NC-6 codes separated by ;
    novelty_text: Mapped[str] = mapped_column(Long, default="")
    combination_text: Mapped[str] = mapped_column(Long, default="")  # NC-4: how the members' fields differ and combine
    has_written_rules: Mapped[bool] = mapped_column(default=False)  # NC-5
    status: Mapped[ApplicationStatus] = mapped_column(Code(ApplicationStatus), default=ApplicationStatus.draft)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    total_yen: Mapped[int] = mapped_column(Yen, default=0)  # kept equal to the sum of the budget lines, for lists
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    #: Deadline insurance: at closing the last draft that satisfied every rule is handed in (who opted in, when).
    insured_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    insured_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    call: Mapped[Call] = relationship()
    frame: Mapped[Frame] = relationship()
    lead_organisation: Mapped[Organisation] = relationship()
    members: Mapped[list["ConsortiumMember"]] = relationship(
        back_populates="application", order_by="ConsortiumMember.id", cascade="all, delete-orphan"
    )
    milestones: Mapped[list["PlannedMilestone"]] = relationship(
        order_by="PlannedMilestone.position", cascade="all, delete-orphan"
    )
    plan: Mapped["CommercializationPlan | None"] = relationship(
        cascade="all, delete-orphan", back_populates="application"
    )
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id", cascade="all, delete-orphan")
    answers: Mapped[list["ApplicationAnswer"]] = relationship(
        order_by="ApplicationAnswer.id", cascade="all, delete-orphan"
    )
    extensions: Mapped[list[CallExtension]] = relationship(
        primaryjoin="and_(foreign(remote(CallExtension.call_id)) == Application.call_id,"
        " or_(remote(CallExtension.application_id).is_(None), remote(CallExtension.application_id) == Application.id))",
        order_by="CallExtension.id",
        viewonly=True,
    )  # the moves of the deadline that concern this application: its own and everybody's, never another's

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_en or self.title_ja, self.title_ja or self.title_en)


class ConsortiumMember(Keyed, Versioned, Model):
    """An organisation in the consortium. It fills its own share and one of its people confirms exactly that."""

    __tablename__ = "consortium_member"
    __table_args__ = (
        UniqueConstraint("application_id", "organisation_id", "role"),
        CheckConstraint(
            "contribution_pct is null or (contribution_pct >= 0 and contribution_pct <= 100)", "contribution"
        ),
        Index("ix_consortium_member_org", "organisation_id"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[MemberRole] = mapped_column(Code(MemberRole))
    holds_seed: Mapped[bool] = mapped_column(default=False)  # CON-4: holder of the seed technology
    resources: Mapped[str] = mapped_column(Long, default="")  # NC-12: what it brings
    contribution_pct: Mapped[int | None]  # NC-3
    jsic: Mapped[str | None] = mapped_column(String(5))  # NC-4: 4-digit class at the date of application
    contact_name: Mapped[str] = mapped_column(Short, default="")
    #: May the lead see and fill in this member's costs? Ends when somebody of another organisation joins for it.
    lead_fills: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_name: Mapped[str] = mapped_column(Short, default="")
    confirmed_digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the share that was confirmed
    application: Mapped[Application] = relationship(back_populates="members")
    organisation: Mapped[Organisation] = relationship()
    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        back_populates="member", order_by="BudgetLine.fiscal_year, BudgetLine.cost_item", cascade="all, delete-orphan"
    )
    named_people: Mapped[list["NamedPerson"]] = relationship(
        order_by="NamedPerson.position", cascade="all, delete-orphan"
    )
    subcontractors: Mapped[list["Subcontractor"]] = relationship(
        order_by="Subcontractor.position", cascade="all, delete-orphan"
    )


class NamedPerson(Keyed, Model):
    """Somebody who stands behind a member's share: who conflicts of interest are looked for among (CON-14).

    No account and no right comes with it. In a draft every part may still be missing; ``position`` is the row's name.
    """

    __tablename__ = "named_person"
    __table_args__ = (UniqueConstraint("member_id", "position"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("consortium_member.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100), default="")
    reading: Mapped[str] = mapped_column(String(100), default="")  # kana or romanised
    role: Mapped[PersonRole | None] = mapped_column(Code(PersonRole))
    department: Mapped[str] = mapped_column(Short, default="")
    erad_number: Mapped[str] = mapped_column(String(20), default="")  # researcher number of e-Rad; never refused


class Subcontractor(Keyed, Model):
    """A firm that a member means to give a part of the work to, whether the register knows it or not."""

    __tablename__ = "subcontractor"
    __table_args__ = (UniqueConstraint("member_id", "position"),)
    member_id: Mapped[int] = mapped_column(ForeignKey("consortium_member.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Short, default="")
    corporate_number: Mapped[str | None] = mapped_column(String(13), index=True)
    task: Mapped[str] = mapped_column(String(400), default="")


class MemberPerson(Keyed, Model):
    """A person who works on this application for this member. Sees the application until ``ended_at`` is set.

    Bound to the application, not to the organisation: other people of a large university do not see it.
    """

    __tablename__ = "member_person"
    __table_args__ = (UniqueConstraint("member_id", "user_id"), Index("ix_member_person_user", "user_id", "member_id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("consortium_member.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    right: Mapped[Right] = mapped_column(Code(Right), default=Right.sign)
    member: Mapped[ConsortiumMember] = relationship()


class ShareConfirmation(Keyed, Model):
    """What one person confirmed for a member: the exact text, its digest, the name typed. Kept for ever.

    The person goes on reading it after leaving the consortium; ``lapsed_at`` tells that the share changed later.
    """

    __tablename__ = "share_confirmation"
    __table_args__ = (Index("ix_share_confirmation_member", "member_id", "id"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("consortium_member.id", ondelete="SET NULL"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(Short)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    content: Mapped[str] = mapped_column(Text)  # the canonical JSON text that was confirmed
    sha256: Mapped[str] = mapped_column(String(64))
    lapsed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    application: Mapped[Application] = relationship()


class LeadHandover(Keyed, Model):
    """The lead offers the lead to another member, whose people accept or decline it."""

    __tablename__ = "lead_handover"
    __table_args__ = (
        Index(
            "uq_lead_handover_open",
            "application_id",
            unique=True,
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    to_member_id: Mapped[int] = mapped_column(ForeignKey("consortium_member.id", ondelete="CASCADE"), index=True)
    role_after: Mapped[MemberRole] = mapped_column(Code(MemberRole))  # what the present lead becomes
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted: Mapped[bool] = mapped_column(default=False)
    to_member: Mapped[ConsortiumMember] = relationship()


class DraftChange(Keyed, Model):
    """One field of a draft changed: the text before and after, by whom. The ancestor for merging is read off here.

    ``part`` names the part (basics, milestones, plan, share-12, answers-goal), ``field`` its form field; ``version`` is
    the application's version that the change led to. Rows are only ever added, and go with their draft.
    """

    __tablename__ = "draft_change"
    __table_args__ = (Index("ix_draft_change_part", "application_id", "part", "version"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)


class Presence(Keyed, Model):
    """Who has which part of a draft open, by the last sign of life."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("application_id", "user_id"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(80), default="")
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class MemberInvitation(Keyed, Model):
    """An invitation to act for a member, bound to one address, usable once, for 14 days. Only its hash is stored."""

    __tablename__ = "member_invitation"
    member_id: Mapped[int] = mapped_column(ForeignKey("consortium_member.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(5), default="ja")
    right: Mapped[Right] = mapped_column(Code(Right), default=Right.sign)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    member: Mapped[ConsortiumMember] = relationship()


class BudgetLine(Keyed, Model):
    """Planned cost: member x fiscal year x cost item, whole yen."""

    __tablename__ = "budget_line"
    __table_args__ = (
        UniqueConstraint("member_id", "fiscal_year", "cost_item"),
        CheckConstraint("amount_yen >= 0", "amount"),
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("consortium_member.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]
    cost_item: Mapped[str] = mapped_column(String(10))
    amount_yen: Mapped[int] = mapped_column(Yen)
    member: Mapped[ConsortiumMember] = relationship(back_populates="budget_lines")


class PlannedMilestone(Keyed, Model):
    """A planned milestone with a numeric target. In a draft every part may still be missing; ``position`` is its name."""

    __tablename__ = "planned_milestone"
    __table_args__ = (UniqueConstraint("application_id", "position"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    position: Mapped[int]
    goal: Mapped[str] = mapped_column(String(400), default="")
    target_value: Mapped[str] = mapped_column(String(40), default="")  # decimal as text: exact on both databases
    unit: Mapped[str] = mapped_column(String(40), default="")
    due_on: Mapped[date | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship()


class CommercializationPlan(Keyed, Model):
    """What shall be sold, to whom, from when, and how much a year."""

    __tablename__ = "commercialization_plan"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), unique=True)
    product: Mapped[str] = mapped_column(Long, default="")
    market: Mapped[str] = mapped_column(Long, default="")
    who_sells: Mapped[str] = mapped_column(Long, default="")
    first_sale_on: Mapped[date | None]
    investment_yen: Mapped[int | None] = mapped_column(Yen)  # NC-8: to be recovered within ten years
    new_jobs: Mapped[int | None]  # persons employed for it five years after completion
    patents: Mapped[int | None]  # applications expected until completion
    trl_start: Mapped[int | None]  # technology readiness 1 to 9 when the work starts
    trl_target: Mapped[int | None]  # and when it ends
    application: Mapped[Application] = relationship(back_populates="plan")
    years: Mapped[list["SalesForecast"]] = relationship(order_by="SalesForecast.year_no", cascade="all, delete-orphan")


class SalesForecast(Keyed, Model):
    """Planned sales and profit in one year after completion (1 to 10); profit may be negative, empty is not known."""

    __tablename__ = "sales_forecast"
    __table_args__ = (UniqueConstraint("plan_id", "year_no"), CheckConstraint("sales_yen >= 0", "sales"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("commercialization_plan.id", ondelete="CASCADE"))
    year_no: Mapped[int]
    sales_yen: Mapped[int | None] = mapped_column(Yen)
    profit_yen: Mapped[int | None] = mapped_column(Yen)


class Attachment(Keyed, Model):
    """A file of the application; at most one current file per required document."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index(
            "uq_attachment_current",
            "application_id",
            "document_id",
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    document_id: Mapped[int] = mapped_column(ForeignKey("required_document.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document: Mapped[RequiredDocument] = relationship()
    file: Mapped[StoredFile] = relationship()


class Upload(Keyed, Model):
    """A file on its way into one document of a draft, piece by piece, sent by one person.

    ``received`` bytes lie in a part file named by ``key`` (core.partial). ``began_at`` is the instant at which the first
    byte of the first request arrived: deadlines are judged by it. ``replaces_id`` is the attachment that the person saw
    when they chose the file (None: none). A complete file that may not be attached yet, because somebody else attached
    another one meanwhile, waits in ``file``.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("received >= 0 and received <= size", "received"),
        Index("ix_upload_of_person", "application_id", "user_id", "id"),
    )
    key: Mapped[str] = mapped_column(String(43), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    document_id: Mapped[int] = mapped_column(ForeignKey("required_document.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]  # bytes
    modified: Mapped[int] = mapped_column(BigInteger)  # milliseconds since 1970, as the browser says; 0 if unknown
    received: Mapped[int] = mapped_column(default=0)  # bytes
    replaces_id: Mapped[int | None]
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile | None] = relationship()


class ApplicationAnswer(Keyed, Model):
    """The answer to one question of the call's questionnaire; absent while nobody has answered.

    ``value`` is stored as questionnaires.definitions.values says, ``kind`` is the type of question it answered, and
    ``shown`` the answer in words in both languages. An answer to a question that has since changed its type moves to
    ``set_aside`` (in words) when it is answered anew.
    """

    __tablename__ = "application_answer"
    __table_args__ = (UniqueConstraint("application_id", "question_key"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    question_key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(32))
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    shown: Mapped[dict[str, str]] = mapped_column(Json)
    set_aside: Mapped[dict[str, str] | None] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)


class Submission(Keyed, Model):
    """A frozen, confirmed submission: canonical JSON and its SHA-256. Never changed, never deleted.

    Cost detail lies in sealed parts, one a member, each named in the snapshot by its own SHA-256: every member may
    read and check the whole, and only those may read a part whom it concerns.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("application_id", "number"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]  # 1, 2, … corrected versions
    receipt_number: Mapped[str] = mapped_column(String(40), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    snapshot: Mapped[str] = mapped_column(Text)  # the exact canonical JSON text that was hashed
    sha256: Mapped[str] = mapped_column(String(64))
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    by_insurance: Mapped[bool] = mapped_column(default=False)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))  # the dossier with all cost detail
    shared_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))  # the dossier with totals only
    application: Mapped[Application] = relationship()
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    shared_document: Mapped[Document | None] = relationship(foreign_keys=[shared_document_id])
    sealed: Mapped[list["SealedPart"]] = relationship(order_by="SealedPart.id")


class SealedPart(Keyed, Model):
    """The cost detail of one member in one submission; ``content`` is canonical JSON with a nonce against guessing."""

    __tablename__ = "sealed_part"
    __table_args__ = (UniqueConstraint("submission_id", "member_id"),)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    member_id: Mapped[int]  # as it was called then; the member may be gone today
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class FrozenForecast(Keyed, Model):
    """One forecast of one submission, kept to be compared with what came of it (peers 3.10)."""

    __tablename__ = "frozen_forecast"
    __table_args__ = (
        UniqueConstraint("submission_id", "measure", "year_no"),
        Index("ix_frozen_forecast_measure", "measure", "year_no"),
    )
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    measure: Mapped[Measure] = mapped_column(Code(Measure))
    year_no: Mapped[int]  # years after completion; 0 where the measure has no year
    value: Mapped[int | None] = mapped_column(Yen)  # yen, persons, numbers or levels
    day: Mapped[date | None]  # the first sale


class Correction(Keyed, Model):
    """A submission opened again: by its lead before closing, or sent back by the office, section by section.

    Until it is handed in anew the earlier submission counts; when the time runs out it is put back.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index(
            "uq_correction_open",
            "application_id",
            unique=True,
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
        Index("ix_correction_due", "closed_at", "due_at"),
    )
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    base_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    sent_back: Mapped[bool] = mapped_column(default=False)  # by the office; otherwise by the lead
    parts: Mapped[list[str]] = mapped_column(Json, default=list)  # keys of parts, empty for all of them
    reason: Mapped[str] = mapped_column(Long, default="")
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of one sent back; otherwise the closing time
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[CorrectionOutcome | None] = mapped_column(Code(CorrectionOutcome))
    #: What lists and threads go on showing to the office while the consortium writes: the version that counts.
    sealed_title_en: Mapped[str] = mapped_column(Short, default="")
    sealed_title_ja: Mapped[str] = mapped_column(Short, default="")
    sealed_total_yen: Mapped[int] = mapped_column(Yen, default=0)
    sealed_frame_id: Mapped[int | None] = mapped_column(ForeignKey("frame.id"))
    sealed_lead_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    base: Mapped[Submission] = relationship()


class ReadyCopy(Keyed, Model):
    """The last state of an insured draft that satisfied every rule, as plain data that can be put back."""

    __tablename__ = "ready_copy"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), unique=True)
    content: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Screening(Keyed, Model):
    """The officer's finding on eligibility, with the state of every rule at that moment."""

    __tablename__ = "screening"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    eligible: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Long, default="")
    rule_results: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    screened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    screened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

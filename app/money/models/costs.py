"""What a project spent under a contract, with its evidence, and what the inspection made of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.agreements.models import Contract
from app.core.clock import now
from app.core.db import Code, Json, Keyed, Long, Model, Short, UTCDateTime, Versioned, Yen
from app.core.pdf import Document
from app.core.storage import StoredFile
from app.money.choices import EvidenceStep, InspectionKind, TransferKind, Verdict
from app.organisations.models import Organisation


class Expense(Keyed, Versioned, Model):
    """One line of an organisation's ledger under a contract (MON-6). ``voucher`` is its number in that ledger.

    ``gross_yen`` is with tax, ``net_yen`` without, ``eligible_yen`` what is claimed. Labour carries ``minutes`` and the
    hourly ``rate_yen``. ``verdict`` and ``accepted_yen`` are the inspection's.
    """

    __tablename__ = "expense"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "voucher"),
        CheckConstraint("gross_yen > 0 and net_yen >= 0 and net_yen <= gross_yen", "amounts"),
        CheckConstraint("eligible_yen >= 0 and eligible_yen <= gross_yen", "eligible"),
        CheckConstraint("quantity >= 1", "quantity"),
        CheckConstraint("(minutes is null) = (rate_yen is null)", "labour"),
        CheckConstraint("(verdict is null) = (accepted_yen is null)", "verdict_whole"),
        CheckConstraint("accepted_yen is null or (accepted_yen >= 0 and accepted_yen <= eligible_yen)", "accepted"),
        Index("ix_expense_listed", "contract_id", "organisation_id", "paid_on", "id"),
        Index("ix_expense_item", "contract_id", "cost_item"),
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    voucher: Mapped[str] = mapped_column(String(40))
    cost_item: Mapped[str] = mapped_column(String(10))
    paid_on: Mapped[date]
    payee: Mapped[str] = mapped_column(Short)
    description: Mapped[str] = mapped_column(String(400), default="")
    quantity: Mapped[int] = mapped_column(default=1)
    gross_yen: Mapped[int] = mapped_column(Yen)
    net_yen: Mapped[int] = mapped_column(Yen)
    eligible_yen: Mapped[int] = mapped_column(Yen)
    minutes: Mapped[int | None]
    rate_yen: Mapped[int | None] = mapped_column(Yen)
    verdict: Mapped[Verdict | None] = mapped_column(Code(Verdict))
    accepted_yen: Mapped[int | None] = mapped_column(Yen)
    verdict_reason: Mapped[str] = mapped_column(String(1000), default="")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    judged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()
    judged_by: Mapped[User | None] = relationship(foreign_keys=[judged_by_id])
    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="expense", order_by="Evidence.id", cascade="all, delete-orphan"
    )


class Evidence(Keyed, Model):
    """One document of the chain behind a line: a file, or why there is none."""

    __tablename__ = "expense_evidence"
    __table_args__ = (
        UniqueConstraint("expense_id", "step"),
        CheckConstraint("(file_id is null) <> (reason = '')", "file_or_reason"),
    )
    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id", ondelete="CASCADE"))
    step: Mapped[EvidenceStep] = mapped_column(Code(EvidenceStep))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    reason: Mapped[str] = mapped_column(String(400), default="")
    expense: Mapped[Expense] = relationship(back_populates="evidence")
    file: Mapped[StoredFile | None] = relationship()


class CostForecast(Keyed, Versioned, Model):
    """What an organisation expects to have spent on an item when the contract ends."""

    __tablename__ = "cost_forecast"
    __table_args__ = (
        UniqueConstraint("contract_id", "organisation_id", "cost_item"),
        CheckConstraint("amount_yen >= 0", "amount"),
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    cost_item: Mapped[str] = mapped_column(String(10))
    amount_yen: Mapped[int] = mapped_column(Yen)
    said_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    said_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Transfer(Keyed, Model):
    """CON-15: yen moved from one cost item of an organisation to another; rows are only ever added."""

    __tablename__ = "cost_transfer"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", "amount"),
        CheckConstraint("from_item <> to_item", "items"),
        Index("ix_cost_transfer_contract", "contract_id", "id"),
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[TransferKind] = mapped_column(Code(TransferKind))
    from_item: Mapped[str] = mapped_column(String(10))
    to_item: Mapped[str] = mapped_column(String(10))
    amount_yen: Mapped[int] = mapped_column(Yen)
    reason: Mapped[str] = mapped_column(String(1000))
    basis: Mapped[str] = mapped_column(Short, default="")  # the approved change, as people know it
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    organisation: Mapped[Organisation] = relationship()
    by: Mapped[User] = relationship()


class SiteInspection(Keyed, Model):
    """An inspection that somebody made: where, when, what was found. Rows are only ever added."""

    __tablename__ = "site_inspection"
    __table_args__ = (Index("ix_site_inspection_contract", "contract_id", "held_on", "id"),)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    kind: Mapped[InspectionKind] = mapped_column(Code(InspectionKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(Short, default="")
    findings: Mapped[str] = mapped_column(Long)
    accepted_yen: Mapped[int] = mapped_column(Yen)  # the total of the accepted lines at that time
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    organisation: Mapped[Organisation | None] = relationship()
    by: Mapped[User] = relationship()


class Fixing(Keyed, Model):
    """MON-3: the calculation on which a contract's amount was fixed, as it stood then, and its notice."""

    __tablename__ = "fixing"
    __table_args__ = (UniqueConstraint("contract_id"), CheckConstraint("amount_yen >= 0", "amount"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    amount_yen: Mapped[int] = mapped_column(Yen)
    fixed_on: Mapped[date]
    calculation: Mapped[dict[str, Any]] = mapped_column(Json)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    notice_ja_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    notice_en_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    by: Mapped[User] = relationship()
    notice_ja: Mapped[Document | None] = relationship(foreign_keys=[notice_ja_id])
    notice_en: Mapped[Document | None] = relationship(foreign_keys=[notice_en_id])

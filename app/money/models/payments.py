"""Money that goes to the recipient and money that comes back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.agreements.models import Award, Contract
from app.core.clock import now
from app.core.db import Code, Keyed, Model, Short, Stateful, UTCDateTime, Yen
from app.money.choices import PaymentKind, PaymentStatus, ProfitStatus


class Payment(Keyed, Stateful, Model):
    """A payment to the recipient, or a claim on it (``kind.goes_out`` tells which).

    Of a bank account only its last four digits are kept, with bank and holder; the number itself is on the paper form.
    ``received_on`` is when the money that is claimed back had been received: from then the additional charge runs.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", "amount"),
        CheckConstraint(
            "checked_by_id is null or approved_by_id is null or checked_by_id <> approved_by_id", "two_people"
        ),
        CheckConstraint("account_last4 = '' or length(account_last4) = 4", "last4"),
        Index("ix_payment_contract", "contract_id", "id"),
        Index("ix_payment_waiting", "status", "requested_at", "id"),
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    kind: Mapped[PaymentKind] = mapped_column(Code(PaymentKind))
    status: Mapped[PaymentStatus] = mapped_column(Code(PaymentStatus), default=PaymentStatus.requested)
    amount_yen: Mapped[int] = mapped_column(Yen)
    purpose: Mapped[str] = mapped_column(String(1000), default="")
    consent_ref: Mapped[str] = mapped_column(Short, default="")  # of the finance ministry, for an advance
    consent_on: Mapped[date | None]
    bank: Mapped[str] = mapped_column(Short, default="")
    account_holder: Mapped[str] = mapped_column(Short, default="")
    account_last4: Mapped[str] = mapped_column(String(4), default="")
    due_on: Mapped[date | None]
    received_on: Mapped[date | None]
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))  # a charge's repayment
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paid_on: Mapped[date | None]
    rejected_reason: Mapped[str] = mapped_column(String(1000), default="")
    contract: Mapped[Contract] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])


class ProfitReturn(Keyed, Stateful, Model):
    """MON-9: one fiscal year's return of profit; the letters of the rule stand beside the columns."""

    __tablename__ = "profit_return"
    __table_args__ = (
        UniqueConstraint("award_id", "fiscal_year"),
        CheckConstraint(
            "subsidy_yen >= 0 and eligible_yen >= 0 and revenue_yen >= 0 and cost_yen >= 0 and exclusion_yen >= 0"
            " and returned_yen >= 0 and amount_yen >= 0",
            "amounts",
        ),
    )
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    fiscal_year: Mapped[int]
    status: Mapped[ProfitStatus] = mapped_column(Code(ProfitStatus), default=ProfitStatus.computed)
    subsidy_yen: Mapped[int] = mapped_column(Yen)  # A
    eligible_yen: Mapped[int] = mapped_column(Yen)  # B
    revenue_yen: Mapped[int] = mapped_column(Yen)
    cost_yen: Mapped[int] = mapped_column(Yen)  # revenue - cost = D
    exclusion_yen: Mapped[int] = mapped_column(Yen)  # E
    returned_yen: Mapped[int] = mapped_column(Yen)  # by earlier years
    amount_yen: Mapped[int] = mapped_column(Yen)  # F
    basis: Mapped[str] = mapped_column(String(1000), default="")  # where the figures come from
    computed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    waived_reason: Mapped[str] = mapped_column(String(1000), default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    award: Mapped[Award] = relationship()
    payment: Mapped[Payment | None] = relationship()

"""What reviewers (and officers) have told of themselves: ties to organisations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.db import Keyed, Model, UTCDateTime
from app.organisations.models import Organisation


class DeclaredInterest(Keyed, Model):
    """A tie that a reviewer (or officer) has declared to an organisation (CON-14)."""

    __tablename__ = "declared_interest"
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id"),
        Index("ix_declared_interest_org", "organisation_id"),
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(40))  # employment, joint_research, capital, family, other
    note: Mapped[str] = mapped_column(String(400), default="")
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    organisation: Mapped[Organisation] = relationship()

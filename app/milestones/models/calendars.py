"""The private address under which a person's calendar program reads that person's due dates."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Keyed, Model, UTCDateTime


class CalendarAddress(Keyed, Model):
    """One person's address; only the SHA-256 of its secret is kept, so it is shown once. A new one replaces it."""

    __tablename__ = "calendar_address"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    user: Mapped[User] = relationship()

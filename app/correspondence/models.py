"""Messages between a consortium and the programme office, one thread for each application."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.db import Code, Keyed, Model, UTCDateTime
from app.correspondence.choices import Side

MAX_TEXT = 4_000


class Message(Keyed, Model):
    """One message. Never changed, never deleted: both sides can rely on what was written."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_thread", "application_id", "id"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    side: Mapped[Side] = mapped_column(Code(Side))
    text: Mapped[str] = mapped_column(String(MAX_TEXT))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    author: Mapped[User] = relationship()


class MessageReading(Keyed, Model):
    """Up to which message a person has read a thread."""

    __tablename__ = "message_reading"
    __table_args__ = (UniqueConstraint("user_id", "application_id"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    last_read_id: Mapped[int]

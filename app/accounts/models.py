"""People, what they may do, and their sign-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.choices import Role
from app.core.clock import now
from app.core.db import Code, Keyed, Model, Short, UTCDateTime, Versioned


class User(Keyed, Versioned, Model):
    """A person with an account. ``email`` is stored in lower case and is the sign-in name."""

    __tablename__ = "user"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(Short)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="ja")
    active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    role_rows: Mapped[list["UserRole"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan"
    )

    session_token = None  # a str | None, set for the length of a request by the loader (accounts.queries)

    # What Flask-Login asks of a user, written by hand so that models know no HTTP library.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str | None:
        return self.session_token

    @property
    def actor_id(self) -> int:
        return self.id

    @property
    def roles(self) -> set[Role]:
        return {row.role for row in self.role_rows}

    def has_role(self, *roles: str) -> bool:
        return any(role in roles for role in self.roles)


class UserRole(Keyed, Model):
    """One role of one person; a cluster manager's is bound to a cluster by ``scope`` (its code)."""

    __tablename__ = "user_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "scope"), Index("ix_user_role_role", "role"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(Code(Role))
    scope: Mapped[str] = mapped_column(String(60), default="")
    user: Mapped[User] = relationship(back_populates="role_rows")


class UserSession(Keyed, Model):
    """One sign-in. The cookie holds a random token, this row its hash; ending the row ends the sign-in everywhere."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    user: Mapped[User] = relationship()


class PasswordLink(Keyed, Model):
    """A single-use link to choose a password, bound to one person, for one hour (three days for a new account)."""

    __tablename__ = "password_link"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    user: Mapped[User] = relationship()


class SignInAttempt(Keyed, Model):
    """A failed sign-in, kept for a day to slow guessing down."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_recent", "email", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
    )
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Anonymous:
    """Nobody: the reader who has not signed in."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    id = None
    actor_id = None
    roles: frozenset[Any] = frozenset()

    def get_id(self) -> None:
        return None

    def has_role(self, *roles: str) -> bool:
        return False

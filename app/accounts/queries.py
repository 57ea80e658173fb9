"""Look-ups of people and sign-ins."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.choices import Role
from app.accounts.models import PasswordLink, SignInAttempt, User, UserRole, UserSession
from app.core.clock import now
from app.core.db import UTCDateTime, session
from app.core.search import contains
from app.core.tables import Page, keyset


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


#: Asked on every page, so built once. Parameters: ``token_hash`` and ``instant``.
_OF_SESSION = (
    select(User)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > bindparam("instant", type_=UTCDateTime()),
        User.active,
    )
    .options(joinedload(User.role_rows))
)


def user_of_session(token: str) -> User | None:
    """The active person behind a session cookie with roles, or None when the sign-in has ended. One statement."""
    given = {"token_hash": hash_token(token), "instant": now()}
    user = session.scalars(_OF_SESSION, given).unique().one_or_none()
    if user is not None:
        user.session_token = token  # type: ignore[assignment]  # a plain attribute, not a column
    return user


def by_email(email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def get(user_id: int) -> User | None:
    return session.get(User, user_id)


def with_role(role: Role | str) -> Sequence[User]:
    """Everybody active who holds a role."""
    query = select(User).join(UserRole).where(User.active, UserRole.role == Role(role))
    return session.scalars(query.order_by(User.id).distinct()).all()


def scopes(user: User, role: Role) -> list[str]:
    return sorted(row.scope for row in user.role_rows if row.role == role and row.scope)


def demo_users() -> Sequence[User]:
    return session.scalars(select(User).where(User.is_demo).order_by(User.id)).all()


def password_link(token: str, *, lock: bool = False) -> PasswordLink | None:
    """A link that still works, or None."""
    query = (
        select(PasswordLink)
        .join(User, User.id == PasswordLink.user_id)
        .where(
            PasswordLink.token_hash == hash_token(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now(),
            User.active,
        )
    )
    return session.scalar(query.with_for_update(of=PasswordLink) if lock else query)


def links_since(user_id: int, since: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(PasswordLink)
            .where(PasswordLink.user_id == user_id, PasswordLink.created_at >= since)
        )
        or 0
    )


def page(text: str, after: str | None, before: str | None) -> Page[Any]:
    """People by address."""
    query = select(User)
    if text:
        query = query.where(or_(contains(User.email, text), contains(User.name, text)))
    return keyset(query, [User.email], after, before)


def other_admins(user_id: int) -> int:
    """Active administrators besides this person."""
    return (
        session.scalar(
            select(func.count(User.id.distinct()))
            .select_from(User)
            .join(UserRole)
            .where(UserRole.role == Role.admin, User.active, User.id != user_id)
        )
        or 0
    )


def recent_failures(email: str, address: str, within: timedelta) -> tuple[int, int, int]:
    """Failed sign-ins within the given time: for this address of mail from this network address, for the former from
    anywhere, and from the latter for anybody."""
    since = now() - within
    count = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at >= since)
    return (
        session.scalar(count.where(SignInAttempt.email == email, SignInAttempt.address == address)) or 0,
        session.scalar(count.where(SignInAttempt.email == email)) or 0,
        session.scalar(count.where(SignInAttempt.address == address)) or 0,
    )

"""Look-ups of people and sign-ins."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.choices import Role
from app.accounts.models import SignInAttempt, User, UserRole, UserSession
from app.core.clock import now
from app.core.db import session


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_session(token: str) -> User | None:
    """The active person behind a session cookie with roles, or None when the sign-in has ended. One statement."""
    user = (
        session.scalars(
            select(User)
            .join(UserSession, UserSession.user_id == User.id)
            .where(
                UserSession.token_hash == hash_token(token),
                UserSession.ended_at.is_(None),
                UserSession.expires_at > now(),
                User.active,
            )
            .options(joinedload(User.role_rows))
        )
        .unique()
        .one_or_none()
    )
    if user is not None:
        user.session_token = token
    return user


def by_email(email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def get(user_id: int) -> User | None:
    return session.get(User, user_id)


def with_role(role: Role) -> Sequence[User]:
    return session.scalars(
        select(User).join(UserRole).where(UserRole.role == role, User.active).order_by(User.name, User.id).distinct()
    ).all()


def scopes(user: User, role: Role) -> list[str]:
    return sorted(row.scope for row in user.role_rows if row.role == role and row.scope)


def demo_users() -> Sequence[User]:
    return session.scalars(select(User).where(User.is_demo).order_by(User.id)).all()


def recent_failures(email: str, address: str, within: timedelta) -> tuple[int, int]:
    """Failed sign-ins for this address of mail and from this network address within the given time."""
    since = now() - within
    count = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at >= since)
    return (
        session.scalar(count.where(SignInAttempt.email == email)) or 0,
        session.scalar(count.where(SignInAttempt.address == address)) or 0,
    )

"""Verbs of accounts: create people, sign in, sign out."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, update
from sqlalchemy.orm.attributes import flag_modified

from app.accounts import queries
from app.accounts.choices import APART, Role
from app.accounts.models import PasswordLink, SignInAttempt, User, UserRole, UserSession
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual

SESSION_LIFE = timedelta(hours=12)
FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 10  # from one network address
FAILURES_FROM_ANYWHERE = 60  # for one account: a guesser elsewhere does not so soon lock out the person
FAILURES_PER_ADDRESS = 100
MIN_PASSWORD = 12
LINK_LIFE = timedelta(hours=1)
WELCOME_LIFE = timedelta(days=3)
LINKS_PER_HOUR = 3
_hasher = PasswordHasher()
#: Verified when the account does not exist, so that both answers take the same time.
_DUMMY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= 200:
        raise Refused(
            [
                Reason(
                    "password-length",
                    Bilingual(
                        f"Choose a password of {MIN_PASSWORD} to 200 characters.",
                        f"パスワードは{MIN_PASSWORD}文字以上200文字以内にしてください。",
                    ),
                    "password",
                )
            ]
        )


def create_user(
    email: str,
    name: str,
    *,
    roles: list[tuple[Role, str]],
    actor: audit.Actor,
    password: str | None = None,
    locale: str = "ja",
    is_demo: bool = False,
) -> User:
    """Add a person; raises Refused when the password is too short or the address is taken."""
    if password is not None and not is_demo:
        check_password(password)
    address = email.strip().lower()
    if queries.by_email(address) is not None:
        raise Refused(
            [
                Reason(
                    "email-taken",
                    Bilingual("There is an account with this address.", "このアドレスは登録済みです。"),
                    "email",
                )
            ]
        )
    user = User(
        email=address,
        name=name,
        locale=locale,
        is_demo=is_demo,
        password_hash=hash_password(password) if password else None,
        role_rows=[UserRole(role=role, scope=scope) for role, scope in roles],
    )
    session.add(user)
    session.flush()
    audit.record(user, "account created", actor, data={"roles": [role.value for role, _scope in roles]})
    return user


def sign_in(email: str, password: str, address: str) -> str | None:
    """Check the password and open a session; answers its token, or None (wrong, unknown, or slowed down)."""
    email = email.strip().lower()[:254]
    here, anywhere, by_address = queries.recent_failures(email, address[:64], FAILURE_WINDOW)
    slowed = here >= FAILURES_PER_EMAIL or anywhere >= FAILURES_FROM_ANYWHERE or by_address >= FAILURES_PER_ADDRESS
    user = queries.by_email(email)
    stored = user.password_hash if user is not None and user.active and user.password_hash else None
    try:
        right = _hasher.verify(stored or _DUMMY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        right = False
    if not right or slowed or user is None:
        if not slowed:  # what is refused unheard does not make the wait longer
            session.add(SignInAttempt(email=email, address=address[:64]))
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now() - timedelta(days=1)))
        return None
    return open_session(user)


def open_session(user: User) -> str:
    """A fresh session with a new token."""
    token = secrets.token_urlsafe(32)
    session.add(UserSession(token_hash=queries.hash_token(token), user_id=user.id, expires_at=now() + SESSION_LIFE))
    session.flush()
    audit.record(user, "signed in", user)
    return token


def sign_out(user: User) -> None:
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == queries.hash_token(user.session_token or ""))
        .values(ended_at=now())
    )
    audit.record(user, "signed out", user)


def send_password_link(user: User, life: timedelta, template: str) -> None:
    """Mail a single-use link to choose a password. Only the token's hash is stored."""
    token = secrets.token_urlsafe(32)
    row = PasswordLink(user_id=user.id, token_hash=queries.hash_token(token), expires_at=now() + life)
    session.add(row)
    session.flush()
    mail.queue(
        template, user.email, user.locale, f"password-link:{row.id}",
        name=user.name, path=f"/password/{token}", until=row.expires_at,
    )  # fmt: skip


def forgot_password(email: str) -> None:
    """Send a link if there is such an account; at most three an hour, and the answer is the same either way."""
    user = queries.by_email(email[:254])
    if user is None or not user.active or queries.links_since(user.id, now() - LINK_LIFE) >= LINKS_PER_HOUR:
        return
    send_password_link(user, LINK_LIFE, "accounts/password")


def use_password_link(link: PasswordLink, password: str) -> None:
    """Choose a password through a link: the link is spent and every sign-in of that person ends."""
    set_password(link.user, password, link.user)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id == link.user_id, PasswordLink.used_at.is_(None))
        .values(used_at=now())
    )


def check_roles(roles: Iterable[Role]) -> None:
    """Raises Refused for roles that one person must not hold together."""
    held = set(roles)
    if Role.applicant in held and held & APART:
        words = Bilingual(
            "Who decides on or audits applications cannot be an applicant. Use another account.",
            "審査の決定又は監査に携わる方は申請者になれません。別のアカウントを使用してください。",
        )
        raise Refused([Reason("roles-apart", words, "roles")])


def set_roles(user: User, roles: list[tuple[Role, str]], active: bool, version: int, actor: audit.Actor) -> None:
    """Give a person these roles (with scope), or switch the account off; every sign-in ends, so rights hold at once.

    Raises Refused where it would leave the house without an administrator, or where somebody would lock out
    themselves; Stale when the person was changed meanwhile.
    """
    if not actor.has_role(Role.admin, "system"):
        raise Forbidden("set roles")
    if user.version != version:
        raise Stale({}, {})
    check_roles(role for role, _scope in roles)
    stays_admin = active and any(role is Role.admin for role, _scope in roles)
    if not stays_admin and user.has_role(Role.admin):
        if user.id == actor.actor_id or not queries.other_admins(user.id):
            raise Refused(
                [
                    Reason(
                        "last-admin",
                        Bilingual(
                            "You cannot take the administrator's role from yourself or from the last administrator.",
                            "自分自身又は最後の管理者から管理者権限を外すことはできません。",
                        ),
                        "roles",
                    )
                ]
            )
    before = sorted(role.value for role in user.roles)
    wanted = set(roles)
    kept = [row for row in user.role_rows if (row.role, row.scope) in wanted]  # a new row would meet the old one
    new = sorted(wanted - {(row.role, row.scope) for row in kept})
    user.role_rows = [*kept, *(UserRole(role=role, scope=scope) for role, scope in new)]
    user.active = active
    flag_modified(user, "active")
    session.flush()
    data = {"before": before, "after": sorted({role.value for role, _scope in roles}), "active": active}
    audit.record(user, "rights changed", actor, data=data)
    end_all_sessions(user, actor)


def end_all_sessions(user: User, actor: audit.Actor) -> None:
    session.execute(
        update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None)).values(ended_at=now())
    )
    audit.record(user, "all sessions ended", actor)


def set_password(user: User, password: str, actor: audit.Actor) -> None:
    """Give a new password and end every sign-in; raises Refused when it is too short."""
    check_password(password)
    user.password_hash = hash_password(password)
    session.execute(delete(SignInAttempt).where(SignInAttempt.email == user.email))  # the way back for who was slowed
    session.flush()
    end_all_sessions(user, actor)

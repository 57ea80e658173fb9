"""One report given into another person's hands: a link that is looked at by GET, used by POST, once, by its addressee."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound
from app.outcomes import policy, queries
from app.outcomes.models import FollowUp, ReportInvitation
from app.outcomes.operations.letters import refuse
from app.outcomes.workflow import FOLLOW_UP

LIFE = timedelta(days=14)
LETTERS_PER_DAY = 5  # to one address, whoever sends them
AT_ONCE = 5  # people with one report in their hands


def give(follow_up: FollowUp, email: str, locale: str, actor: Any) -> str:
    """Invite somebody to write and send this one report; answers the token, which is stored nowhere in the clear."""
    if not policy.may_give(actor, follow_up):
        raise Forbidden("give")
    if follow_up.status not in queries.AWAITED:
        FOLLOW_UP.check(follow_up, "submit", actor)
    address = email.strip().lower()
    present = queries.invitations_of(follow_up.id)
    if len(present) >= AT_ONCE:
        raise refuse(
            "invitations", "This report is in enough hands: withdraw an invitation first.",
            "この報告の依頼先が多すぎます。先に不要な依頼を取り消してください。", "email",
        )  # fmt: skip
    if queries.invitations_since(address, now() - timedelta(days=1)) >= LETTERS_PER_DAY:
        raise refuse(
            "invitation-letters", "This address has had enough letters today. Try again tomorrow.",
            "このアドレスには本日十分な数の招待を送っています。明日以降に再度お試しください。", "email",
        )  # fmt: skip
    for earlier in present:
        if earlier.email == address:
            earlier.withdrawn_at = now()  # a new letter replaces the old one
    token = secrets.token_urlsafe(32)
    row = ReportInvitation(
        follow_up_id=follow_up.id, email=address, locale=locale, expires_at=now() + LIFE, invited_by_id=actor.id,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(follow_up, "report given to somebody", actor)
    mail.queue(
        "outcomes/invitation", address, locale, f"report-invitation:{row.id}", inviter=actor.name,
        project=follow_up.project.project_key, title=follow_up.project.title, year=follow_up.fiscal_year,
        organisation=follow_up.organisation.name if follow_up.organisation else "", due_on=follow_up.due_on,
        path=f"/follow-ups/invitations/{token}", expires_at=row.expires_at,
    )  # fmt: skip
    return token


def withdraw(follow_up: FollowUp, invitation_id: int, actor: Any) -> None:
    """End an invitation, used or not: from the next request on that person sees nothing of the report."""
    if not policy.may_give(actor, follow_up):
        raise Forbidden("withdraw")
    row = next((row for row in queries.invitations_of(follow_up.id) if row.id == invitation_id), None)
    if row is None:
        raise NotFound("invitation")
    row.withdrawn_at = now()
    session.flush()
    audit.record(follow_up, "report taken back from somebody", actor)


def check_invitation(row: ReportInvitation | None) -> ReportInvitation:
    """Raises NotFound for an unknown token, Refused for one that is used, withdrawn, too old or without object."""
    if row is None:
        raise NotFound("invitation")
    if row.withdrawn_at is not None:
        raise refuse("invitation-withdrawn", "This invitation was withdrawn.", "この招待は取り消されました。")
    if row.accepted_at is not None:
        raise refuse(
            "invitation-used",
            "This invitation has been used already. If it was you, sign in: the report stands on your start page.",
            "この招待は既に使用されています。ご本人の場合はサインインしてください(報告はホーム画面に表示されます)。",
        )
    if row.expires_at <= now():
        raise refuse(
            "invitation-expired",
            f"This invitation is older than {LIFE.days} days. Ask for a new one.",
            f"この招待は{LIFE.days}日を過ぎています。再送を依頼してください。",
        )
    if row.follow_up.status not in queries.AWAITED:
        raise refuse("report-sent", "The report has been sent already.", "報告書は既に提出されています。")
    return row


def accept(token: str, actor: User) -> FollowUp:
    """Take the report into one's hands. Only the person with the invited address may, and only once."""
    row = check_invitation(queries.invitation_by_token(token, lock=True))
    if actor.email != row.email:
        raise refuse(
            "invitation-address",
            "This invitation was sent to another address. Sign out and sign in with the address it was sent to.",
            "この招待は別のアドレス宛てです。招待を受けたアドレスでサインインしてください。",
        )
    accounts.check_roles({*actor.roles, Role.applicant})
    row.accepted_at, row.accepted_by_id = now(), actor.id
    if not actor.has_role("applicant"):
        actor.role_rows.append(UserRole(role=Role.applicant))
        audit.record(actor, "role given with an invitation", actor, data={"role": "applicant"})
    session.flush()
    audit.record(row.follow_up, "report taken into hands", actor)
    return row.follow_up


def join(token: str, name: str, password: str) -> tuple[str, FollowUp]:
    """Make the invited address an account, accept, and sign in; answers the session's token and the report."""
    row = check_invitation(queries.invitation_by_token(token, lock=True))
    user = accounts.create_user(
        row.email, name, roles=[(Role.applicant, "")], actor=audit.SYSTEM, password=password, locale=row.locale
    )
    follow_up = accept(token, user)
    return accounts.open_session(user), follow_up


def has_account(email: str) -> bool:
    return people.by_email(email) is not None

"""The people of a consortium: inviting, joining, leaving."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import policy, queries
from app.applications.models import (
    Application,
    ConsortiumMember,
    MemberInvitation,
    MemberPerson,
)
from app.applications.operations.consortium import MAX_MEMBERS
from app.applications.operations.gates import in_time, refuse, still_draft
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound

INVITATION_LIFE = timedelta(days=14)
LETTERS_PER_DAY = 5  # invitations to one address, whoever sends them


def invite(
    application: Application, member: ConsortiumMember, email: str, locale: str, *, actor: Any, arrived: datetime
) -> str:
    """Invite somebody by mail to act for a member; answers the token, which is stored nowhere in the clear.

    The lead's people may invite for every member, a member's own people for theirs.
    """
    still_draft(application, "invite")
    if not policy.may_edit_share(actor, application, member):
        raise Forbidden("invite")
    in_time(application.call, arrived)
    address = email.strip().lower()
    open_ones = queries.invitations_of(application.id)
    if len(open_ones) >= MAX_MEMBERS:
        raise refuse("invitations", "Too many invitations are open.", "未回答の招待が多すぎます。", "email")
    if queries.invitations_since(address, now() - timedelta(days=1)) >= LETTERS_PER_DAY:
        raise refuse(
            "invitation-letters",
            "This address has had enough letters today. Try again tomorrow.",
            "このアドレスには本日十分な数の招待を送っています。明日以降に再度お試しください。",
            "email",
        )
    for earlier in open_ones:
        if earlier.email == address and earlier.member_id == member.id:
            earlier.withdrawn_at = now()  # a new letter replaces the old one
    token = secrets.token_urlsafe(32)
    invitation = MemberInvitation(
        member_id=member.id,
        email=address,
        locale=locale,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        expires_at=now() + INVITATION_LIFE,
        invited_by_id=actor.id,
    )
    session.add(invitation)
    session.flush()
    audit.record(application, "person invited", actor, data={"organisation": member.organisation_id})
    mail.queue(
        "applications/invitation",
        address,
        locale,
        f"invitation:{invitation.id}",
        number=application.number,
        title=application.title,
        call=application.call.title,
        organisation=member.organisation.name,
        inviter=actor.name,
        path=f"/invitations/{token}",
        expires_at=invitation.expires_at,
    )
    return token


def withdraw_invitation(application: Application, invitation: MemberInvitation, *, actor: Any) -> None:
    """Whatever has become of the application: a link that should not work must not work."""
    member = queries.member_of(application, invitation.member_id)
    if member is None or not policy.may_invite(actor, application, member):
        raise Forbidden("withdraw invitation")
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise refuse("invitation-used", "This invitation is no longer open.", "この招待は既に無効です。")
    invitation.withdrawn_at = now()
    session.flush()
    audit.record(application, "invitation withdrawn", actor)


def check_invitation(invitation: MemberInvitation | None) -> MemberInvitation:
    """Raises NotFound for an unknown token, Refused for one that is used, withdrawn or too old."""
    if invitation is None:
        raise NotFound("invitation")
    if invitation.accepted_at is not None:
        raise refuse(
            "invitation-used",
            "This invitation has been used already. If it was you, sign in and open “My applications”.",
            "この招待は既に使用されています。ご本人の場合はサインインし「申請一覧」を開いてください。",
        )
    if invitation.withdrawn_at is not None:
        raise refuse("invitation-withdrawn", "This invitation was withdrawn.", "この招待は取り消されました。")
    if invitation.expires_at <= now():
        raise refuse(
            "invitation-expired",
            "This invitation is older than 14 days. Ask for a new one.",
            "この招待は14日を過ぎています。再送を依頼してください。",
        )
    return invitation


def accept_invitation(token: str, *, actor: User) -> Application:
    """Join the member that the invitation names. Only the person with the invited address may, and only once."""
    invitation = check_invitation(queries.invitation_by_token(token, lock=True))
    if actor.email != invitation.email:
        raise refuse(
            "invitation-address",
            "This invitation was sent to another address. Sign out and sign in with the address it was sent to.",
            "この招待は別のアドレス宛てです。招待を受けたアドレスでサインインしてください。",
        )
    accounts.check_roles({*actor.roles, Role.applicant})
    invitation.accepted_at, invitation.accepted_by_id = now(), actor.id
    if not actor.has_role("applicant"):
        actor.role_rows.append(UserRole(role=Role.applicant))
        audit.record(actor, "role given with an invitation", actor, data={"role": "applicant"})
    row = queries.person_row(invitation.member_id, actor.id)
    if row is None:
        session.add(MemberPerson(member_id=invitation.member_id, user_id=actor.id))
    else:
        row.ended_at = None
    application = invitation.member.application
    session.flush()
    audit.record(application, "invitation accepted", actor, data={"organisation": invitation.member.organisation_id})
    return application


def join_with_new_account(token: str, name: str, password: str) -> tuple[User, str, Application]:
    """Make the invited address an account, accept, and sign in; answers the person, the session token, the draft."""
    invitation = check_invitation(queries.invitation_by_token(token, lock=True))
    user = accounts.create_user(
        invitation.email,
        name,
        roles=[(Role.applicant, "")],
        actor=audit.SYSTEM,
        password=password,
        locale=invitation.locale,
    )
    application = accept_invitation(token, actor=user)
    return user, accounts.open_session(user), application


def has_account(email: str) -> bool:
    return people.by_email(email) is not None


def end_person(application: Application, member: ConsortiumMember, user_id: int, *, actor: Any) -> None:
    """Somebody no longer works on this application; from the next request on they see nothing of it."""
    if not policy.is_lead(actor, application):
        raise Forbidden("end person")
    row = queries.person_row(member.id, user_id)
    if row is None or row.ended_at is not None:
        raise NotFound("person")
    if user_id == actor.id:
        raise refuse("yourself", "You cannot remove yourself.", "自分自身は外せません。")
    row.ended_at = now()
    for invitation in queries.open_invitations_to(member.id, user_id):
        invitation.withdrawn_at = now()  # an invitation still on its way must not let the person in again
    session.flush()
    audit.record(application, "person left", actor, data={"organisation": member.organisation_id})

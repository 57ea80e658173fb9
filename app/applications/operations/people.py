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
from app.applications.choices import MemberRole, Right
from app.applications.models import (
    Application,
    ConsortiumMember,
    LeadHandover,
    MemberInvitation,
    MemberPerson,
    Presence,
)
from app.applications.operations.consortium import MAX_MEMBERS, ONLY_ONCE
from app.applications.operations.drafting import LEAD_ROLES
from app.applications.operations.gates import check_open, in_time, refuse, still_draft, touch
from app.applications.operations.joining import joined
from app.applications.operations.letters import tell
from app.applications.operations.shares import drop_confirmation_if_changed
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound, Stale

INVITATION_LIFE = timedelta(days=14)
LETTERS_PER_DAY = 5  # invitations to one address, whoever sends them


def invite(
    application: Application, member: ConsortiumMember, email: str, locale: str, *, actor: Any, arrived: datetime,
    right: Right = Right.sign,
) -> str:  # fmt: skip
    """Invite somebody by mail to act for a member; answers the token, which is stored nowhere in the clear.

    Who signs for the lead may invite for every member, who signs for a member for that one.
    """
    still_draft(application, "invite")
    if not policy.may_invite(actor, application, member):
        raise Forbidden("invite")
    in_time(application, arrived)
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
        right=right,
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
    if member is None or not policy.may_end(actor, application, member):
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
            f"This invitation is older than {INVITATION_LIFE.days} days. Ask for a new one.",
            f"この招待は{INVITATION_LIFE.days}日を過ぎています。再送を依頼してください。",
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
        session.add(MemberPerson(member_id=invitation.member_id, user_id=actor.id, right=invitation.right))
    else:
        row.ended_at, row.right = None, invitation.right
    application = invitation.member.application
    if invitation.member.organisation_id != application.lead_organisation_id:
        invitation.member.lead_fills = False  # its own people are there now: cost detail is theirs until they open it
    session.flush()
    audit.record(application, "invitation accepted", actor, data={"organisation": invitation.member.organisation_id})
    joined(application.id)
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
    if not policy.may_end(actor, application, member):
        raise Forbidden("end person")
    row = queries.person_row(member.id, user_id)
    if row is None or row.ended_at is not None:
        raise NotFound("person")
    if user_id == actor.id:
        raise refuse("yourself", "You cannot remove yourself.", "自分自身は外せません。")
    if (
        not policy.may_invite(actor, application, member)
        and row.right is Right.sign
        and not queries.signers_left(member.id, user_id)
    ):
        raise refuse(
            "last-signer-of-member",
            "This is the last person who signs for a member that keeps its costs closed. Only that member names another.",
            "経費内訳を非公開としている参加機関の最後の署名者です。後任は当該機関のみが指名できます。",
        )
    row.ended_at = now()
    for invitation in queries.open_invitations_to(member.id, user_id):
        invitation.withdrawn_at = now()  # an invitation still on its way must not let the person in again
    session.flush()
    audit.record(application, "person left", actor, data={"organisation": member.organisation_id})


def give_right(application: Application, member: ConsortiumMember, user_id: int, right: Right, *, actor: Any) -> None:
    """Change what somebody may do for a member. The last person who signs for the lead keeps that right."""
    if not policy.may_invite(actor, application, member):
        raise Forbidden("give right")
    row = queries.person_row(member.id, user_id)
    if row is None or row.ended_at is not None:
        raise NotFound("person")
    if (
        right is not Right.sign
        and row.right is Right.sign
        and member.organisation_id == application.lead_organisation_id
        and not queries.signers_left(member.id, user_id)
    ):
        raise refuse(
            "last-signer",
            "Somebody must be left who signs for the lead. Give another person that right first.",
            "代表機関には署名できる担当者が1名以上必要です。先に他の担当者に署名権限を付与してください。",
        )
    row.right = right
    session.flush()
    audit.record(
        application, "right changed", actor, data={"organisation": member.organisation_id, "right": right.value}
    )


def offer_lead(
    application: Application, member: ConsortiumMember, role_after: MemberRole, version: int, *, actor: Any,
    arrived: datetime,
) -> LeadHandover:  # fmt: skip
    """Offer the lead to another member; nothing changes until somebody who signs for that member accepts."""
    still_draft(application, "offer the lead")
    if not policy.may_sign(actor, application):
        raise Forbidden("offer the lead")
    check_open(application, arrived, "consortium")
    if version != application.version:
        raise Stale({}, {})
    if member.organisation_id == application.lead_organisation_id:
        raise refuse("lead", "This member leads already.", "既に代表機関です。")
    if role_after in ONLY_ONCE and (
        role_after == LEAD_ROLES[application.call.programme] or any(m.role == role_after for m in application.members)
    ):
        raise refuse("role-taken", "This role is taken.", "この役割は既に登録されています。", "role")
    if not queries.signers_left(member.id, 0):
        raise refuse(
            "nobody-signs",
            "Nobody signs for this member yet. Invite a person of it first.",
            "この機関には署名できる担当者がいません。先に担当者を招待してください。",
        )
    if queries.open_handover(application.id) is not None:
        raise refuse("offer-open", "An offer of the lead is open already.", "既に申出中の引継ぎがあります。")
    offer = LeadHandover(
        application_id=application.id, to_member_id=member.id, role_after=role_after, offered_by_id=actor.id
    )
    session.add(offer)
    session.flush()
    audit.record(application, "lead offered", actor, data={"organisation": member.organisation_id})
    tell(
        application, "lead_offered", f"lead-offer:{offer.id}", to=queries.acting_for(member.id),
        organisation=member.organisation.name,
    )  # fmt: skip
    return offer


def close_offer(application: Application, accept: bool, *, actor: Any, arrived: datetime) -> None:
    """Accept or decline the lead (who signs for that member), or withdraw the offer (who signs for the lead)."""
    still_draft(application, "answer the offer")
    offer = queries.open_handover(application.id)
    if offer is None:
        raise NotFound("offer")
    standing = queries.standing(actor, application)
    if offer.to_member_id not in standing.signs and (accept or not standing.lead_signs):
        raise Forbidden("answer the offer")
    check_open(application, arrived, "consortium")
    offer.closed_at, offer.accepted = now(), accept
    if accept:
        _hand_over(application, offer, actor)
    session.flush()
    name = "lead handed over" if accept else "lead offer closed"
    audit.record(application, name, actor, data={"organisation": offer.to_member.organisation_id})


def _hand_over(application: Application, offer: LeadHandover, actor: Any) -> None:
    """The two members change places; both shares must be confirmed anew, since the role is part of them.

    Who opened its costs opened them to the lead of that time: every member with people of its own is closed to the
    new one, the old lead first of all, until it opens them itself.
    """
    role = LEAD_ROLES[application.call.programme]
    new = next(m for m in application.members if m.id == offer.to_member_id)
    old = next(m for m in application.members if m.role == role)
    old.role = offer.role_after
    session.flush()
    new.role, application.lead_organisation_id = role, new.organisation_id
    application.lead_organisation = new.organisation
    for member in (old, new):
        drop_confirmation_if_changed(application, member, actor)
    acting = queries.acting_by_member(application.id)
    for member in application.members:
        if member.organisation_id != new.organisation_id and acting.get(member.id):
            member.lead_fills = False
    touch(application)


def sign_of_life(application: Application, part: str, field: str, *, actor: Any) -> None:
    """Somebody has this part open, at this field."""
    row = queries.parts.presence_row(application.id, actor.id)
    if row is None:
        row = Presence(application_id=application.id, user_id=actor.id)
        session.add(row)
    row.part, row.field, row.seen_at = part, field, now()
    session.flush()

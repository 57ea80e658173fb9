"""People and organisations of an application, and invitations on their way."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import User
from app.applications.choices import Right
from app.applications.models import (
    Application,
    ConsortiumMember,
    LeadHandover,
    MemberInvitation,
    MemberPerson,
    ShareConfirmation,
)
from app.applications.queries.visibility import MAX_ID
from app.core.audit import Event
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.search import contains
from app.organisations.models import Organisation


def member_organisations(application_id: int) -> Sequence[Organisation]:
    """The organisations of a consortium, each once."""
    return session.scalars(
        select(Organisation)
        .where(
            Organisation.id.in_(
                select(ConsortiumMember.organisation_id).where(ConsortiumMember.application_id == application_id)
            )
        )
        .order_by(Organisation.name_ja, Organisation.id)
    ).all()


def people_of(application_id: int, *, lead_only: bool = False) -> Sequence[User]:
    """The people who work on an application now (all members', or the lead's alone)."""
    query = (
        select(User)
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None), User.active)
    )
    if lead_only:
        query = query.join(Application, Application.id == ConsortiumMember.application_id).where(
            ConsortiumMember.organisation_id == Application.lead_organisation_id
        )
    return session.scalars(query.order_by(User.id).distinct()).all()


def people_by_member(application_id: int) -> dict[int, list[str]]:
    """The names of the people who act for each member."""
    found: dict[int, list[str]] = {}
    for member_id, name in session.execute(
        select(MemberPerson.member_id, User.name)
        .join(User, User.id == MemberPerson.user_id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None))
        .order_by(MemberPerson.id)
    ):
        found.setdefault(member_id, []).append(name)
    return found


def acting_by_member(application_id: int) -> dict[int, list[User]]:
    """The people who act for each member now."""
    found: dict[int, list[User]] = {}
    for member_id, user in session.execute(
        select(MemberPerson.member_id, User)
        .join(User, User.id == MemberPerson.user_id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application_id, MemberPerson.ended_at.is_(None))
        .options(lazyload(User.role_rows))  # names are shown, not rights
        .order_by(MemberPerson.id)
    ):
        found.setdefault(member_id, []).append(user)
    return found


def acting_for(member_id: int) -> Sequence[User]:
    """The people who act for one member now."""
    return session.scalars(
        select(User)
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .where(MemberPerson.member_id == member_id, MemberPerson.ended_at.is_(None))
        .order_by(MemberPerson.id)
    ).all()


def names_for_history(application: Application, to_agency: bool) -> dict[int, str]:
    """Names that the history may show: the consortium's own people; officers by name only among themselves."""
    own = (
        select(User.id, User.name, literal("own"))
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(ConsortiumMember.application_id == application.id)
    )
    names = {row[0]: row[1] for row in session.execute(own)}
    others = session.execute(
        select(User.id, User.name)
        .join(Event, Event.actor_id == User.id)
        .where(Event.subject_type == Application.__tablename__, Event.subject_id == application.id)
        .distinct()
    )
    office = Bilingual("programme office", "事業事務局")
    for user_id, name in others:
        if user_id not in names:
            names[user_id] = name if to_agency else str(office)
    return names


def invitation_by_token(token: str, lock: bool = False) -> MemberInvitation | None:
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    query = select(MemberInvitation).where(MemberInvitation.token_hash == digest)
    if lock:
        query = query.with_for_update(of=MemberInvitation).execution_options(populate_existing=True)
    return session.scalar(
        query.options(
            joinedload(MemberInvitation.member).joinedload(ConsortiumMember.organisation),
            joinedload(MemberInvitation.member).joinedload(ConsortiumMember.application).joinedload(Application.call),
        )
        if not lock
        else query
    )


def open_invitations_to(member_id: int, user_id: int) -> Sequence[MemberInvitation]:
    """Invitations for this member on their way to a person's address."""
    return session.scalars(
        select(MemberInvitation)
        .join(User, User.email == MemberInvitation.email)
        .where(
            MemberInvitation.member_id == member_id,
            User.id == user_id,
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.withdrawn_at.is_(None),
        )
    ).all()


def invitations_of(application_id: int) -> Sequence[MemberInvitation]:
    """The invitations that still wait for an answer."""
    return session.scalars(
        select(MemberInvitation)
        .join(ConsortiumMember, ConsortiumMember.id == MemberInvitation.member_id)
        .where(
            ConsortiumMember.application_id == application_id,
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.withdrawn_at.is_(None),
        )
        .order_by(MemberInvitation.id)
    ).all()


def invitations_since(email: str, since: datetime) -> int:
    """How many invitations an address was sent since an instant, from all applications."""
    query = select(func.count(MemberInvitation.id))
    return session.scalar(query.where(MemberInvitation.email == email, MemberInvitation.created_at >= since)) or 0


def person_row(member_id: int, user_id: int) -> MemberPerson | None:
    if user_id > MAX_ID:
        return None
    return session.scalar(
        select(MemberPerson).where(MemberPerson.member_id == member_id, MemberPerson.user_id == user_id)
    )


def organisation_by_corporate_number(number: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.corporate_number == number))


def organisation(organisation_id: int) -> Organisation | None:
    return session.get(Organisation, organisation_id)


def search_organisations(text: str, limit: int = 20) -> Sequence[Organisation]:
    """Organisations of the register by a part of their name or by their corporate number."""
    if not text:
        return []
    return session.scalars(
        select(Organisation)
        .where(
            or_(
                contains(Organisation.name_ja, text),
                contains(Organisation.name_en, text),
                Organisation.corporate_number == text,
            ),
            Organisation.closed_on.is_(None),
        )
        .order_by(Organisation.name_ja, Organisation.id)
        .limit(limit)
    ).all()


def confirmation_in_force(member_id: int) -> ShareConfirmation | None:
    """The signature that stands for a member's share."""
    return session.scalar(
        select(ShareConfirmation)
        .where(ShareConfirmation.member_id == member_id, ShareConfirmation.lapsed_at.is_(None))
        .order_by(ShareConfirmation.id.desc())
        .limit(1)
    )


def confirmation_at(application_id: int, sha256: str, at: datetime) -> ShareConfirmation | None:
    """The signature that was given for exactly this content at exactly this instant."""
    return session.scalar(
        select(ShareConfirmation)
        .where(
            ShareConfirmation.application_id == application_id,
            ShareConfirmation.sha256 == sha256,
            ShareConfirmation.at == at,
        )
        .order_by(ShareConfirmation.id.desc())
        .limit(1)
    )


def signed_by(actor: Any) -> Sequence[ShareConfirmation]:
    """Everything a person has confirmed, newest first: kept also after leaving the consortium."""
    return session.scalars(
        select(ShareConfirmation)
        .where(ShareConfirmation.user_id == actor.id)
        .options(joinedload(ShareConfirmation.application).joinedload(Application.call))
        .order_by(ShareConfirmation.id.desc())
        .limit(200)
    ).all()


def signed_one(actor: Any, confirmation_id: int) -> ShareConfirmation | None:
    """One of the actor's own signatures."""
    if confirmation_id > MAX_ID:
        return None
    return session.scalar(
        select(ShareConfirmation)
        .where(ShareConfirmation.id == confirmation_id, ShareConfirmation.user_id == actor.id)
        .options(joinedload(ShareConfirmation.application).joinedload(Application.call))
    )


def rights_of(member_id: int) -> dict[int, Right]:
    """The right of each person who acts for a member now."""
    rows = session.execute(
        select(MemberPerson.user_id, MemberPerson.right).where(
            MemberPerson.member_id == member_id, MemberPerson.ended_at.is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def signers_left(member_id: int, without: int) -> int:
    """How many people besides one sign for a member."""
    query = (
        select(func.count())
        .select_from(MemberPerson)
        .where(
            MemberPerson.member_id == member_id,
            MemberPerson.ended_at.is_(None),
            MemberPerson.right == Right.sign,
            MemberPerson.user_id != without,
        )
    )
    return session.scalar(query) or 0


def open_handover(application_id: int) -> LeadHandover | None:
    """The offer of the lead that waits for an answer."""
    return session.scalar(
        select(LeadHandover)
        .where(LeadHandover.application_id == application_id, LeadHandover.closed_at.is_(None))
        .options(joinedload(LeadHandover.to_member).joinedload(ConsortiumMember.organisation))
    )

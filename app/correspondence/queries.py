"""Every look-up of threads. Who may read one is settled here: what an actor may not see does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import queries as applications
from app.applications.models import Application, ConsortiumMember, Correction, MemberPerson
from app.core.db import session
from app.core.tables import Page, keyset
from app.correspondence.choices import Side
from app.correspondence.models import Message, MessageReading

PAGE_SIZE = 50


@dataclass(frozen=True)
class Thread:
    """An application's thread as one reader has it. ``side`` is None for who reads only (auditors)."""

    application_id: int
    number: str
    title: Any
    side: Side | None
    opens_application: bool  # may this reader also open the application itself?


def _has_messages() -> Any:
    return exists().where(Message.application_id == Application.id)


def _own(actor: Any) -> Select[Any]:
    """The applications in whose consortium the actor works now."""
    return (
        select(ConsortiumMember.application_id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .where(MemberPerson.user_id == actor.id, MemberPerson.ended_at.is_(None))
    )


def thread_for(actor: Any, application_id: int) -> Thread | None:
    """The thread, or None when it is not there for this actor.

    The consortium's own people always have one; an officer or auditor who is recused from the application has none. The office has the thread of everything handed in; of a draft, which is
    private, only once its consortium has written: by writing it names itself, and shows number and title, no more.
    """
    if application_id > applications.MAX_ID or not actor.is_authenticated:
        return None
    row = session.scalar(select(Application).where(Application.id == application_id).options(lazyload("*")))
    if row is None:
        return None
    if actor.has_role(Role.applicant) and session.scalar(_own(actor).where(
        ConsortiumMember.application_id == application_id
    ).limit(1)):  # fmt: skip
        return Thread(row.id, row.number, row.title, Side.consortium, True)
    if not actor.has_role(*applications.AGENCY) or row.id in applications.kept_out(actor):
        return None
    seen = session.scalar(
        applications.visible_to(actor).with_only_columns(Application.id).where(Application.id == row.id)
    )
    if seen is None and not session.scalar(select(_has_messages()).where(Application.id == row.id)):
        return None
    side = Side.office if actor.has_role(Role.officer) else None
    return Thread(row.id, row.number, applications.sealed_title(row), side, seen is not None)


def messages(application_id: int, after: str | None = None, before: str | None = None) -> Page[Any]:
    """One page of a thread, the newest message first, with its author's name."""
    query: Any = (
        select(Message)
        .where(Message.application_id == application_id)
        .options(joinedload(Message.author).lazyload(User.role_rows))
    )
    return keyset(query, [(-Message.id).label("newest_first")], after, before, PAGE_SIZE)


def last_id(application_id: int) -> int:
    return session.scalar(select(func.max(Message.id)).where(Message.application_id == application_id)) or 0


def reading(user_id: int, application_id: int) -> MessageReading | None:
    return session.scalar(
        select(MessageReading).where(MessageReading.user_id == user_id, MessageReading.application_id == application_id)
    )


def unread(actor: Any) -> list[tuple[int, str, Any, int]]:
    """(application id, number, title, how many) of the office's messages that a person of a consortium has not read."""
    rows = session.execute(
        select(Application.id, Application.number, Application.title_en, Application.title_ja, func.count(Message.id))
        .join(Message, Message.application_id == Application.id)
        .outerjoin(
            MessageReading,
            and_(MessageReading.application_id == Application.id, MessageReading.user_id == actor.id),
        )
        .where(
            Application.id.in_(_own(actor)),
            Message.side == Side.office,
            or_(MessageReading.id.is_(None), Message.id > MessageReading.last_read_id),
        )
        .group_by(Application.id, Application.number, Application.title_en, Application.title_ja)
        .order_by(Application.number)
    )
    return [(row[0], row[1], row[3] or row[2], row[4]) for row in rows]


def _last_of_each() -> Any:
    return select(func.max(Message.id)).group_by(Message.application_id)


def waiting_threads(actor: Any, after: str | None = None, before: str | None = None) -> Page[Any]:
    """Threads whose last word is the consortium's, the one that waits longest first: the office's work."""
    query: Any = (
        select(
            Message.application_id,
            Message.sent_at,
            Application.number,
            applications.as_sealed("title_en").label("title_en"),
            applications.as_sealed("title_ja").label("title_ja"),
        )
        .join(Application, Application.id == Message.application_id)
        .outerjoin(Correction, applications.UNDER_CORRECTION)
        .where(_waits_for(actor))
    )
    return keyset(query, [Message.id], after, before)


def _waits_for(actor: Any) -> Any:
    return and_(
        Message.id.in_(_last_of_each()),
        Message.side == Side.consortium,
        applications.not_kept_out(actor, Message.application_id),
    )


def waiting_count(actor: Any) -> int:
    """How many threads wait for the office's answer."""
    return session.scalar(select(func.count(Message.id)).where(_waits_for(actor))) or 0


def officers_of(application_id: int) -> Sequence[User]:
    """The officers who have written in this thread and still are officers; all officers where none has. Nobody who is
    recused from the application."""
    officers = (
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.active, UserRole.role == Role.officer)
        .order_by(User.id)
        .distinct()
    )
    wrote = select(Message.author_id).where(Message.application_id == application_id, Message.side == Side.office)
    known = applications.free_of_ties(session.scalars(officers.where(User.id.in_(wrote))), application_id)
    return known or applications.free_of_ties(session.scalars(officers), application_id)


def consortium_of(application_id: int) -> Sequence[User]:
    """The people of the consortium who have access now."""
    return applications.people_of(application_id)

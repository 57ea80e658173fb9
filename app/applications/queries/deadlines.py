"""Whom a moved deadline concerns, and what the office sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.applications.choices import ApplicationStatus
from app.applications.models import Application, ConsortiumMember, MemberPerson
from app.applications.queries.visibility import not_kept_out
from app.calls.models import CallExtension
from app.core.db import session

#: Who can still profit from more time: drafts, and what was handed in and may yet be corrected.
OPEN = (ApplicationStatus.draft, ApplicationStatus.submitted)


@dataclass(frozen=True)
class Change:
    """One move of a deadline as the office reads it."""

    row: CallExtension
    number: str | None  # of the application that it holds for
    made_by: str


def drafters(call_id: int) -> Sequence[User]:
    """Everybody who has access to a draft of this call now, each once."""
    return session.scalars(
        select(User)
        .where(
            User.active,
            User.id.in_(
                select(MemberPerson.user_id)
                .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
                .join(Application, Application.id == ConsortiumMember.application_id)
                .where(
                    Application.call_id == call_id,
                    Application.status == ApplicationStatus.draft,
                    MemberPerson.ended_at.is_(None),
                )
            ),
        )
        .order_by(User.id)
    ).all()


def by_number(actor: Any, call_id: int, number: str) -> Application | None:
    """An application of this call that is not decided yet, by the number that its consortium has named to the office;
    none from which the officer is recused."""
    return session.scalar(
        select(Application).where(
            Application.call_id == call_id,
            Application.number == number,
            Application.status.in_(OPEN),
            not_kept_out(actor),
        )
    )


def changes(actor: Any, call_id: int) -> list[Change]:
    """Every move of a call's deadlines that this officer or auditor may know of, the newest first."""
    rows = session.execute(
        select(CallExtension, Application.number, User.name)
        .join(User, User.id == CallExtension.made_by_id)
        .outerjoin(Application, Application.id == CallExtension.application_id)
        .where(CallExtension.call_id == call_id, not_kept_out(actor, CallExtension.application_id))
        .order_by(CallExtension.id.desc())
    )
    return [Change(row[0], row[1], row[2]) for row in rows]

"""Who belongs to the panel of a call, and who of it may have to do with an application."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts import queries as accounts
from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import queries as applications
from app.applications.models import Application
from app.core.db import session
from app.core.i18n import Bilingual
from app.panels.definitions.discussion import aliases
from app.panels.models import PanelRules, Post
from app.reviewers import queries as reviewers
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment
from app.reviews.queries import REVIEWABLE

WORKING = (AssignmentStatus.accepted, AssignmentStatus.submitted)


def rules(call_id: int) -> PanelRules | None:
    return session.scalar(select(PanelRules).where(PanelRules.call_id == call_id))


def names_shown(call_id: int) -> bool:
    """Do the reviewers of a call read one another's names? Not unless an officer has said so."""
    return bool(session.scalar(select(PanelRules.names_shown).where(PanelRules.call_id == call_id)))


def members_of(call_id: int) -> Sequence[User]:
    """The panel of a call: active reviewers who work on one of its proposals, by name."""
    works = (
        select(ReviewAssignment.reviewer_id)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(Application.call_id == call_id, ReviewAssignment.status.in_(WORKING))
    )
    return session.scalars(
        select(User)
        .join(UserRole)
        .where(User.active, UserRole.role == Role.reviewer, User.id.in_(works))
        .order_by(User.name, User.id)
        .distinct()
    ).all()


def is_member(user_id: int, call_id: int) -> bool:
    """Does this person work on a proposal of this call that is under review?"""
    query = (
        select(ReviewAssignment.id)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(
            ReviewAssignment.reviewer_id == user_id, ReviewAssignment.status.in_(WORKING),
            Application.call_id == call_id, Application.status.in_(REVIEWABLE),
        )
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def assignment_of(user_id: int, application_id: int) -> ReviewAssignment | None:
    return session.scalar(
        select(ReviewAssignment)
        .where(ReviewAssignment.reviewer_id == user_id, ReviewAssignment.application_id == application_id)
        .options(lazyload("*"))
    )


def asked(application_ids: Collection[int]) -> dict[int, dict[int, AssignmentStatus]]:
    """application -> person -> state of the assignment, in the order of asking."""
    found: dict[int, dict[int, AssignmentStatus]] = {key: {} for key in application_ids}
    rows = session.execute(
        select(ReviewAssignment.application_id, ReviewAssignment.reviewer_id, ReviewAssignment.status)
        .where(ReviewAssignment.application_id.in_(found))
        .order_by(ReviewAssignment.id)
    )
    for application_id, reviewer_id, status in rows:
        found[application_id][reviewer_id] = status
    return found


def is_blocked(application_id: int, user_id: int) -> bool:
    return user_id in reviewers.conflicts(application_id, [user_id])


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


def aliases_of(application_id: int) -> dict[int, Bilingual]:
    """What everybody who was asked about a proposal, or wrote on it, is called where names are hidden."""
    wrote = session.scalars(
        select(Post.author_id)
        .where(Post.application_id == application_id, Post.by_office.is_(False))
        .order_by(Post.id)
    ).all()  # fmt: skip
    return aliases(list(asked([application_id])[application_id]), list(dict.fromkeys(wrote)))


def officers_free(application_id: int) -> list[Any]:
    return applications.free_of_ties(accounts.with_role(Role.officer), application_id)


def reviewers_by_id(user_ids: Collection[int]) -> dict[int, User]:
    rows = session.scalars(
        select(User).where(User.id.in_(set(user_ids)), User.active).options(joinedload(User.role_rows))
    ).unique()
    return {row.id: row for row in rows if row.has_role(Role.reviewer)}

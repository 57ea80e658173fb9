"""Requests one by one: a replacement, declining with a suggestion, reminders, invitations to the pool."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.accounts.models import User
from app.applications.models import Application
from app.assigning import queries
from app.assigning.models import ReviewInvitation
from app.assigning.operations.applying import check_days
from app.assigning.queries.invitations import Awaited
from app.core import audit, mail
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden
from app.reviews import operations as reviews
from app.reviews.models import ReviewAssignment

REMIND_DAYS_BEFORE = (7, 3, 0)


def ask_one(application: Application, reviewer: User, answer_by: date, due_on: date, actor: Any) -> ReviewAssignment:
    """Ask one more reviewer with a day to answer by. Raises Refused like ``reviews.assign``, which does the rest."""
    check_days(answer_by, due_on)
    row = reviews.assign(application, reviewer, due_on, actor)
    session.add(ReviewInvitation(assignment_id=row.id, answer_by=answer_by))
    session.flush()
    return row


def decline(assignment: ReviewAssignment, reason: str, suggestion: str, actor: Any) -> None:
    """Decline with a reason and, for the office alone, whom to ask instead."""
    reviews.answer(assignment, "decline", actor, reason)
    if not suggestion:
        return
    row = queries.invitation_of(assignment.id) or ReviewInvitation(assignment_id=assignment.id)
    row.suggestion, row.suggested_at = suggestion, now()
    session.add(row)
    session.flush()


def remind() -> None:
    """Clockwork: one letter per person, day and occasion, 7, 3 and 0 days before the day of the answer or the review.

    It names what is open at that moment, so reminders stop with the answer, the review, a conflict, and the end of the
    application's review. An occasion that came before the request itself is none.
    """
    on = today()
    letters: dict[tuple[int, str, date, int], list[Awaited]] = defaultdict(list)
    for one in queries.awaited(on + timedelta(days=max(REMIND_DAYS_BEFORE))):
        left = (one.day - on).days
        occasion = min(days for days in REMIND_DAYS_BEFORE if left <= days)
        if one.day - timedelta(days=occasion) > one.asked_on:
            letters[one.assignment.reviewer_id, one.what, one.day, occasion].append(one)
    for (person_id, what, day, occasion), items in letters.items():
        person = items[0].assignment.reviewer
        mail.queue(
            "assigning/reminder", person.email, person.locale, f"review-reminder:{what}:{person_id}:{day}:{occasion}",
            name=person.name, what=what, day=day, numbers=[item.assignment.application.number for item in items],
        )  # fmt: skip


def invite_to_pool(email: str, name: str, locale: str, actor: Any) -> User:
    """Open a reviewer's account and mail a single-use link, bound to that address, to somebody who has none.

    Raises Refused when the address is taken: further roles are for administrators to give.
    """
    if not actor.has_role("officer"):
        raise Forbidden("invite to pool")
    user = accounts.create_user(email, name, roles=[(Role.reviewer, "")], actor=actor, locale=locale)
    accounts.send_password_link(user, accounts.WELCOME_LIFE, "assigning/pool")
    audit.record(user, "invited to the pool", actor)
    return user

"""Whom a reminder to many would reach, and whom it reached."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core.db import session
from app.core.outbox import OutboxItem
from app.outcomes.models import Chase, FollowUp
from app.outcomes.queries.duties import AWAITED, people_for
from app.outcomes.queries.response import matching

#: More reports than this are too many for one occasion: nobody would read the list of whom it goes to.
MOST = 500


def letters_to_write(actor: Any, filters: dict[str, str]) -> tuple[list[tuple[User, list[FollowUp]]], list[FollowUp]]:
    """(person, the reports to ask for) of everybody whom these filters reach, and the reports that nobody writes.

    At most ``MOST`` + 1 reports are looked at, so that the caller can see that there are more.
    """
    rows = session.scalars(
        matching(actor, filters)
        .where(FollowUp.status.in_(AWAITED))
        .options(joinedload(FollowUp.project), joinedload(FollowUp.organisation))
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(MOST + 1)
    ).all()
    people = people_for(row.id for row in rows)
    users: dict[int, User] = {}
    asked: dict[int, list[FollowUp]] = {}
    for row in rows:
        for user in people[row.id]:
            users[user.id] = user
            asked.setdefault(user.id, []).append(row)
    nobody = [row for row in rows if not people[row.id]]
    return [(users[key], asked[key]) for key in sorted(users, key=lambda key: users[key].email)], nobody


def chased_today(keys: Sequence[str]) -> set[str]:
    """Which of these occasions had their letter already."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        part = list(keys[start : start + 500])
        found.update(session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.in_(part))))
    return found


def chases(limit: int = 20) -> Sequence[Chase]:
    """The latest occasions on which officers wrote to many."""
    return session.scalars(
        select(Chase).options(joinedload(Chase.made_by)).order_by(Chase.id.desc()).limit(limit)
    ).all()


def chase_by_key(key: str) -> Chase | None:
    return session.scalar(select(Chase).where(Chase.key == key))

"""Everything that an assignment of a call's reviewers is computed from."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, literal, select

from app.accounts.models import User
from app.applications.models import Application
from app.assigning.choices import Level
from app.assigning.definitions.fit import Topic
from app.assigning.models import ReviewPreference
from app.core.db import session
from app.reviewers import queries as reviewers
from app.reviewers.models import ConflictJudgement, DeclaredInterest, Employment, InterestDeclaration, ReviewerProfile
from app.reviews.choices import AssignmentStatus, DecisionStatus
from app.reviews.models import Decision, Review, ReviewAssignment
from app.reviews.queries import REVIEWABLE

LIVING = (AssignmentStatus.invited, AssignmentStatus.accepted, AssignmentStatus.submitted)
OPEN = (AssignmentStatus.invited, AssignmentStatus.accepted)
PAST = 4000  # reviews of earlier rounds whose titles tell what their readers know


@dataclass(frozen=True)
class Held:
    """An assignment that exists. ``worked``: something was saved or sent; such a pair is never given up."""

    id: int
    application_id: int
    reviewer_id: int
    status: AssignmentStatus
    worked: bool


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    email: str
    kind: str
    limit: int | None
    elsewhere: int
    topic: Topic


@dataclass(frozen=True)
class Inputs:
    """Proposals that take reviews, reviewers with a profile, what is asked already, who is excluded, who wishes what."""

    proposals: tuple[Topic, ...]
    numbers: Mapping[int, str]
    people: tuple[Person, ...]
    held: tuple[Held, ...]
    blocked: Collection[tuple[int, int]]  # (application, person)
    wishes: Mapping[int, Mapping[int, Level]]  # person -> application -> level


def reviewing() -> Any:
    """The condition that an application takes reviewers: under review, and no decision confirmed."""
    decided = exists().where(Decision.application_id == Application.id, Decision.status != DecisionStatus.proposed)
    return Application.status.in_(REVIEWABLE) & ~decided


def inputs(call_id: int, only: Sequence[int] | None = None) -> Inputs:
    """Of a whole call, or of some of its applications. A constant number of statements."""
    query = select(
        Application.id, Application.number, Application.title_en, Application.title_ja, Application.abstract,
        Application.field,
    ).where(Application.call_id == call_id, reviewing())  # fmt: skip
    if only is not None:
        query = query.where(Application.id.in_(list(only)))
    rows = session.execute(query.order_by(Application.number)).all()
    ids = [row.id for row in rows]
    topics = tuple(
        Topic(row.id, (row.field,) if row.field else (), f"{row.title_ja} {row.title_en} {row.abstract}")
        for row in rows
    )
    people = _people(call_id)
    user_ids = [person.id for person in people]
    standings = reviewers.standings(ids, user_ids)
    blocked = {pair for pair, standing in standings.items() if standing.blocked}
    wishes, tied = _wishes(ids)
    return Inputs(
        topics, {row.id: row.number for row in rows}, people, tuple(held(ids)), blocked | tied, wishes,
    )  # fmt: skip


def held(application_ids: Sequence[int]) -> list[Held]:
    """Everybody who was ever asked about these applications."""
    worked = exists().where(Review.assignment_id == ReviewAssignment.id)
    rows = session.execute(
        select(
            ReviewAssignment.id, ReviewAssignment.application_id, ReviewAssignment.reviewer_id,
            ReviewAssignment.status, worked.label("worked"),
        )
        .where(ReviewAssignment.application_id.in_(list(application_ids)))
        .order_by(ReviewAssignment.id)
    )  # fmt: skip
    return [Held(r.id, r.application_id, r.reviewer_id, r.status, bool(r.worked)) for r in rows]


def _people(call_id: int) -> tuple[Person, ...]:
    known = reviewers.reviewers_by_id()
    profiles = reviewers.profiles(list(known))
    loads = reviewers.loads(list(known))
    here = dict(
        session.execute(
            select(ReviewAssignment.reviewer_id, func.count())
            .join(Application, Application.id == ReviewAssignment.application_id)
            .where(Application.call_id == call_id, ReviewAssignment.status.in_(OPEN))
            .group_by(ReviewAssignment.reviewer_id)
        ).all()
    )
    past = _past_titles(call_id)
    return tuple(
        Person(
            user_id, user.name, user.email, profile.kind.value, profile.load_limit,
            max(0, loads.get(user_id, 0) - here.get(user_id, 0)),
            Topic(user_id, tuple(profile.field_codes), f"{profile.keywords} {past.get(user_id, '')}".strip()),
        )
        for user_id, user in known.items() if (profile := profiles.get(user_id)) is not None
    )  # fmt: skip


def _past_titles(call_id: int) -> dict[int, str]:
    """Titles of what people reviewed in other calls: what they have shown to know."""
    rows = session.execute(
        select(ReviewAssignment.reviewer_id, Application.title_ja, Application.title_en)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(ReviewAssignment.status == AssignmentStatus.submitted, Application.call_id != call_id)
        .order_by(ReviewAssignment.id.desc())
        .limit(PAST)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for user_id, ja, en in rows:
        if len(found[user_id]) < 20:
            found[user_id].append(f"{ja} {en}")
    return {user_id: " ".join(titles) for user_id, titles in found.items()}


def _wishes(application_ids: Sequence[int]) -> tuple[dict[int, dict[int, Level]], set[tuple[int, int]]]:
    """(person -> application -> level, pairs in which the person said that there is a tie)."""
    wishes: dict[int, dict[int, Level]] = defaultdict(dict)
    tied: set[tuple[int, int]] = set()
    rows = session.execute(
        select(
            ReviewPreference.application_id, ReviewPreference.user_id, ReviewPreference.level, ReviewPreference.conflict
        ).where(ReviewPreference.application_id.in_(list(application_ids)))
    )
    for application_id, user_id, level, conflict in rows:
        wishes[user_id][application_id] = level
        if conflict:
            tied.add((application_id, user_id))
    return wishes, tied


def fingerprint(call_id: int) -> str:
    """Changes whenever something changes that a plan is computed from: counts and newest rows, in one statement.

    Applying a plan never relies on it; it looks at every pair again.
    """
    of_call = select(Application.id).where(Application.call_id == call_id)
    asked = ReviewAssignment.application_id.in_(of_call)
    parts: list[Any] = [
        select(func.count()).select_from(Application).where(Application.call_id == call_id, reviewing()),
        select(func.max(ConflictJudgement.id)), select(func.max(DeclaredInterest.id)),
        select(func.count()).select_from(DeclaredInterest).where(DeclaredInterest.withdrawn_at.is_not(None)),
        select(func.max(InterestDeclaration.id)), select(func.max(Employment.id)),
        select(func.count()).select_from(Employment),
        select(func.count()).select_from(ReviewerProfile), select(func.max(ReviewerProfile.updated_at)),
        select(func.count()).select_from(User).where(User.active),
        select(func.max(ReviewPreference.at)).where(ReviewPreference.application_id.in_(of_call)),
        select(func.count()).select_from(ReviewPreference).where(ReviewPreference.application_id.in_(of_call)),
        select(func.count()).select_from(Review).join(ReviewAssignment).where(asked),
        *(
            select(func.count()).select_from(ReviewAssignment).where(asked, ReviewAssignment.status == status)
            for status in AssignmentStatus
        ),
    ]  # fmt: skip
    row = session.execute(select(literal(call_id), *(part.scalar_subquery() for part in parts))).one()
    return hashlib.sha256(json.dumps([str(value) for value in row]).encode()).hexdigest()

"""Rounds for the tests of selection: people with names that resemble nobody's, reviews with the scores wanted."""

from datetime import timedelta
from itertools import count
from typing import Any

from app.accounts.choices import Role
from app.core.audit import SYSTEM
from app.core.clock import today
from app.core.db import session
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment
from app.reviews.workflow import ASSIGNMENT
from tests.factories import chain, proposals
from tests.factories.people import person

SEVERITY = (-60, -20, 0, 30, 50)
NAMES = ("Anzai", "Fujimoto", "Hoshikawa", "Mukaiyama", "Tezuka", "Wakisaka", "Yokoyama", "Etsuko", "Ikuta", "Uozumi")
_number = count()


def name(last: str) -> str:
    """A name that no other test person's resembles: the factories' own differ by a digit only."""
    n = next(_number)
    return f"{NAMES[n % 10]}{NAMES[n // 10 % 10].lower()} {last}"


def clerk(**values: Any) -> Any:
    return person(Role.officer, name=name("Clerk"), **values)


def reader(called: str | None = None) -> Any:
    return chain.reviewer(name=called or name("Lector"))


def a_round(n: int = 8, call: Any = None) -> tuple[Any, list[Any], list[Any]]:
    """A round whose proposals were read by three of five reviewers each; scores are set in hundredths."""
    call = call or proposals.open_call()
    officer = clerk()
    readers = [reader(f"{NAMES[k]} Reader") for k in range(5)]
    applications = [proposals.under_review(call, officer=officer) for _ in range(n)]
    for i, application in enumerate(applications):
        for k in range(3):
            which = (i + k * (1 + i % 2)) % 5
            give(application, readers[which], 300 + 12 * i + SEVERITY[which] + ((i * 7 + k * 5) % 3 - 1) * 14)
    return call, applications, readers


def give(application: Any, who: Any, score: int) -> ReviewAssignment:
    """A submitted review with this weighted score and nothing else."""
    assignment = ReviewAssignment(application_id=application.id, reviewer_id=who.id, due_on=today() + timedelta(days=9))
    session.add(assignment)
    session.flush()
    ASSIGNMENT.restore(assignment, AssignmentStatus.submitted, SYSTEM, reason="made for a test")
    session.add(Review(assignment_id=assignment.id, weighted_score=score))
    session.flush()
    return assignment

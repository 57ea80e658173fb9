"""Rounds for the tests of assigning: proposals under review and reviewers of whom everything is known."""

from typing import Any

from app.accounts.choices import Role
from app.assigning import operations, queries
from app.assigning.choices import Method
from app.assigning.models import AssignmentPlan
from app.core.db import session
from app.core.outbox import OutboxItem
from app.reviewers.choices import ReviewerKind
from tests.factories import chain, proposals
from tests.factories.people import organisation, person
from tests.integration.selection.rounds import clerk, name


def reader(kind: str = "academic", **profile: Any) -> Any:
    user = person(Role.reviewer, of=organisation("private_university"), name=name("Lector"))
    return chain.known(user, kind=ReviewerKind(kind), **profile)


def a_round(n: int = 3, kinds: tuple[str, ...] = ("academic", "business", "academic", "business")) -> Any:
    """(call, applications, reviewers, officer)"""
    call, officer = proposals.open_call(), clerk()
    applications = [proposals.under_review(call, officer=officer) for _ in range(n)]
    people = [reader(kind) for kind in kinds]
    session.flush()
    return call, applications, people, officer


def ask(call: Any, officer: Any, method: Method = Method.preview, **values: Any) -> AssignmentPlan:
    return operations.ask_plan(call, operations.Parameters(**{"wanted": 2, **values}), method, officer)


def solve(plan: AssignmentPlan) -> AssignmentPlan:
    """What the worker does with a plan that waits."""
    item = session.query(OutboxItem).filter_by(dedupe_key=f"assignment:{plan.id}").one()
    operations.solve_plan(item)
    found = queries.plan(plan.id)
    assert found is not None
    return found

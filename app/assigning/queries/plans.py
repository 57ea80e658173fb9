"""Plans of a call and their pairs. They tell of all proposals together: only for readers from whom none is kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from app.accounts.models import User
from app.applications import queries as applications
from app.applications.models import Application
from app.assigning.choices import Change
from app.assigning.models import AssignmentPlan, AssignmentPlanPair
from app.assigning.queries.inputs import LIVING, reviewing
from app.calls import queries as calls
from app.calls.models import Call
from app.core.db import session
from app.core.tables import Page, keyset
from app.reviews.models import ReviewAssignment


def call_of(actor: Any, call_id: int) -> Call | None:
    """The call by itself, or None where it is not there for this reader."""
    if call_id > calls.MAX_ID:
        return None
    return session.scalar(calls.visible_to(actor).where(Call.id == call_id))


def sees_all(actor: Any, call_id: int) -> bool:
    """Is no proposal of this call kept from the reader? A plan would tell of it by loads and pairs."""
    kept = applications.kept_out(actor)
    if not kept:
        return True
    of_call = select(Application.id).where(Application.call_id == call_id, Application.id.in_(kept))
    return session.scalar(of_call.limit(1)) is None


def plan(plan_id: int, *, lock: bool = False) -> AssignmentPlan | None:
    if plan_id > calls.MAX_ID:
        return None
    query = select(AssignmentPlan).where(AssignmentPlan.id == plan_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def plans(call_id: int) -> Sequence[AssignmentPlan]:
    """The newest plans of a call, at most fifty."""
    return session.scalars(
        select(AssignmentPlan)
        .where(AssignmentPlan.call_id == call_id)
        .options(defer(AssignmentPlan.result))
        .order_by(AssignmentPlan.id.desc())
        .limit(50)
    ).all()


def pairs(plan_id: int, application_id: int | None = None) -> Sequence[AssignmentPlanPair]:
    """All pairs of a plan, or those of one application, with their reviewers."""
    query = (
        select(AssignmentPlanPair)
        .where(AssignmentPlanPair.plan_id == plan_id)
        .options(joinedload(AssignmentPlanPair.reviewer), joinedload(AssignmentPlanPair.application))
        .order_by(AssignmentPlanPair.application_id, AssignmentPlanPair.reviewer_id)
    )
    if application_id is not None:
        query = query.where(AssignmentPlanPair.application_id == application_id)
    return session.scalars(query).all()


def pair_page(plan_id: int, change: Change | None, after: str | None, before: str | None) -> Page[Any]:
    """The pairs of a plan by application and reviewer, a page at a time."""
    query: Any = (
        select(
            AssignmentPlanPair.id.label("pair_id"), AssignmentPlanPair.application_id, AssignmentPlanPair.change,
            AssignmentPlanPair.value, AssignmentPlanPair.reasons, AssignmentPlanPair.by_hand, Application.title_en,
            Application.title_ja, User.name, User.id.label("reviewer_id"),
        )
        .join(Application, Application.id == AssignmentPlanPair.application_id)
        .join(User, User.id == AssignmentPlanPair.reviewer_id)
        .where(AssignmentPlanPair.plan_id == plan_id)
    )  # fmt: skip
    if change is not None:
        query = query.where(AssignmentPlanPair.change == change)
    return keyset(query, [Application.number, AssignmentPlanPair.reviewer_id], after, before)


def change_counts(plan_id: int) -> dict[Change, int]:
    """How many pairs of a plan stay, are new, are withdrawn."""
    rows = session.execute(
        select(AssignmentPlanPair.change, func.count())
        .where(AssignmentPlanPair.plan_id == plan_id)
        .group_by(AssignmentPlanPair.change)
    )
    found = dict.fromkeys(Change, 0)
    for change, n in rows:
        found[change] = n
    return found


def plan_loads(plan_id: int) -> dict[str, int]:
    """How many reviews each reviewer has under a plan, by name; reviewers without any are not in it."""
    rows = session.execute(
        select(User.name, User.id, func.count())
        .join(AssignmentPlanPair, AssignmentPlanPair.reviewer_id == User.id)
        .where(AssignmentPlanPair.plan_id == plan_id, AssignmentPlanPair.change != Change.remove)
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return {row[0]: row[2] for row in rows}


def totals(call_id: int) -> dict[str, int]:
    """Proposals that take reviews, and living assignments of them, of a call."""
    proposals = select(func.count()).select_from(Application).where(Application.call_id == call_id, reviewing())
    asked = (
        select(func.count())
        .select_from(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(Application.call_id == call_id, reviewing(), ReviewAssignment.status.in_(LIVING))
    )
    row = session.execute(select(proposals.scalar_subquery(), asked.scalar_subquery())).one()
    return {"proposals": row[0], "asked": row[1]}


def locked_assignments(ids: Sequence[int]) -> Sequence[ReviewAssignment]:
    """These assignments, held until the transaction ends."""
    return session.scalars(
        select(ReviewAssignment)
        .where(ReviewAssignment.id.in_(list(ids)))
        .order_by(ReviewAssignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def applications_by_id(call_id: int) -> dict[int, Application]:
    """The applications of a call that take reviews, held so that none is decided or withdrawn meanwhile."""
    rows = session.scalars(
        select(Application)
        .where(Application.call_id == call_id, reviewing())
        .order_by(Application.id)
        .with_for_update(of=Application)
    )
    return {row.id: row for row in rows}

"""Who was asked to review what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.applications.models import Application, ConsortiumMember
from app.calls.models import Call
from app.core.db import session
from app.core.i18n import Bilingual
from app.organisations.models import Organisation
from app.reviewers import queries as reviewers
from app.reviews.choices import AssignmentStatus
from app.reviews.models import Review, ReviewAssignment
from app.reviews.queries import blind
from app.reviews.queries.phases import phases_at

#: What an application must be for a reviewer to be asked, or to read.
REVIEWABLE = (ApplicationStatus.under_review,)


@dataclass(frozen=True)
class Candidate:
    reviewer: User
    conflicts: list[reviewers.Conflict]
    assignment: ReviewAssignment | None
    load: int


def candidates(application_id: int, without: Collection[int] = ()) -> list[Candidate]:
    """Every reviewer with conflicts, present load (but of some applications) and assignment to this application."""
    people = session.scalars(
        select(User)
        .join(UserRole)
        .where(UserRole.role == Role.reviewer, User.active)
        .order_by(User.name, User.id)
        .distinct()
    ).all()
    found = reviewers.conflicts(application_id, [r.id for r in people])
    assigned = {
        a.reviewer_id: a
        for a in session.scalars(select(ReviewAssignment).where(ReviewAssignment.application_id == application_id))
    }
    loads = open_reviews([r.id for r in people], without)
    return [Candidate(r, found.get(r.id, []), assigned.get(r.id), loads.get(r.id, 0)) for r in people]


def assignments_of(actor: Any) -> Sequence[ReviewAssignment]:
    """A reviewer's own assignments, the open ones first."""
    return session.scalars(
        select(ReviewAssignment)
        .where(ReviewAssignment.reviewer_id == actor.id)
        .options(
            joinedload(ReviewAssignment.application).joinedload(Application.call),
            joinedload(ReviewAssignment.application).joinedload(Application.lead_organisation),
        )
        .order_by(ReviewAssignment.due_on, ReviewAssignment.id)
    ).all()


#: An assignment in these states is its reviewer's to open.
OWN = (AssignmentStatus.invited, AssignmentStatus.accepted, AssignmentStatus.submitted)
#: An assignment with what its reviewer's page needs; built once. Parameters: ``key``, ``reviewer``.
_OWN = (
    select(ReviewAssignment)
    .join(Application, Application.id == ReviewAssignment.application_id)
    .where(
        ReviewAssignment.id == bindparam("key"),
        ReviewAssignment.reviewer_id == bindparam("reviewer"),
        Application.status.in_(REVIEWABLE),
        ReviewAssignment.status.in_(OWN),
    )
    .options(
        joinedload(ReviewAssignment.application).joinedload(Application.call).selectinload(Call.criteria),
        joinedload(ReviewAssignment.application).joinedload(Application.lead_organisation),
        joinedload(ReviewAssignment.review).selectinload(Review.scores),
    )
    .execution_options(populate_existing=True)
)  # fmt: skip
_HELD = (
    select(ReviewAssignment.id)
    .where(ReviewAssignment.id == bindparam("key"), ReviewAssignment.reviewer_id == bindparam("reviewer"))
    .with_for_update()
)


def get_for(actor: Any, assignment_id: int, *, lock: bool = False) -> ReviewAssignment | None:
    """An assignment that this reviewer may open now, or None.

    Reading ends with the review of the application. Declined or conflicted ones, and any that a conflict found
    meanwhile forbids, look like ones that do not exist. With ``lock`` it is held first and read after whoever held it.
    """
    if not actor.is_authenticated or not actor.has_role("reviewer"):
        return None
    given = {"key": assignment_id, "reviewer": actor.id}
    if lock and session.scalar(_HELD, given) is None:
        return None
    assignment = session.scalar(_OWN, given)
    if assignment is None or reviewers.conflicts(assignment.application_id, [actor.id]):
        return None
    return assignment


def members_of(application_ids: Collection[int]) -> dict[int, list[Organisation]]:
    """The organisations of each consortium, each once: what an invited reviewer may know where names are shown."""
    found: dict[int, list[Organisation]] = {key: [] for key in application_ids}
    rows = session.execute(
        select(ConsortiumMember.application_id, Organisation)
        .join(Organisation, Organisation.id == ConsortiumMember.organisation_id)
        .where(ConsortiumMember.application_id.in_(found))
        .order_by(ConsortiumMember.application_id, Organisation.id)
        .distinct()
    )
    for key, organisation in rows:
        found[key].append(organisation)
    return found


def of_application(application_id: int) -> Sequence[ReviewAssignment]:
    """All assignments of an application with reviews and scores, for officers."""
    return session.scalars(
        select(ReviewAssignment)
        .where(ReviewAssignment.application_id == application_id)
        .options(
            joinedload(ReviewAssignment.reviewer),
            joinedload(ReviewAssignment.review).selectinload(Review.scores),
        )
        .order_by(ReviewAssignment.id)
    ).all()


def officer_assignment(actor: Any, assignment_id: int) -> ReviewAssignment | None:
    """An assignment of an application that this officer may know of."""
    return session.scalar(
        select(ReviewAssignment)
        .where(ReviewAssignment.id == assignment_id, applications.not_kept_out(actor, ReviewAssignment.application_id))
        .options(
            joinedload(ReviewAssignment.application),
            joinedload(ReviewAssignment.reviewer),
            joinedload(ReviewAssignment.review).selectinload(Review.scores),
        )
    )


def _living() -> Any:
    """A submitted assignment counts in the ranking for as long as the application is under review, and no longer."""
    return or_(
        ReviewAssignment.status.in_((AssignmentStatus.invited, AssignmentStatus.accepted)),
        (ReviewAssignment.status == AssignmentStatus.submitted) & Application.status.in_(REVIEWABLE),
    )


def open_reviews(user_ids: Sequence[int], without: Collection[int] = ()) -> dict[int, int]:
    """How many reviews each of these people has still to answer or to write; what is decided is no load any
    more. ``without``: applications that are not counted."""
    rows = session.execute(
        select(ReviewAssignment.reviewer_id, func.count())
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(
            Application.status.in_(REVIEWABLE),
            ReviewAssignment.reviewer_id.in_(list(user_ids)),
            ReviewAssignment.status.in_((AssignmentStatus.invited, AssignmentStatus.accepted)),
            ReviewAssignment.application_id.not_in(list(without)),
        )
        .group_by(ReviewAssignment.reviewer_id)
    )
    return {row[0]: row[1] for row in rows}


def closed_to(actor: Any, assignments: Sequence[ReviewAssignment]) -> frozenset[int]:
    """The applications among these of which this reviewer sees nothing at present (a conflict, or a possible one)."""
    pairs = [(assignment.application_id, actor.id) for assignment in assignments]
    return frozenset(application_id for application_id, _person in reviewers.blocked_pairs(pairs))


def works_on(user_id: int, application_id: int) -> bool:
    """Has this person accepted to review the application, or sent the review?"""
    query = select(ReviewAssignment.id).where(
        ReviewAssignment.reviewer_id == user_id, ReviewAssignment.application_id == application_id,
        ReviewAssignment.status.in_((AssignmentStatus.accepted, AssignmentStatus.submitted)),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def reviewed_by(user_id: int) -> frozenset[int]:
    """What this person has been asked to review and has neither declined nor given up, until it is decided."""
    query = (
        select(ReviewAssignment.application_id)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(
            ReviewAssignment.reviewer_id == user_id,
            ReviewAssignment.status.in_(OWN),
            Application.status.in_(REVIEWABLE),
        )
    )
    return frozenset(session.scalars(query))


def living_assignments(reviewer_id: int | None = None, application_id: int | None = None) -> Sequence[ReviewAssignment]:
    """Assignments that still count; of one reviewer or of one application, if one is given."""
    of = ReviewAssignment.reviewer_id == reviewer_id if reviewer_id is not None else true()
    if application_id is not None:
        of = of & (ReviewAssignment.application_id == application_id)
    return session.scalars(
        select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(_living(), of)
        .options(joinedload(ReviewAssignment.reviewer), joinedload(ReviewAssignment.application))
        .order_by(ReviewAssignment.id)
    ).all()


def titles(assignments: Sequence[ReviewAssignment], instant: datetime | None = None) -> dict[int, Bilingual]:
    """The titles of what a reviewer was asked about, by application, as the phases let them be read. A constant number
    of statements."""
    found = {a.application_id: a.application for a in assignments}
    holding = phases_at({application.call_id for application in found.values()}, instant)
    return blind.titles(found.values(), {key for key, a in found.items() if holding[a.call_id].blind})


def requests_among(assignments: Sequence[ReviewAssignment], closed: Collection[int]) -> list[ReviewAssignment]:
    """Those that wait for the reviewer's answer; ``closed`` are the applications with a conflict."""
    return [
        a
        for a in assignments
        if a.status == AssignmentStatus.invited
        and a.application.status in REVIEWABLE
        and a.application_id not in closed
    ]


def waiting_for(actor: Any) -> list[ReviewAssignment]:
    """What a reviewer still has to answer or to score, and may."""
    asked = (AssignmentStatus.invited, AssignmentStatus.accepted)
    found = [a for a in assignments_of(actor) if a.status in asked and a.application.status in REVIEWABLE]
    closed = closed_to(actor, found)
    return [a for a in found if a.application_id not in closed]

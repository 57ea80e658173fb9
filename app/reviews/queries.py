"""Look-ups of assignments, conflicts, reviews, ranking and decisions."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from math import sqrt
from typing import Any

from sqlalchemy import Integer, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications.choices import ApplicationStatus
from app.applications.models import Application, ConsortiumMember, MemberPerson
from app.calls.models import Call, Criterion
from app.core.clock import today
from app.core.db import session
from app.organisations.models import Affiliation, Organisation
from app.reviews.choices import AssignmentStatus, DecisionStatus
from app.reviews.models import Decision, DeclaredInterest, Review, ReviewAssignment

#: CON-14: a tie ends to count this many years after it ended (configurable per installation, unverified fact).
CONFLICT_YEARS = 3
#: What an application must be for a reviewer to be asked, or to read.
REVIEWABLE = (ApplicationStatus.under_review,)


@dataclass(frozen=True)
class Conflict:
    """Why a reviewer may not touch an application."""

    reviewer_id: int
    kind: str  # affiliation, declared, applicant_in_call
    organisation: Organisation


@cache
def _ties(restricted: bool) -> Any:
    """Every tie of people to one application's consortium, as one statement built once (it is asked on many pages).

    Parameters: ``application_id``, ``horizon`` (a day), and ``reviewers`` (keys) when restricted.
    """
    asked: Any = bindparam("application_id")
    # An applicant may have registered a firm anew that the register holds already: its name tells.
    twin = aliased(Organisation)
    members = union_all(
        select(ConsortiumMember.organisation_id).where(ConsortiumMember.application_id == asked),
        select(twin.id)
        .join(Organisation, Organisation.name_ja == twin.name_ja)
        .join(ConsortiumMember, ConsortiumMember.organisation_id == Organisation.id)
        .where(ConsortiumMember.application_id == asked, Organisation.name_ja != ""),
    )
    affiliated = select(Affiliation.user_id, Affiliation.organisation_id, literal("affiliation")).where(
        Affiliation.organisation_id.in_(members),
        or_(Affiliation.valid_to.is_(None), Affiliation.valid_to >= bindparam("horizon")),
    )
    declared = select(DeclaredInterest.user_id, DeclaredInterest.organisation_id, literal("declared")).where(
        DeclaredInterest.organisation_id.in_(members)
    )
    rival = aliased(Application)
    competing = (
        select(MemberPerson.user_id, ConsortiumMember.organisation_id, literal("applicant_in_call"))
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(rival, rival.id == ConsortiumMember.application_id)
        .where(rival.call_id == select(Application.call_id).where(Application.id == asked).scalar_subquery())
    )
    ties = union_all(affiliated, declared, competing).subquery()
    user_id, organisation_id, kind = ties.c
    query = select(user_id, kind, Organisation).join(Organisation, Organisation.id == organisation_id)
    if restricted:
        query = query.where(user_id.in_(bindparam("reviewers", expanding=True)))
    return query.order_by(kind, Organisation.id)


def conflicts(application_id: int, reviewer_ids: Sequence[int] | None = None) -> dict[int, list[Conflict]]:
    """Conflicts of reviewers with one application, by reviewer: affiliation (also of the last three years),
    declared interest, or being part of any consortium in the same call (CON-14)."""
    given: dict[str, Any] = {
        "application_id": application_id,
        "horizon": today() - timedelta(days=365 * CONFLICT_YEARS),
    }
    if reviewer_ids is not None:
        given["reviewers"] = list(reviewer_ids)
    found: dict[int, list[Conflict]] = defaultdict(list)
    for reviewer_id, why, organisation in session.execute(_ties(reviewer_ids is not None), given):
        found[reviewer_id].append(Conflict(reviewer_id, why, organisation))
    return dict(found)


@dataclass(frozen=True)
class Candidate:
    reviewer: User
    conflicts: list[Conflict]
    assignment: ReviewAssignment | None
    load: int


def candidates(application_id: int) -> list[Candidate]:
    """Every reviewer with conflicts, present load and assignment to this application."""
    reviewers = session.scalars(
        select(User)
        .join(UserRole)
        .where(UserRole.role == Role.reviewer, User.active)
        .order_by(User.name, User.id)
        .distinct()
    ).all()
    found = conflicts(application_id, [r.id for r in reviewers])
    assigned = {
        a.reviewer_id: a
        for a in session.scalars(select(ReviewAssignment).where(ReviewAssignment.application_id == application_id))
    }
    loads: dict[int, int] = dict(
        session.execute(
            select(ReviewAssignment.reviewer_id, func.count())
            .where(ReviewAssignment.status.in_((AssignmentStatus.invited, AssignmentStatus.accepted)))
            .group_by(ReviewAssignment.reviewer_id)
        ).all()
    )
    return [Candidate(r, found.get(r.id, []), assigned.get(r.id), loads.get(r.id, 0)) for r in reviewers]


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


def get_for(actor: Any, assignment_id: int, *, lock: bool = False) -> ReviewAssignment | None:
    """An assignment that this reviewer may open now, or None.

    Reading ends with the review of the application. Declined or conflicted ones, and any that a conflict found meanwhile forbids, look like ones that do not exist.
    """
    if not actor.is_authenticated or not actor.has_role("reviewer"):
        return None
    query = (
        select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(
            ReviewAssignment.id == assignment_id,
            ReviewAssignment.reviewer_id == actor.id,
            Application.status.in_(REVIEWABLE),
            ReviewAssignment.status.in_(
                (AssignmentStatus.invited, AssignmentStatus.accepted, AssignmentStatus.submitted)
            ),
        )
        .options(
            joinedload(ReviewAssignment.application).joinedload(Application.call).selectinload(Call.criteria),
            joinedload(ReviewAssignment.application).joinedload(Application.lead_organisation),
            joinedload(ReviewAssignment.review).selectinload(Review.scores),
        )
    )
    if lock:
        query = query.with_for_update(of=ReviewAssignment)
    assignment = session.scalar(query)
    if assignment is None or conflicts(assignment.application_id, [actor.id]):
        return None
    return assignment


def member_organisations(application_id: int) -> Sequence[Organisation]:
    """The organisations of a consortium, each once: what an invited reviewer may know."""
    members = select(ConsortiumMember.organisation_id).where(ConsortiumMember.application_id == application_id)
    return session.scalars(select(Organisation).where(Organisation.id.in_(members)).order_by(Organisation.id)).all()


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


def others_reviews(assignment: ReviewAssignment) -> Sequence[Review]:
    """The submitted reviews of the same application by others; whether they may be seen is policy's question."""
    return session.scalars(
        select(Review)
        .join(ReviewAssignment)
        .where(
            ReviewAssignment.application_id == assignment.application_id,
            ReviewAssignment.id != assignment.id,
            ReviewAssignment.status == AssignmentStatus.submitted,
        )
        .options(selectinload(Review.scores))
        .order_by(Review.id)
    ).all()


def officer_assignment(assignment_id: int) -> ReviewAssignment | None:
    return session.scalar(
        select(ReviewAssignment)
        .where(ReviewAssignment.id == assignment_id)
        .options(
            joinedload(ReviewAssignment.application),
            joinedload(ReviewAssignment.reviewer),
            joinedload(ReviewAssignment.review).selectinload(Review.scores),
        )
    )


def criteria_of(call_id: int) -> Sequence[Criterion]:
    return session.scalars(select(Criterion).where(Criterion.call_id == call_id).order_by(Criterion.position)).all()


@dataclass(frozen=True)
class Ranked:
    """One line of a ranking. Scores are points from 1 to 5; ``spread`` is the standard deviation of the reviews."""

    application: Application
    reviews: int
    missing: int
    mean: float | None
    spread: float | None
    low: float | None
    high: float | None
    decision: Decision | None
    rank: int | None


def ranking(call: Call) -> list[Ranked]:
    """The applications of a call that are (or were) under review, best mean first; unreviewed ones last."""
    score = Review.weighted_score
    measured = {
        row.application_id: row
        for row in session.execute(
            select(
                ReviewAssignment.application_id,
                func.count(score).label("n"),
                func.sum(score).label("total"),
                func.sum(score * score).label("squares"),
                func.min(score).label("low"),
                func.max(score).label("high"),
            )
            .join(Review, Review.assignment_id == ReviewAssignment.id)
            .join(Application, Application.id == ReviewAssignment.application_id)
            .where(Application.call_id == call.id, ReviewAssignment.status == AssignmentStatus.submitted)
            .group_by(ReviewAssignment.application_id)
        )
    }
    applications = session.execute(
        select(Application, Decision)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call.id,
            Application.status.in_(
                (
                    ApplicationStatus.under_review,
                    ApplicationStatus.adopted,
                    ApplicationStatus.reserve,
                    ApplicationStatus.rejected,
                )
            ),
        )
        .options(joinedload(Application.lead_organisation))
        .order_by(Application.number)
    ).all()
    lines = []
    for application, decision in applications:
        row = measured.get(application.id)
        n = row.n if row else 0
        mean = row.total / n / 100 if row and n else None
        spread = None
        if row and n > 1 and mean is not None:
            spread = sqrt(max(0.0, (row.squares - row.total * row.total / n) / (n - 1))) / 100
        lines.append(
            Ranked(
                application, n, max(0, call.required_reviews - n), mean, spread,
                row.low / 100 if row and n else None, row.high / 100 if row and n else None, decision, None,
            )
        )  # fmt: skip
    lines.sort(key=lambda line: (-(line.mean or 0), line.application.number))
    ranked, place = [], 0
    for position, line in enumerate(lines, 1):
        if line.mean is not None and (position == 1 or line.mean != lines[position - 2].mean):
            place = position
        ranked.append(Ranked(**{**line.__dict__, "rank": place if line.mean is not None else None}))
    return ranked


def decision_of(application_id: int, *, lock: bool = False) -> Decision | None:
    query = select(Decision).where(Decision.application_id == application_id).options(joinedload(Decision.application))
    return session.scalar(query.with_for_update(of=Decision) if lock else query)


def is_open_to_reviews(application: Application) -> bool:
    """Under review, and no decision confirmed: later reviews would change the grounds of what was decided."""
    decision = decision_of(application.id)
    return application.status in REVIEWABLE and (decision is None or decision.status == DecisionStatus.proposed)


def staged_decisions(call_id: int) -> Sequence[Decision]:
    return session.scalars(
        select(Decision)
        .join(Application)
        .where(Application.call_id == call_id, Decision.status != DecisionStatus.released)
        .options(joinedload(Decision.application).joinedload(Application.lead_organisation))
        .order_by(Application.number)
    ).all()


def undecided(call_id: int) -> Sequence[Application]:
    """Applications under review that have no confirmed decision yet."""
    return session.scalars(
        select(Application)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call_id,
            or_(
                Application.status == ApplicationStatus.submitted,
                (Application.status == ApplicationStatus.under_review)
                & (Decision.id.is_(None) | (Decision.status == DecisionStatus.proposed)),
            ),
        )
        .order_by(Application.number)
    ).all()


def released_decision(application_id: int) -> Decision | None:
    """The decision as the applicant may know it: only once it is released."""
    return session.scalar(
        select(Decision)
        .where(Decision.application_id == application_id, Decision.status == DecisionStatus.released)
        .options(joinedload(Decision.letter))
    )


def comments_to_applicant(application_id: int) -> list[str]:
    """What reviewers wrote for the applicant, without names and in no telling order."""
    found = session.scalars(
        select(Review.comment_to_applicant)
        .join(ReviewAssignment)
        .where(
            ReviewAssignment.application_id == application_id,
            ReviewAssignment.status == AssignmentStatus.submitted,
            Review.comment_to_applicant != "",
        )
    ).all()
    return sorted(found)


def interests_of(user_id: int) -> Sequence[DeclaredInterest]:
    return session.scalars(
        select(DeclaredInterest)
        .where(DeclaredInterest.user_id == user_id)
        .options(joinedload(DeclaredInterest.organisation))
        .order_by(DeclaredInterest.id)
    ).all()


def find_organisation(text: str) -> Organisation | None:
    """The organisation with exactly this corporate number or name; None when none or several have it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    number = plain.replace("-", "")
    found = session.scalars(
        select(Organisation)
        .where(
            or_(Organisation.corporate_number == number, Organisation.name_ja == plain, Organisation.name_en == plain)
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _living() -> Any:
    """A submitted assignment counts in the ranking for as long as the application is under review, and no longer."""
    return or_(
        ReviewAssignment.status.in_((AssignmentStatus.invited, AssignmentStatus.accepted)),
        (ReviewAssignment.status == AssignmentStatus.submitted) & Application.status.in_(REVIEWABLE),
    )


def open_assignments_touching(user_id: int, organisation_id: int) -> Sequence[ReviewAssignment]:
    """A reviewer's living assignments in whose consortium an organisation stands."""
    return session.scalars(
        select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .join(ConsortiumMember, ConsortiumMember.application_id == Application.id)
        .where(
            ReviewAssignment.reviewer_id == user_id,
            ConsortiumMember.organisation_id == organisation_id,
            _living(),
        )
        .distinct()
    ).all()


def living_assignments() -> Sequence[ReviewAssignment]:
    return session.scalars(
        select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(_living())
        .options(joinedload(ReviewAssignment.reviewer), joinedload(ReviewAssignment.application))
        .order_by(ReviewAssignment.id)
    ).all()


def scores_of(review: Review | None) -> dict[int, int]:
    return {score.criterion_id: score.score for score in review.scores} if review else {}


def calls_in_review() -> list[tuple[Call, int, int, int]]:
    """(call, under review, with confirmed decision, submitted but unscreened) of every call that is published."""
    counts = {
        row.call_id: row
        for row in session.execute(
            select(
                Application.call_id,
                func.sum(func.coalesce((Application.status == ApplicationStatus.under_review).cast(Integer), 0)).label(
                    "reviewing"
                ),
                func.sum(func.coalesce((Decision.status == DecisionStatus.confirmed).cast(Integer), 0)).label(
                    "confirmed"
                ),
                func.sum(func.coalesce((Application.status == ApplicationStatus.submitted).cast(Integer), 0)).label(
                    "waiting"
                ),
            )
            .outerjoin(Decision, Decision.application_id == Application.id)
            .group_by(Application.call_id)
        )
    }
    calls = session.scalars(
        select(Call).where(Call.id.in_(list(counts))).order_by(Call.closes_at.desc(), Call.id)
    ).all()
    return [(c, counts[c.id].reviewing, counts[c.id].confirmed, counts[c.id].waiting) for c in calls]


def waiting_for(actor: Any) -> list[ReviewAssignment]:
    """What a reviewer still has to answer or to score."""
    asked = (AssignmentStatus.invited, AssignmentStatus.accepted)
    return [a for a in assignments_of(actor) if a.status in asked and a.application.status in REVIEWABLE]

"""Applicants' answers to reviews: what the consortium may see, and what others see of it afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import queries as applications
from app.applications.choices import Right
from app.applications.models import Application, ConsortiumMember, MemberPerson
from app.applications.queries.visibility import LEADING
from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.core.i18n import Bilingual
from app.panels.definitions.discussion import sees_sent_reviews
from app.panels.models import Rebuttal, RebuttalAnswer
from app.panels.queries import discussions, people
from app.reviews import queries as reviews
from app.reviews.choices import AssignmentStatus
from app.reviews.definitions import Phase
from app.reviews.models import Review, ReviewAssignment, ReviewPhase


@dataclass(frozen=True)
class Answering:
    """The answer to reviews as somebody of the consortium has it."""

    application: Application
    phase: Phase
    comments: list[reviews.Comment]
    rebuttal: Rebuttal | None
    leads: bool  # may write for the lead

    @property
    def open(self) -> bool:
        """Does the window stand open, and is there still something to send?"""
        return self.phase.applicant_answers and self.application.status in reviews.REVIEWABLE and not self.sent

    @property
    def sent(self) -> bool:
        return self.rebuttal is not None and self.rebuttal.sent_at is not None

    @property
    def stored(self) -> dict[int, str]:
        return {row.review_id: row.text for row in self.rebuttal.answers} if self.rebuttal else {}


def for_consortium(
    actor: Any, application_id: int, instant: datetime | None = None, *, lock: bool = False
) -> Answering | None:  # fmt: skip
    """The answer of the actor's own consortium while the application is under review, and what was sent afterwards.

    Comments are there only while the window stands open; before and after it nothing of the reviews shows.
    """
    application = applications.get_for(actor, application_id, lock, whole=False)
    if application is None:
        return None
    standing = applications.standing(actor, application)
    if not standing.member_ids:
        return None
    rebuttal = of_application(application_id)
    if application.status not in reviews.REVIEWABLE and (rebuttal is None or rebuttal.sent_at is None):
        return None
    phase = reviews.phase_of(application.call, instant)
    found = Answering(application, phase, [], rebuttal, standing.lead_writes)
    return (
        Answering(application, phase, reviews.comments(application_id), rebuttal, standing.lead_writes)
        if found.open
        else found
    )


def of_application(application_id: int) -> Rebuttal | None:
    return session.scalar(
        select(Rebuttal)
        .where(Rebuttal.application_id == application_id)
        .options(selectinload(Rebuttal.answers))
        .execution_options(populate_existing=True)
    )


# --- what reviewers and the office see of it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """A comment and its answer, with what its reviewer is called to the reader."""

    who: Any
    own: bool
    comment: str
    answer: str


@dataclass(frozen=True)
class Sent:
    """The answer to reviews as a reviewer or the office has it; nothing before it was sent."""

    application: Application
    title: Any
    sent_at: datetime | None
    overall: str | None  # None where this reader may not see what all reviews are about
    lines: list[Beside]


def beside(actor: Any, application_id: int, instant: datetime | None = None) -> Sent | None:
    """What the applicants answered, or None for who may not know of it: the office, reviewers who work on the proposal,
    and, where the phase shows reviews to everybody, the rest of the panel. Nobody in conflict.

    A reviewer sees the answer to the own review once it is sent, others' and the overall one as the phase shows others'
    reviews.
    """
    if application_id > applications.MAX_ID:
        return None
    application = session.scalar(
        select(Application)
        .where(Application.id == application_id, Application.status.in_(discussions.DISCUSSED))
        .options(lazyload("*"), joinedload(Application.call).lazyload("*"))
    )
    if application is None:
        return None
    phase = reviews.phase_of(application.call, instant)
    if actor.has_role(*applications.AGENCY) and application_id not in applications.resting(actor):
        if application_id in applications.kept_out(actor):
            return None
        return _sent(actor, application, phase, office=True, everything=True)
    if not actor.has_role(Role.reviewer) or application.status not in reviews.REVIEWABLE:
        return None
    own = people.assignment_of(actor.id, application_id)
    if own is not None and own.status not in people.WORKING:
        return None
    submitted = own is not None and own.status is AssignmentStatus.submitted
    everything = sees_sent_reviews(phase, assigned=own is not None, sent=submitted)
    if own is None and not (everything and people.is_member(actor.id, application.call_id)):
        return None
    if not (everything or submitted) or people.is_blocked(application_id, actor.id):
        return None
    return _sent(actor, application, phase, office=False, everything=everything)


def _sent(actor: Any, application: Application, phase: Phase, *, office: bool, everything: bool) -> Sent:
    blot = None if office or not phase.blind else reviews.blind.redactors([application.id])[application.id]
    shown = (lambda text: str(blot(text))) if blot else (lambda text: text)
    title = Bilingual(shown(application.title.en), shown(application.title.ja))
    rebuttal = of_application(application.id)
    if rebuttal is None or rebuttal.sent_at is None:
        return Sent(application, title, None, None, [])
    reviewer_of: dict[int, int] = dict(
        session.execute(
            select(Review.id, ReviewAssignment.reviewer_id)
            .join(ReviewAssignment, ReviewAssignment.id == Review.assignment_id)
            .where(
                ReviewAssignment.application_id == application.id, ReviewAssignment.status == AssignmentStatus.submitted
            )
        ).all()
    )
    named = office or people.names_shown(application.call_id)
    names: Any = people.names_of(reviewer_of.values()) if named else people.aliases_of(application.id)
    lines = [
        Beside(names[reviewer], reviewer == actor.id, shown(row.comment), shown(row.text))
        for row in rebuttal.answers
        if (reviewer := reviewer_of.get(row.review_id)) is not None and (everything or reviewer == actor.id)
    ]
    lines.sort(key=lambda line: str(line.who))
    return Sent(application, title, rebuttal.sent_at, shown(rebuttal.overall) if everything else None, lines)


# --- who is told ------------------------------------------------------------------------------------------------------


def windows(instant: datetime) -> dict[int, Phase]:
    """call -> the phase that holds at an instant, of the calls whose applicants may answer then."""
    calls = session.scalars(
        select(ReviewPhase.call_id)
        .where(
            ReviewPhase.applicant_answers, ReviewPhase.opens_at <= instant,
            or_(ReviewPhase.closes_at.is_(None), ReviewPhase.closes_at > instant),
        )
        .distinct()
    ).all()  # fmt: skip
    return {key: phase for key, phase in reviews.phases_at(calls, instant).items() if phase.applicant_answers}


def _answerable(call_ids: Sequence[int]) -> Any:
    """Applications under review with a comment to answer and no answer sent."""
    commented = (
        select(ReviewAssignment.application_id)
        .join(Review, Review.assignment_id == ReviewAssignment.id)
        .where(ReviewAssignment.status == AssignmentStatus.submitted, Review.comment_to_applicant != "")
    )
    sent = select(Rebuttal.application_id).where(Rebuttal.sent_at.is_not(None))
    return (
        Application.call_id.in_(call_ids),
        Application.status.in_(reviews.REVIEWABLE),
        Application.id.in_(commented),
        Application.id.not_in(sent),
    )


def to_tell(call_id: int) -> list[tuple[int, str, list[User]]]:
    """(application, number, the people who act for its lead) of those that can be answered; two statements."""
    rows = session.execute(
        select(Application.id, Application.number, User)
        .join(ConsortiumMember, ConsortiumMember.application_id == Application.id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .join(User, User.id == MemberPerson.user_id)
        .where(
            *_answerable([call_id]), ConsortiumMember.organisation_id == Application.lead_organisation_id,
            MemberPerson.ended_at.is_(None), User.active,
        )
        .options(lazyload(User.role_rows))
        .order_by(Application.number, User.id)
        .distinct()
    )  # fmt: skip
    found: dict[tuple[int, str], list[User]] = {}
    for application_id, number, user in rows:
        found.setdefault((application_id, number), []).append(user)
    return [(key, number, users) for (key, number), users in found.items()]


def waiting_for(actor: Any) -> list[tuple[Application, datetime | None]]:
    """(application, end of the window) of those whose reviews this person may answer for the lead now."""
    rows = session.scalars(
        select(Application)
        .join(Call, Call.id == Application.call_id)
        .join(ConsortiumMember, ConsortiumMember.application_id == Application.id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .where(
            Application.status.in_(reviews.REVIEWABLE), MemberPerson.user_id == actor.id, MemberPerson.ended_at.is_(None),
            MemberPerson.right.in_((Right.write, Right.sign)), ConsortiumMember.role.in_(LEADING),
            ConsortiumMember.organisation_id == Application.lead_organisation_id,
        )
        .options(lazyload("*"))
        .distinct()
    ).all()  # fmt: skip
    if not rows:
        return []
    phases = reviews.phases_at({row.call_id for row in rows}, now())
    open_ = [row for row in rows if phases[row.call_id].applicant_answers]
    if not open_:
        return []
    ready = set(
        session.scalars(
            select(Application.id).where(
                *_answerable([row.call_id for row in open_]), Application.id.in_([row.id for row in open_])
            )
        )
    )
    return [(row, phases[row.call_id].closes_at) for row in open_ if row.id in ready]


def answer_row(rebuttal: Rebuttal, review_id: int) -> RebuttalAnswer | None:
    return next((row for row in rebuttal.answers if row.review_id == review_id), None)

"""Staged and released decisions."""

from collections.abc import Sequence

from sqlalchemy import Integer, func, or_, select
from sqlalchemy.orm import joinedload

from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.calls.models import Call
from app.core.db import session
from app.reviews.choices import DecisionStatus
from app.reviews.models import Decision
from app.reviews.queries.assignments import REVIEWABLE


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

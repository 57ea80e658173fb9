"""Staged and released decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.calls.models import Call
from app.core.db import session
from app.core.pdf import Document
from app.reviews.choices import CorrectionStatus, DecisionStatus, Outcome
from app.reviews.models import Decision, DecisionCorrection
from app.reviews.queries.assignments import REVIEWABLE


def decision_of(application_id: int, *, lock: bool = False) -> Decision | None:
    query = select(Decision).where(Decision.application_id == application_id).options(joinedload(Decision.application))
    return session.scalar(query.with_for_update(of=Decision) if lock else query)


def is_open_to_reviews(application: Application) -> bool:
    """Under review, and no decision confirmed: later reviews would change the grounds of what was decided."""
    decision = decision_of(application.id)
    return application.status in REVIEWABLE and (decision is None or decision.status == DecisionStatus.proposed)


def staged_decisions(call_id: int, actor: Any = None) -> Sequence[Decision]:
    """Decisions that are not released yet; of those a reader may know of, if one is given."""
    return session.scalars(
        select(Decision)
        .join(Application)
        .where(Application.call_id == call_id, Decision.status != DecisionStatus.released, _known_to(actor))
        .options(joinedload(Decision.application).joinedload(Application.lead_organisation))
        .order_by(Application.number)
    ).all()


def _known_to(actor: Any) -> Any:
    """Everything for the verbs on a whole call (nobody recused may fire them), what is not kept out for a reader."""
    return true() if actor is None else applications.not_kept_out(actor)


def undecided(call_id: int, actor: Any = None) -> Sequence[Application]:
    """Applications under review that have no confirmed decision yet; of those a reader may know of, if one is given."""
    return session.scalars(
        select(Application)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(
            Application.call_id == call_id,
            _known_to(actor),
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


def calls_in_review(actor: Any) -> list[tuple[Call, int, int, int]]:
    """(call, under review, with confirmed decision, submitted but unscreened) of every call that is published, of what
    this reader may know of."""
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
            .where(_known_to(actor))
            .group_by(Application.call_id)
        )
    }
    calls = session.scalars(
        select(Call).where(Call.id.in_(list(counts))).order_by(Call.closes_at.desc(), Call.id)
    ).all()
    return [(c, counts[c.id].reviewing, counts[c.id].confirmed, counts[c.id].waiting) for c in calls]


def open_correction(decision_id: int) -> DecisionCorrection | None:
    """The correction of a decision that waits for a second officer."""
    return session.scalar(
        select(DecisionCorrection).where(
            DecisionCorrection.decision_id == decision_id, DecisionCorrection.status == CorrectionStatus.proposed
        )
    )


def corrections_of(decision_id: int, *, confirmed: bool = False) -> Sequence[DecisionCorrection]:
    """The corrections of a decision, oldest first; an applicant may know of the confirmed ones only."""
    query = select(DecisionCorrection).where(DecisionCorrection.decision_id == decision_id)
    if confirmed:
        query = query.where(DecisionCorrection.status == CorrectionStatus.confirmed)
    return session.scalars(
        query.options(
            joinedload(DecisionCorrection.superseded_letter).joinedload(Document.file),
            joinedload(DecisionCorrection.letter),
        ).order_by(DecisionCorrection.id)
    ).all()


def correction_of(application_id: int, correction_id: int, *, lock: bool = False) -> DecisionCorrection | None:
    """One correction of this application's decision."""
    query = (
        select(DecisionCorrection)
        .join(Decision, Decision.id == DecisionCorrection.decision_id)
        .where(Decision.application_id == application_id, DecisionCorrection.id == correction_id)
        .options(
            joinedload(DecisionCorrection.decision).joinedload(Decision.application),
            joinedload(DecisionCorrection.superseded_letter).joinedload(Document.file),
        )
    )
    return session.scalar(query.with_for_update(of=DecisionCorrection) if lock else query)


def last_dated(decision: Decision) -> datetime | None:
    """When what the applicant holds went out: the release, or the last correction since."""
    corrected = session.scalar(
        select(func.max(DecisionCorrection.confirmed_at)).where(DecisionCorrection.decision_id == decision.id)
    )
    return corrected or decision.released_at


def next_reserve_position(call_id: int) -> int:
    """The place at the end of a call's reserve list."""
    last = session.scalar(
        select(func.max(Decision.reserve_position)).join(Application).where(Application.call_id == call_id)
    )
    return (last or 0) + 1


def reserve_list(call_id: int) -> Sequence[Decision]:
    """The reserve of a call in its order, as far as it has not moved up."""
    return session.scalars(
        select(Decision)
        .join(Application)
        .where(Application.call_id == call_id, Decision.outcome == Outcome.reserve)
        .options(joinedload(Decision.application).joinedload(Application.lead_organisation))
        .order_by(func.coalesce(Decision.reserve_position, 10**6), Application.number)
    ).all()


def released_amounts(call_id: int) -> dict[int, int]:
    """Yen of every released adoption of a call, by application."""
    rows = session.execute(
        select(Decision.application_id, Decision.amount_yen)
        .join(Application)
        .where(
            Application.call_id == call_id,
            Decision.status == DecisionStatus.released,
            Decision.outcome == Outcome.adopted,
        )
    )
    return {row[0]: row[1] for row in rows}

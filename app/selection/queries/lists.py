"""Lists of decisions: proposed together, looked at and confirmed together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select

from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.applications.queries import another_must_act, visible_to
from app.core.db import session
from app.core.tables import Page, keyset
from app.organisations.models import Organisation
from app.reviews.choices import DecisionStatus, Outcome
from app.reviews.models import Decision
from app.reviews.queries import reserve_list
from app.selection.queries.ranking import RANKED

_ORDER = {Outcome.adopted: 1, Outcome.reserve: 2, Outcome.rejected: 3}


def decision_page(
    actor: Any, call_id: int, status: DecisionStatus | None, after: str | None, before: str | None
) -> Page[Any]:
    """Fifty decisions of a call, by number, with what a second officer has to look at."""
    query = (
        visible_to(actor)
        .with_only_columns(
            Application.id.label("id"), Application.number.label("application_number"), Application.title_en,
            Application.title_ja, Application.total_yen.label("asked"), Organisation.name_en, Organisation.name_ja,
            Decision.outcome, Decision.amount_yen, Decision.status, Decision.version, Decision.reason,
            Decision.reserve_position, Decision.proposed_by_id,
        )
        .join(Decision, Decision.application_id == Application.id)
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .where(Application.call_id == call_id)
    )  # fmt: skip
    if status is not None:
        query = query.where(Decision.status == status)
    return keyset(query, [Application.number], after, before)


def decision_totals(actor: Any, call_id: int) -> list[tuple[Outcome, DecisionStatus, int, int]]:
    """(outcome, state, decisions, yen) of what the reader may see, in the order adopted, reserve, not adopted."""
    rows = session.execute(
        visible_to(actor)
        .with_only_columns(Decision.outcome, Decision.status, func.count(), func.sum(Decision.amount_yen))
        .select_from(Application)
        .join(Decision, Decision.application_id == Application.id)
        .where(Application.call_id == call_id)
        .group_by(Decision.outcome, Decision.status)
    )
    return sorted(((r[0], r[1], r[2], int(r[3])) for r in rows), key=lambda r: (_ORDER[r[0]], r[1].value))


def versions_of(application_ids: Sequence[int]) -> dict[int, int]:
    """The version of each application's decision that is still only proposed; absent where there is none."""
    rows = session.execute(
        select(Decision.application_id, Decision.version).where(
            Decision.application_id.in_(application_ids), Decision.status == DecisionStatus.proposed
        )
    )
    return {row[0]: row[1] for row in rows}


def by_numbers(actor: Any, call_id: int, numbers: Sequence[str]) -> dict[str, Application]:
    """The visible applications of a round that have these numbers."""
    query = visible_to(actor).where(
        Application.call_id == call_id, Application.number.in_(numbers), Application.status.in_(RANKED)
    )
    return {a.number: a for a in session.scalars(query)}


def reserve_of(actor: Any, call_id: int) -> list[Decision]:
    """The reserve list as far as the actor may see it."""
    visible = set(
        session.scalars(visible_to(actor).with_only_columns(Application.id).where(Application.call_id == call_id))
    )
    return [d for d in reserve_list(call_id) if d.application_id in visible]


@dataclass(frozen=True)
class Release:
    """What a release would find: without a confirmed decision, confirmed, and whether another officer must act."""

    open: int
    staged: int
    another: bool


def _open() -> Any:
    return or_(
        Application.status == ApplicationStatus.submitted,
        (Application.status == ApplicationStatus.under_review)
        & (Decision.id.is_(None) | (Decision.status == DecisionStatus.proposed)),
    )


def release_of(actor: Any, call_id: int) -> Release:
    """Counted over what the actor may see; ``open`` holds unscreened applications too."""
    row = session.execute(
        visible_to(actor)
        .with_only_columns(
            func.coalesce(func.sum(case((_open(), 1), else_=0)), 0),
            func.coalesce(func.sum(case((Decision.status == DecisionStatus.confirmed, 1), else_=0)), 0),
        )
        .select_from(Application)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(Application.call_id == call_id)
    ).one()
    return Release(int(row[0]), int(row[1]), another_must_act(actor, call_id))


def open_page(actor: Any, call_id: int, after: str | None, before: str | None) -> Page[Any]:
    """Fifty of the applications without a confirmed decision."""
    query = (
        visible_to(actor)
        .with_only_columns(
            Application.id.label("id"), Application.number.label("application_number"), Application.title_en,
            Application.title_ja, Application.status, Application.total_yen.label("asked"), Organisation.name_en,
            Organisation.name_ja,
        )
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(Application.call_id == call_id, _open())
    )  # fmt: skip
    return keyset(query, [Application.number], after, before)

"""Every look-up of calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.calls.choices import CallStatus, Programme
from app.calls.models import Call, CallExtension, CallQuestion
from app.core.db import session
from app.core.tables import Page, keyset

MAX_ID = 2**31 - 1  # no key lies above; the database would call a larger number an error
PARTS = (selectinload(Call.frames), selectinload(Call.documents), selectinload(Call.criteria))


def visible_to(actor: Any) -> Select[Any]:
    """Published calls for everybody; drafts for officers only."""
    query = select(Call)
    return query if actor.has_role("officer") else query.where(Call.status != CallStatus.draft)


def get_for(actor: Any, call_id: int, lock: bool = False) -> Call | None:
    """The call with its frames, documents and criteria, or None when it is not there for this actor."""
    if call_id > MAX_ID:
        return None
    query = visible_to(actor).where(Call.id == call_id).options(*PARTS)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def get(call_id: int) -> Call | None:
    return session.scalar(select(Call).where(Call.id == call_id).options(*PARTS))


def by_questionnaire(questionnaire_id: int, lock: bool = False) -> Call | None:
    """The call that asks these questions."""
    if not 0 < questionnaire_id <= MAX_ID:
        return None
    query = select(Call).where(Call.questionnaire_id == questionnaire_id).options(*PARTS)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def listed(actor: Any, limit: int = 200) -> Sequence[Call]:
    """All calls that the actor may see, the ones closing last first."""
    return session.scalars(
        visible_to(actor)
        .options(selectinload(Call.frames))
        .order_by(Call.closes_at.desc(), Call.id.desc())
        .limit(limit)
    ).all()


def open_at(instant: datetime) -> Sequence[Call]:
    """Calls that accept applications at this instant (the same rule as policy.accepts)."""
    return session.scalars(
        select(Call)
        .where(Call.status == CallStatus.published, Call.opens_at <= instant, Call.closes_at > instant)
        .order_by(Call.closes_at, Call.id)
    ).all()


def choices() -> list[tuple[int, Any]]:
    """(id, title with year) of every published call, newest first: for filters."""
    rows = session.execute(
        select(Call.id, Call.programme, Call.fiscal_year, Call.round)
        .where(Call.status != CallStatus.draft)
        .order_by(Call.fiscal_year.desc(), Call.round.desc(), Call.id.desc())
    )
    return [(row.id, f"{row.programme.short} FY{row.fiscal_year}-{row.round}") for row in rows]


def next_round(programme: Programme, fiscal_year: int) -> int:
    rounds = session.scalars(select(Call.round).where(Call.programme == programme, Call.fiscal_year == fiscal_year))
    return max(rounds, default=0) + 1


# --- deadlines ------------------------------------------------------------------------------------------------------


def extensions(call_id: int) -> Sequence[CallExtension]:
    """Every move of a call's deadlines, also those of single applications: for the office, never for a page of others."""
    return session.scalars(
        select(CallExtension).where(CallExtension.call_id == call_id).order_by(CallExtension.id)
    ).all()


def extensions_of(call_id: int, application_id: int) -> Sequence[CallExtension]:
    """What concerns one application: its own extensions and those that hold for everybody."""
    return session.scalars(
        select(CallExtension)
        .where(
            CallExtension.call_id == call_id,
            or_(CallExtension.application_id.is_(None), CallExtension.application_id == application_id),
        )
        .order_by(CallExtension.id)
    ).all()


# --- questions and answers ------------------------------------------------------------------------------------------


def published_questions(call_id: int, after: str | None = None, before: str | None = None, size: int = 20) -> Page[Any]:
    """What the public reads, newest first: number, wording, answer, dates. Nobody's identity is among the columns."""
    query: Any = select(
        CallQuestion.number.label("no"),
        CallQuestion.question_en,
        CallQuestion.question_ja,
        CallQuestion.answer_en,
        CallQuestion.answer_ja,
        CallQuestion.published_at,
        CallQuestion.corrected_at,
    ).where(CallQuestion.call_id == call_id, CallQuestion.number.is_not(None))
    return keyset(query, [(-CallQuestion.number).label("newest_first")], after, before, size)


def questions_by(actor: Any, call_id: int) -> Sequence[CallQuestion]:
    """A person's own questions on a call that are not public yet."""
    return session.scalars(
        select(CallQuestion)
        .where(
            CallQuestion.asked_by_id == actor.id, CallQuestion.call_id == call_id, CallQuestion.published_at.is_(None)
        )
        .order_by(CallQuestion.id)
    ).all()


def waiting_of(call_id: int, user_id: int) -> int:
    query = select(func.count(CallQuestion.id)).where(
        CallQuestion.call_id == call_id, CallQuestion.asked_by_id == user_id, CallQuestion.published_at.is_(None)
    )
    return session.scalar(query) or 0


def waiting_questions(after: str | None = None, before: str | None = None) -> Page[Any]:
    """Every question that is not public yet, the oldest first: for the office."""
    query: Any = select(CallQuestion).where(CallQuestion.published_at.is_(None)).options(joinedload(CallQuestion.call))
    return keyset(query, [CallQuestion.id], after, before)


def waiting_by_call() -> list[tuple[Call, int]]:
    """Calls with questions that wait, and how many: for the officers' start page."""
    waiting = (
        select(CallQuestion.call_id, func.count().label("n"))
        .where(CallQuestion.published_at.is_(None))
        .group_by(CallQuestion.call_id)
        .subquery()
    )
    rows = session.execute(select(Call, waiting.c.n).join(waiting, waiting.c.call_id == Call.id).order_by(Call.id))
    return [(row[0], row[1]) for row in rows]


def question(question_id: int, lock: bool = False) -> CallQuestion | None:
    """One question for the office. With ``lock`` its call is locked first, so that numbers are given one by one."""
    if question_id > MAX_ID:
        return None
    found = session.scalar(
        select(CallQuestion).where(CallQuestion.id == question_id).options(joinedload(CallQuestion.call))
    )
    if found is not None and lock:
        session.scalar(select(Call.id).where(Call.id == found.call_id).with_for_update())
        session.refresh(found)
    return found


def last_question_number(call_id: int) -> int:
    return session.scalar(select(func.max(CallQuestion.number)).where(CallQuestion.call_id == call_id)) or 0

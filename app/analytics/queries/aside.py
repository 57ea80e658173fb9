"""Readers of the office who stand aside from a project that is counted (CON-14): whole totals, no record of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import or_, select

from app.analytics.definitions import Commercialization, Participation, Question
from app.analytics.queries.units.base import leaving_out
from app.applications import queries as applications
from app.core.db import session
from app.core.fiscal import fiscal_year_end, fiscal_year_start
from app.core.i18n import Bilingual
from app.core.once import once
from app.projects.models import Project

STANDS_ASIDE = Bilingual(
    "You stand aside from something that is counted here. The figures are whole, as everybody reads them; you are shown "
    "those that readers outside the office are shown, and what you stand aside from is in no list.",
    "ここには、あなたが利益相反により関与しない案件が含まれます。数値は全員共通の全体値ですが、表示は庁外の閲覧者に公開する範囲に限り、"
    "関与しない案件は一覧に表示しません。",
)


def hidden_from(actor: Any) -> frozenset[int]:
    """The projects from which an officer or auditor stands aside; nobody else ever does."""
    kept = applications.kept_out(actor)
    if not kept:
        return frozenset()
    found = select(Project.id).where(Project.application_id.in_(kept))
    return once(("aside", actor.actor_id), lambda: frozenset(session.scalars(found)))


def stands_aside(actor: Any, question: Question) -> bool:
    """May the question count a project from which the reader stands aside? Asked of programme and year of adoption,
    which are announced, and of nothing else: what became of the project cannot be told from when this is so."""
    hidden = hidden_from(actor)
    if not hidden or (isinstance(question, Participation) and question.definition == "PR-8"):
        return False
    completed = isinstance(question, Commercialization) or question.population == "completed"
    first, last = fiscal_year_start(question.first_year), fiscal_year_end(question.last_year)
    if completed:  # also where a record of earlier years names the end alone
        within = or_(Project.adopted_on <= last, Project.completed_on.between(first, last))
    else:
        within = Project.adopted_on.between(first, last)
    query = select(Project.id).where(Project.id.in_(hidden), within)
    if question.programme:
        query = query.where(Project.programme == question.programme)
    return session.scalar(query.limit(1)) is not None


@contextmanager
def lists_for(actor: Any) -> Iterator[None]:
    """Lists made within hold nothing that the reader stands aside from, nor what is known through it alone."""
    with leaving_out(hidden_from(actor)):
        yield

"""What all units share: the codes of a verdict, fiscal years in SQL, the projects of a question."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, collate, extract, func, literal_column, select

from app.analytics.definitions import Question, Verdict
from app.core import tables
from app.core.db import session
from app.core.fiscal import fiscal_year_end, fiscal_year_start
from app.projects.models import Project

#: Ordered, so that the greatest verdict of several is theirs together.
CODES = {Verdict.no: 0, Verdict.unknown: 1, Verdict.yes: 2}
NO, UNKNOWN, YES = CODES[Verdict.no], CODES[Verdict.unknown], CODES[Verdict.yes]
VERDICTS = {code: verdict for verdict, code in CODES.items()}
_left_out: ContextVar[frozenset[int]] = ContextVar("left_out", default=frozenset())


@contextmanager
def leaving_out(project_ids: Collection[int]) -> Iterator[None]:
    """While lists are made for a reader who may not know of these projects. Never around answers that are kept."""
    token = _left_out.set(frozenset(project_ids))
    try:
        yield
    finally:
        _left_out.reset(token)


def year_of(column: Any) -> ColumnElement[int]:
    """FY(d) in SQL. The numbers stand in the text, so that a database sees one expression where it is grouped by."""
    one, april = literal_column("1", Integer), literal_column("4", Integer)
    return extract("year", column) - case((extract("month", column) < april, one), else_=literal_column("0", Integer))


def bytewise(column: Any) -> Any:
    """A key in the order of its bytes, whatever the database's collation."""
    return collate(column, "C" if session.get_bind().dialect.name == "postgresql" else "BINARY")


def projects(question: Question, by: Any, among: Sequence[int] | None = None) -> tables.AnySelect:
    """The projects of a question; ``among``: of these keys only. Each is judged by itself, so nobody's verdict differs."""
    query = select(
        Project.id.label("project_id"),
        Project.project_key,
        Project.adopted_on,
        Project.completed_on,
        Project.observed_from,
        func.coalesce(Project.amount_yen, 0).label("amount"),
        year_of(by).label("cohort"),
    ).where(by >= fiscal_year_start(question.first_year), by <= fiscal_year_end(question.last_year))
    if among is not None:
        query = query.where(Project.id.in_(among))
    if left_out := _left_out.get():
        query = query.where(Project.id.not_in(left_out))
    return query.where(Project.programme == question.programme) if question.programme else query

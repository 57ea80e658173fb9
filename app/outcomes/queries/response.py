"""How many reports came, of how many that were owed: the numbers and the list behind each, from one set of predicates."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from app.calls.choices import Programme
from app.core.clock import today
from app.core.db import session
from app.core.tables import Page, keyset
from app.organisations.choices import BUREAUS
from app.outcomes.choices import FollowUpStatus
from app.outcomes.models import FollowUp
from app.projects.models import Project
from app.projects.queries import not_recused, visible_to


def _came() -> ColumnElement[bool]:
    """It was sent at least once; one that was returned since has still answered."""
    sent = FollowUp.status.in_((FollowUpStatus.submitted, FollowUpStatus.verified))
    return or_(sent, FollowUp.submitted_at.is_not(None))


#: What a number of the response page counts, and what the list behind it shows.
STATES: dict[str, Callable[[date], ColumnElement[bool]]] = {
    "opened": lambda on: FollowUp.opens_on <= on,
    "responded": lambda on: and_(FollowUp.opens_on <= on, _came()),
    "missed": lambda on: and_(FollowUp.due_on < on, ~_came()),
    "waiting": lambda on: and_(FollowUp.opens_on <= on, FollowUp.due_on >= on, ~_came()),
    "unfinished": lambda on: or_(
        and_(FollowUp.opens_on <= on, ~_came()),
        FollowUp.status.in_((FollowUpStatus.submitted, FollowUpStatus.returned)),
    ),
    "to_verify": lambda on: FollowUp.status == FollowUpStatus.submitted,
    "returned": lambda on: FollowUp.status == FollowUpStatus.returned,
}


def response(actor: Any, on: date) -> list[Any]:
    """(fiscal year, programme, bureau, opened, responded, missed, waiting) of every cell that has reports. One
    statement; sums over years, programmes and bureaus are sums of these."""

    def counted(state: str) -> Any:
        return func.sum(case((STATES[state](on), 1), else_=0)).label(state)

    query = (
        select(FollowUp.fiscal_year, Project.programme, Project.region,
               *(counted(state) for state in ("opened", "responded", "missed", "waiting")))
        .join(Project, Project.id == FollowUp.project_id)
        .where(STATES["opened"](on), not_recused(actor))
        .group_by(FollowUp.fiscal_year, Project.programme, Project.region)
        .order_by(FollowUp.fiscal_year.desc(), Project.programme, Project.region)
    )  # fmt: skip
    return list(session.execute(query))


def matching(actor: Any, filters: dict[str, str]) -> Select[Any]:
    """Reports by fiscal year, programme, bureau (``none``: without one) and state, as far as the actor may know."""
    query = select(FollowUp).join(Project, Project.id == FollowUp.project_id).where(not_recused(actor))
    if re.fullmatch(r"[0-9]{4}", year := filters.get("fiscal_year", "")):
        query = query.where(FollowUp.fiscal_year == int(year))
    if filters.get("programme") in set(Programme):
        query = query.where(Project.programme == filters["programme"])
    if (bureau := filters.get("bureau")) == "none":
        query = query.where(Project.region.is_(None))
    elif bureau in BUREAUS:
        query = query.where(Project.region == bureau)
    if (state := filters.get("state")) in STATES:
        query = query.where(STATES[state](today()))
    return query


def report_list(actor: Any, filters: dict[str, str], after: str | None, before: str | None) -> Page[Any]:
    """One page of reports: what waits for somebody by its due date, everything else as it was scheduled."""
    query = matching(actor, filters).options(joinedload(FollowUp.project), joinedload(FollowUp.organisation))
    order = [FollowUp.due_on, FollowUp.id] if filters.get("state") == "unfinished" else [FollowUp.id]
    return keyset(query, order, after, before)


def visible_projects_by_key(actor: Any, keys: Iterable[str]) -> dict[str, Project]:
    """Projects by their keys, as far as the actor may know of them."""
    rows = session.scalars(visible_to(actor).where(Project.project_key.in_(list(keys))))
    return {row.project_key: row for row in rows}

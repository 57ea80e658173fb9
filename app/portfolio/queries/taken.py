"""The record of all files that were handed out, for administrators and auditors."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.applications import queries as applications
from app.core.clock import JST, today
from app.core.db import session
from app.core.tables import Page, keyset
from app.core.taken import FileTaken


def page(person_id: int | None, after: str | None, before: str | None) -> Page[Any]:
    """(file, who), the latest first; of one person if one is given."""
    query = select(FileTaken, User.name).join(User, User.id == FileTaken.user_id)
    if person_id is not None:
        query = query.where(FileTaken.user_id == person_id)
    return keyset(query, [(-FileTaken.id).label("place")], after, before)


def _day(day: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time(), JST)
    return begins, begins + timedelta(days=1)


def of_today(user_id: int | None = None) -> Sequence[Any]:
    """(person, name, rows, files) of everybody who took files today (Japan's), most rows first; or of one person."""
    begins, ends = _day(today())
    rows = func.coalesce(func.sum(FileTaken.row_count), 0)
    query = (
        select(User.id, User.name, rows, func.count())
        .join(FileTaken, FileTaken.user_id == User.id)
        .where(FileTaken.at >= begins, FileTaken.at < ends)
        .group_by(User.id, User.name)
        .order_by(rows.desc(), func.count().desc(), User.id)
        .limit(20)
    )
    return session.execute(query.where(User.id == user_id) if user_id is not None else query).all()


def shown_today(actor: Any) -> Sequence[Any]:
    """``of_today`` as the reader may know it; who stands aside from anything reads the own sums only, as in ``tells_of``:
    the sum of one file is its number of rows."""
    return of_today(actor.actor_id if applications.kept_out(actor) else None)


def tells_of(actor: Any) -> Callable[[FileTaken], bool]:
    """May the reader know the address and the rows of a file? Who stands aside from anything knows those of the own
    files only: an address names what was opened, and a number of rows what is missing."""
    recused = bool(applications.kept_out(actor))
    return lambda row: not recused or row.user_id == actor.actor_id

"""Running numbers without gaps inside a series, and counters that say when data changed."""

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, session


class Series(Model):
    """The last number given in a series (receipt numbers, application numbers), or a data version."""

    __tablename__ = "series"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def next_number(name: str) -> int:
    """The next number of a series; the row stays locked until the transaction ends."""
    row = session.get(Series, name, with_for_update=True, populate_existing=True)
    if row is None:
        row = Series(name=name, last=0)
        session.add(row)
    row.last += 1
    session.flush()
    return row.last


#: The version of everything that rates are made of: organisations, memberships, projects, outcomes.
RATES_DATA = "data:rates"


def touch(name: str = RATES_DATA) -> None:
    """Say, in the running transaction, that this data has changed: cached results of older versions lapse."""
    changed = session.execute(update(Series).where(Series.name == name).values(last=Series.last + 1))
    if not changed.rowcount:  # type: ignore[attr-defined]
        session.add(Series(name=name, last=1))
        session.flush()


def version(name: str = RATES_DATA) -> int:
    return session.scalar(select(Series.last).where(Series.name == name)) or 0


def claim_day(name: str, day: int) -> bool:
    """True for the first caller of a day (a proleptic ordinal); the claim is undone with the caller's transaction."""
    row = session.get(Series, name, with_for_update=True, populate_existing=True)
    if row is None:
        row = Series(name=name, last=0)
        session.add(row)
    if row.last >= day:
        return False
    row.last = day
    session.flush()
    return True

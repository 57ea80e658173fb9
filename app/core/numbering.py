"""Running numbers without gaps inside a series, and counters that say when data changed."""

from sqlalchemy import String, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, session


class Series(Model):
    """The last number given in a series (receipt numbers, application numbers), or a data version."""

    __tablename__ = "series"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def next_number(name: str) -> int:
    """The next number of a series; the row stays locked until the transaction ends."""
    given = _raise(name)
    if given is None:
        _begin(name)
        given = _raise(name)
    assert given is not None
    return given


def _raise(name: str) -> int | None:
    """The next number in one statement; None where the series does not exist yet."""
    return session.scalar(
        update(Series)
        .where(Series.name == name)
        .values(last=Series.last + 1)
        .returning(Series.last)
        .execution_options(synchronize_session=False)
    )


def _begin(name: str) -> None:
    """Make a series at zero unless somebody else, at the same moment, has made it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Series).values(name=name, last=0).on_conflict_do_nothing())


#: The version of everything that rates are made of: organisations, memberships, projects, outcomes.
RATES_DATA = "data:rates"


def touch(name: str = RATES_DATA) -> None:
    """Say, in the running transaction, that this data has changed: cached results of older versions lapse."""
    next_number(name)


def version(name: str = RATES_DATA) -> int:
    return session.scalar(select(Series.last).where(Series.name == name)) or 0


def claim_day(name: str, day: int) -> bool:
    """True for the first caller of a day (a proleptic ordinal); the claim is undone with the caller's transaction."""
    _begin(name)
    claimed = (
        update(Series)
        .where(Series.name == name, Series.last < day)
        .values(last=day)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(claimed).rowcount)  # type: ignore[attr-defined]

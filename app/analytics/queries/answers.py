"""Measuring: a question's units, counted; answers are kept per version of the data (ADR 3)."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from app.analytics.definitions import Count, Participation, Question, Rate, Verdict
from app.analytics.queries.units import units
from app.analytics.queries.units.base import VERDICTS
from app.core import numbering
from app.core.db import session, write_intent

Answer = TypeVar("Answer")
_KEEP = 256
_kept: WeakKeyDictionary[Any, OrderedDict[Any, Any]] = WeakKeyDictionary()
_lock = threading.Lock()
#: The version of the data, once the answer at hand has asked for it: answers made of others ask once.
_version: ContextVar[int | None] = ContextVar("rates_version", default=None)


@contextmanager
def _one_version() -> Iterator[int]:
    known = _version.get()
    if known is not None:
        yield known
        return
    found = numbering.version()
    token = _version.set(found)
    try:
        yield found
    finally:
        _version.reset(token)


def remember(key: tuple[Any, ...], compute: Callable[[], Answer]) -> Answer:
    """Keep answers per version of the data. Work that may write sees its own changes and so keeps nothing."""
    if write_intent.get():
        return compute()
    with _one_version() as version:
        key = (*key, version)
        bind = session.get_bind()
        with _lock:
            kept = _kept.setdefault(bind, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return kept[key]  # type: ignore[no-any-return]
        answer = compute()
        with _lock:
            kept[key] = answer
            while len(kept) > _KEEP:
                kept.popitem(last=False)
        return answer


def count_of(rows: Sequence[Any]) -> Count:
    """A count from rows of (verdict's code, weight)."""
    found = {verdict: 0 for verdict in Verdict}
    for code, weight in rows:
        found[VERDICTS[code]] += int(weight or 0)
    return Count(found[Verdict.yes], found[Verdict.unknown], found[Verdict.no])


def _measure(question: Question) -> Rate:
    unit = units(question)
    rows = session.execute(select(unit.c.verdict, func.sum(unit.c.weight)).group_by(unit.c.verdict)).all()
    return Rate(question, count_of([tuple(row) for row in rows]))


def measure(question: Question) -> Rate:
    """The number alone."""
    return remember(("measure", question), lambda: _measure(question))


def _cohorts(question: Question) -> tuple[tuple[int, Count], ...]:
    if isinstance(question, Participation) and not question.has_cohorts:
        return ()
    unit = units(question, cohorts=True)
    rows = session.execute(
        select(unit.c.cohort, unit.c.verdict, func.sum(unit.c.weight)).group_by(unit.c.cohort, unit.c.verdict)
    ).all()
    years = sorted({int(row[0]) for row in rows})
    return tuple((year, count_of([row[1:] for row in rows if int(row[0]) == year])) for year in years)


def cohorts(question: Question) -> tuple[tuple[int, Count], ...]:
    """The count of each fiscal year, in order; empty for definitions that do not start from projects."""
    return remember(("cohorts", question), lambda: _cohorts(question))

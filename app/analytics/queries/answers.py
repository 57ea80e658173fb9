"""Measuring: a question's units, counted; answers are kept per version of the data (ADR 3)."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from app.analytics.definitions import Count, Participation, Question, Rate, Verdict
from app.analytics.models import KeptFigures
from app.analytics.queries.units import lean
from app.analytics.queries.units.base import VERDICTS
from app.core import numbering
from app.core.clock import today
from app.core.db import session, write_intent

Answer = TypeVar("Answer")
_KEEP = 256
_kept: WeakKeyDictionary[Any, OrderedDict[Any, Any]] = WeakKeyDictionary()
_lock = threading.Lock()
#: The version of the data, once the answer at hand has asked for it: answers made of others ask once.
_version: ContextVar[int | None] = ContextVar("rates_version", default=None)
_gathered: ContextVar[dict[str, tuple[int, Any]] | None] = ContextVar("rates_gathered", default=None)


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


# --- kept for every process ------------------------------------------------------------------------------------------


@cache
def edition() -> str:
    """What the code that answers is: figures of an earlier edition are not looked at, whatever the data's version."""
    found = sha256()
    for path in sorted(Path(__file__).parents[2].rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


@contextmanager
def gathering() -> Iterator[dict[str, tuple[int, Any]]]:
    """While figures are made ahead: all of them by name, with the data's version; this process forgets what it knew."""
    found: dict[str, tuple[int, Any]] = {}
    with _lock:
        _kept.pop(session.get_bind(), None)
    token = _gathered.set(found)
    try:
        yield found
    finally:
        _gathered.reset(token)


def name_of(key: tuple[Any, ...]) -> str:
    """Under which a figure is kept: what was asked, and the edition of the code."""
    return sha256(repr((edition(), *key)).encode()).hexdigest()


def _kept_under(name: str, version: int) -> Any:
    return session.scalar(select(KeptFigures.found).where(KeptFigures.name == name, KeptFigures.version == version))


def mark_of_today() -> str:
    """The name under which it is noted that everything was made ahead; some figures change with the day."""
    return name_of(("made ahead", today()))


def made_ahead() -> bool:
    """Is there nothing to make ahead for the data as it is?"""
    return _kept_under(mark_of_today(), numbering.version()) is not None


def _same(found: Any) -> Any:
    return found


def shared(key: tuple[Any, ...], compute: Callable[[], Any], load: Callable[[Any], Answer] = _same) -> Answer:
    """As ``remember``; what ``compute`` gives is made of lists, texts and numbers, and the worker may have made it ahead
    (operations.warm). ``load`` makes the answer of it. Whoever may write reads its own changes."""

    def find() -> Answer:
        if write_intent.get():
            return load(compute())
        name, version, gathered = name_of(key), _version.get() or 0, _gathered.get()
        found = _kept_under(name, version)
        if found is None:
            found = compute()
        if gathered is not None:
            gathered[name] = (version, found)
        return load(found)

    return remember(key, find)


# --- counting --------------------------------------------------------------------------------------------------------


def count_of(rows: Sequence[Any]) -> Count:
    """A count from rows of (verdict's code, weight)."""
    found = {verdict: 0 for verdict in Verdict}
    for code, weight in rows:
        found[VERDICTS[code]] += int(weight or 0)
    return Count(found[Verdict.yes], found[Verdict.unknown], found[Verdict.no])


def _counts(question: Question) -> list[list[int]]:
    unit = lean(question)
    rows = session.execute(select(unit.c.verdict, func.sum(unit.c.weight)).group_by(unit.c.verdict))
    return [[int(verdict), int(weight or 0)] for verdict, weight in rows]


def measure(question: Question) -> Rate:
    """The number alone."""
    return shared(("measure", question), lambda: _counts(question), lambda found: Rate(question, count_of(found)))


def _by_cohort(question: Question) -> list[list[int]]:
    if isinstance(question, Participation) and not question.has_cohorts:
        return []
    unit = lean(question, cohorts=True)
    columns = (unit.c.cohort, unit.c.verdict)
    rows = session.execute(select(*columns, func.sum(unit.c.weight)).group_by(*columns))
    return [[int(year), int(verdict), int(weight or 0)] for year, verdict, weight in rows]


def cohorts(question: Question) -> tuple[tuple[int, Count], ...]:
    """The count of each fiscal year, in order; empty for definitions that do not start from projects."""

    def load(found: Any) -> tuple[tuple[int, Count], ...]:
        years = sorted({row[0] for row in found})
        return tuple((year, count_of([row[1:] for row in found if row[0] == year])) for year in years)

    return shared(("cohorts", question), lambda: _by_cohort(question), load)

"""Which projects have which verdict, kept per version of the data: lists that filter or group by a verdict look it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, Subquery, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.analytics.definitions import Commercialization, Question, Verdict
from app.analytics.queries.answers import shared
from app.analytics.queries.units import lean, units
from app.analytics.queries.units.base import CODES
from app.analytics.queries.units.commercialization import by_outcome
from app.analytics.queries.units.participation import by_project
from app.core.db import session

#: Above so many projects their keys are not kept in memory but judged by the database each time.
MOST_KEPT = 200_000


@dataclass(frozen=True)
class Decided:
    """The projects of a question by their verdict: ``keys`` in one text each, separated by commas (one text goes to the
    database as one value, whatever the number of projects). Without ``keys`` there are too many."""

    question: Question
    keys: dict[Verdict, str] | None

    def ids(self, *verdicts: Verdict) -> Select[Any]:
        """The keys of projects with one of these verdicts, for IN."""
        if self.keys is None:
            unit = units(self.question)
            return select(unit.c.project_id).where(unit.c.verdict.in_([CODES[verdict] for verdict in verdicts]))
        text = ",".join(filter(None, (self.keys[verdict] for verdict in verdicts)))
        if session.get_bind().dialect.name == "postgresql":
            return select(func.unnest(cast(func.string_to_array(text, ","), ARRAY(Integer))))
        each: Any = func.json_each(f"[{text}]").table_valued("value")
        return select(each.c.value)


def _decided(question: Question) -> list[str]:
    """The keys by verdict, in the order of ``CODES``; nothing where there are too many."""
    unit = lean(question)
    rows = session.execute(select(unit.c.verdict, unit.c.project_id).limit(MOST_KEPT + 1)).all()
    if len(rows) > MOST_KEPT:
        return []
    found: dict[int, list[str]] = {code: [] for code in CODES.values()}
    for verdict, project in rows:
        found[verdict].append(str(project))
    return [",".join(found[code]) for code in CODES.values()]


def decided(question: Question) -> Decided:
    """Every project's verdict, for questions that go by projects."""

    def load(found: Any) -> Decided:
        return Decided(question, dict(zip(CODES, found, strict=True)) if found else None)

    return shared(("decided", question), lambda: _decided(question), load)


def verdicts_of(question: Question, ids: Sequence[int]) -> dict[int, int]:
    """The verdicts' codes of these projects alone, by their keys; those that the question leaves out are missing."""
    query: Any = by_outcome(question, ids) if isinstance(question, Commercialization) else by_project(question, ids)
    unit: Subquery = query.subquery("unit")
    return {row[0]: row[1] for row in session.execute(select(unit.c.project_id, unit.c.verdict))}

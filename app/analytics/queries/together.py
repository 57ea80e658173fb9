"""What the participation page and the gate for outside readers are made of: one statement each, kept for every process."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Any

from app.analytics.definitions import Count, Participation, Rate, Reference, ReferenceKind
from app.analytics.estimators import Spread, spread
from app.analytics.queries.answers import count_of, shared
from app.analytics.queries.units import together as parts
from app.analytics.queries.units.base import NO, UNKNOWN, YES
from app.core.db import session

BY_PROJECT = ("PR-1", "PR-2", "PR-3", "PR-6a")
#: Where no reference has a day of its own, those with a date are asked for the day of the first figures (slide 13).
CENSUS_DAY = date(2005, 12, 31)
#: So many rows are fetched at a time: a portfolio's amounts are never in memory as rows.
PORTION = 5_000


def _place(definition: str) -> int:
    """Where a definition's verdict stands among those of a project."""
    return BY_PROJECT.index(definition) % 3


@dataclass(frozen=True)
class Together:
    """One question under every definition and reference. ``rows``: (part, numbers ..., how many, yen); ``spreads``: the
    amounts of all, of those that are yes, unknown and no, under PR-1, PR-2 and PR-3."""

    question: Participation
    references: tuple[Reference, ...]
    rows: tuple[tuple[int, ...], ...]
    spreads: tuple[tuple[Spread | None, ...], ...]

    def _of(self, part: int) -> Iterable[tuple[int, ...]]:
        return (row for row in self.rows if row[0] == part)

    def count(self, definition: str) -> Count | None:
        """The count under a definition; None for those that are not asked here."""
        if definition in BY_PROJECT:
            value, column = (-1 if definition == "PR-6a" else -2), 1 + _place(definition)
            return count_of([(row[column], row[value]) for row in self._of(parts.PROJECTS)])
        found = {
            "PR-4": (parts.FIRMS, -2),
            "PR-5": (parts.PLACES, -2),
            "PR-6b": (parts.PLACES, -1),
            "PR-7": (parts.MEMBERS, -2),
        }
        if definition not in found:
            return None
        part, value = found[definition]
        return count_of([(row[1], row[value]) for row in self._of(part)])

    def years(self, definition: str) -> tuple[tuple[int, Count], ...]:
        """The count of each fiscal year under a definition that goes by projects."""
        value, column = (-1 if definition == "PR-6a" else -2), 1 + _place(definition)
        found: dict[int, list[tuple[int, int]]] = {}
        for row in self._of(parts.PROJECTS):
            found.setdefault(row[5], []).append((row[column], row[value]))
        return tuple((year, count_of(found[year])) for year in sorted(found))

    def sizes(self) -> list[tuple[int, int]]:
        """(companies of a project, how many projects have so many)."""
        return [(row[4], row[-2]) for row in self._of(parts.PROJECTS)]

    def at(self, definition: str) -> list[Rate]:
        """PR-1 or PR-6a under each reference."""
        value, asked = (-1 if definition == "PR-6a" else -2), replace(self.question, definition=definition)
        rows = list(self._of(parts.REFERENCES))
        return [
            Rate(replace(asked, reference=reference), count_of([(row[1 + place], row[value]) for row in rows]))
            for place, reference in enumerate(self.references)
        ]

    def order(self) -> tuple[int, int, int, int]:
        """Projects, and places, that are yes: who had joined by the day of adoption and who only afterwards (PR-13)."""
        _part, early, places_early, places, *_more, projects, _yen = next(iter(self._of(parts.ORDER)))
        return early, projects - early, places_early, places - places_early

    def amounts(self, definition: str) -> tuple[Spread | None, ...]:
        return self.spreads[_place(definition)]

    def without_amount(self) -> int:
        known = self.spreads[0][0]
        return sum(row[-2] for row in self._of(parts.PROJECTS)) - (known.number if known else 0)


def together(question: Participation) -> Together:
    """Everything at once; whatever definition or list the question names, the answer is the same."""
    asked = replace(question, definition="PR-1", list_code=None)
    day = question.reference.day or CENSUS_DAY
    references = tuple(Reference(kind, day if kind.dated else None) for kind in ReferenceKind)

    def load(found: Any) -> Together:
        spreads = tuple(tuple(Spread(*one) if one else None for one in each) for each in found["spreads"])
        return Together(asked, references, tuple(tuple(row) for row in found["rows"]), spreads)

    return shared(("together", asked), lambda: _together(asked, references), load)


def _together(asked: Participation, references: Sequence[Reference]) -> Any:
    statement = parts.figures_of(asked, references, references.index(asked.reference))
    rows, yens = [], tuple({code: Counter[int]() for code in (YES, UNKNOWN, NO)} for _definition in range(3))
    for part, _programme, *numbers in session.execute(statement).yield_per(PORTION):
        row = [int(part), *(int(number) for number in numbers)]
        if part != parts.AMOUNTS:
            rows.append(row)
            continue
        for place, found in enumerate(yens):
            found[row[1 + place]][row[4]] += row[-2]
    spreads = [[_flat(sum(found.values(), Counter())), *(_flat(one) for one in found.values())] for found in yens]
    return {"rows": rows, "spreads": spreads}


def _flat(amounts: Counter[int]) -> list[Any] | None:
    found = spread(amounts)
    return list(astuple(found)) if found else None


def kinds(question: Participation, references: Sequence[Reference], spans: Sequence[parts.Span]) -> Any:
    """For the gate: the rows of ``units.together.kinds_of``, [part, programme, numbers ..., how many]."""

    def ask() -> Any:
        rows = session.execute(parts.kinds_of(question, references, spans)).yield_per(PORTION)
        return [
            [int(part), programme, *(int(number) for number in numbers)] for part, programme, *numbers, _yen in rows
        ]

    return shared(("kinds", question, *references, *spans), ask)

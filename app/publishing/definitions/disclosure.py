"""What everything that is public tells together (CR-14, ADR 9): no sum or difference of public numbers is one or two.

A *cell* is a group of units that was counted in public: yes, unknown and no. Whoever reads many cells may add them up and
take one from another. All that can be reached so are the linear combinations of the cells; a handful of units is *told*
when the row of zeros and ones that picks exactly them is such a combination. Units that no cell tells apart are one
column with their number on it, so only columns of one or two units, and pairs of columns of one unit each, can be told;
both are read off the reduced rows. Nothing is left out: for exact numbers this is every difference, of any two cells or
of any number of them. Reckoned modulo a prime below 2^20, so that products of matrices stay exact in floating point.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.analytics.definitions import Count, Verdict
from app.analytics.definitions.disclosure import few, is_safe

PRIME = 2**20 - 3
#: A group of units that was counted: the keys, each with the kind of unit in front.
Units = frozenset[str]
#: Columns that can be told, each by its units.
Told = frozenset[Units]


@dataclass(frozen=True)
class Cell:
    """A count in public: ``of`` says where (the number of a figure or report), ``parts`` are yes, unknown and no."""

    of: str
    parts: tuple[Units, ...]
    strict: bool = True

    @property
    def count(self) -> Count:
        return Count(*(len(part) for part in self.parts))

    @property
    def safe(self) -> bool:
        """By itself (CR-14). Points of a curve begin at none and end at none, so there only handfuls are withheld."""
        return is_safe(self.count) if self.strict else not any(few(len(part)) for part in self.parts)


def cell(of: str, kind: str, verdicts: Iterable[tuple[str, Verdict]]) -> Cell:
    """A cell of units of one kind (project, place, firm) by their verdicts."""
    found: dict[Verdict, set[str]] = {verdict: set() for verdict in (Verdict.yes, Verdict.unknown, Verdict.no)}
    for key, verdict in verdicts:
        found[verdict].add(f"{kind}:{key}")
    return Cell(of, tuple(frozenset(keys) for keys in found.values()))


def share(of: str, kind: str, inside: Iterable[str], everybody: Iterable[str]) -> Cell:
    """A cell that says how many of a group something holds for."""
    yes = frozenset(f"{kind}:{key}" for key in inside)
    return Cell(of, (yes, frozenset(), frozenset(f"{kind}:{key}" for key in everybody) - yes))


class Ledger:
    """All that is public, and what would join it. ``cells``: every cell that may ever be asked about."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        groups = list(dict.fromkeys(part for one in cells for part in one.parts if part))
        member: dict[str, list[int]] = defaultdict(list)
        for place, group in enumerate(groups):
            for key in group:
                member[key].append(place)
        columns: Counter[tuple[int, ...]] = Counter()
        self._units: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for key, places in member.items():
            columns[tuple(places)] += 1
            if len(self._units[tuple(places)]) < 3:
                self._units[tuple(places)].append(key)
        self._columns = list(columns)
        self._number = np.array([columns[c] for c in self._columns], dtype=np.int64)
        self._where: dict[Units, np.ndarray[Any, Any]] = {}
        held: dict[int, list[int]] = defaultdict(list)
        for column, stands in enumerate(self._columns):
            for place in stands:
                held[place].append(column)
        for place, group in enumerate(groups):
            self._where[group] = np.array(held[place], dtype=np.int64)
        #: The reduced rows, their pivots, and who is told by them; never changed in place, so it can be put back.
        self.state: tuple[Any, list[int], Told] = (np.zeros((0, len(self._columns))), [], frozenset())

    def _joined(self, rows: Any, pivots: list[int], group: Units) -> tuple[Any, list[int]]:
        """The reduced rows with one more; the same ones where it follows from them."""
        row = np.zeros(len(self._columns))
        row[self._where[group]] = 1
        if pivots:
            row = (row - row[pivots] @ rows) % PRIME
        rest = np.flatnonzero(row)
        if not rest.size:
            return rows, pivots
        pivot = int(rest[0])
        row = (row * pow(int(row[pivot]), -1, PRIME)) % PRIME
        touched = np.flatnonzero(rows[:, pivot]) if len(pivots) else np.zeros(0, dtype=np.int64)
        rows = np.vstack([rows, row])
        if touched.size:
            rows[touched] = (rows[touched] - np.outer(rows[touched, pivot], row)) % PRIME
        return rows, [*pivots, pivot]

    def _read(self, rows: Any, pivots: list[int]) -> Told:
        """The groups of one or two units that the rows pick out."""
        found: set[Units] = set()
        if not pivots:
            return frozenset()
        number, filled = self._number, np.count_nonzero(rows, axis=1)
        for place in np.flatnonzero((filled <= 2) & (number[pivots] < 3)):
            columns = np.flatnonzero(rows[place])
            if columns.size == 1 or (np.all(rows[place][columns] == 1) and np.all(number[columns] == 1)):
                found.add(self._named(columns))
        single = np.flatnonzero((number[pivots] == 1) & (filled > 1))
        if single.size > 1:
            tails = rows[single].copy()
            tails[np.arange(single.size), np.array(pivots)[single]] = 0
            known: dict[bytes, list[int]] = defaultdict(list)
            for place, tail in zip(single, tails, strict=True):
                for other in known.get(((-tail) % PRIME).tobytes(), ()):
                    found.add(self._named(np.array([pivots[place], pivots[other]])))
                known[tail.tobytes()].append(int(place))
        return frozenset(found)

    def _named(self, columns: Any) -> Units:
        return frozenset(key for column in columns for key in self._units[self._columns[int(column)]])

    def _with(self, cells: Iterable[Cell]) -> tuple[Any, list[int]]:
        rows, pivots, _told = self.state
        for one in cells:
            for part in one.parts:
                if part:
                    rows, pivots = self._joined(rows, pivots, part)
        return rows, pivots

    def publish(self, cells: Iterable[Cell]) -> None:
        """Take as public what is public already, whatever it tells."""
        rows, pivots = self._with(cells)
        self.state = rows, pivots, self._read(rows, pivots)

    def admit(self, cells: Sequence[Cell]) -> bool:
        """Make cells public together, if they are safe and nothing more is told with them than was before."""
        if not all(one.safe for one in cells):
            return False
        rows, pivots = self._with(cells)
        if len(pivots) == len(self.state[1]):
            return True  # it followed from what is public
        told = self._read(rows, pivots)
        if not told <= self.state[2]:
            return False
        self.state = rows, pivots, told
        return True


def admitted(public: Sequence[Cell], wanted: Sequence[Cell]) -> list[bool]:
    """Which of these may join what is public, the most important first: the rest is withheld, and that is what keeps
    the others from being set off against each other (complementary suppression)."""
    ledger = Ledger([*public, *wanted])
    ledger.publish(public)
    return [ledger.admit([one]) for one in wanted]


def would_tell(public: Sequence[Cell], new: Sequence[Cell]) -> list[str]:
    """Where the public cells stand that, together with new ones, tell of one or two units; empty where nothing is told.

    The new ones are held against each public thing by itself first, so that the words can name it.
    """
    if not new:
        return []
    ledger = Ledger([*public, *new])
    ledger.publish(public)
    if ledger.admit(new):
        return []
    found = []
    for name in dict.fromkeys(one.of for one in public):
        some = [one for one in public if one.of == name]
        by_itself = Ledger([*some, *new])
        by_itself.publish(some)
        if not by_itself.admit(new):
            found.append(name)
    return found or list(dict.fromkeys(one.of for one in public)) or [new[0].of]


def years_shown(ledger: Ledger, years: Sequence[tuple[int, Cell]]) -> tuple[int, ...]:
    """The years of one table that may stand beside their total, which is in the ledger already; they join it.

    What stays hidden is safe by itself too: were all that is missing *no*, subtraction would tell it of each of them.
    """
    before = ledger.state
    by_size = [year for year, one in sorted(years, key=lambda found: (-found[1].count.total, found[0]))]
    cells = dict(years)
    hidden = {year for year, one in years if not one.safe}
    while True:
        ledger.state = before
        shown = [year for year in by_size if year not in hidden and ledger.admit([cells[year]])]
        if not shown or is_safe(_together(cells[year] for year in by_size if year not in shown)):
            return tuple(sorted(shown))
        hidden.add(shown[-1])


def _together(cells: Iterable[Cell]) -> Count:
    counts = [one.count for one in cells]
    return Count(sum(c.yes for c in counts), sum(c.unknown for c in counts), sum(c.no for c in counts))


# --- what a report told, kept for later -------------------------------------------------------------------------------


def packed(cells: Sequence[Cell]) -> bytes:
    """Cells as a file: each unit once, beside the numbers of the groups that it stands in."""
    groups = {part: place for place, part in enumerate(dict.fromkeys(p for one in cells for p in one.parts))}
    member: dict[str, list[int]] = defaultdict(list)
    for part, place in groups.items():
        for key in part:
            member[key].append(place)
    columns: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for key in sorted(member):
        columns[tuple(member[key])].append(key)
    data = {
        "cells": [[one.of, one.strict, [groups[part] for part in one.parts]] for one in cells],
        "columns": [[list(places), keys] for places, keys in sorted(columns.items())],
    }
    return gzip.compress(json.dumps(data, ensure_ascii=False).encode(), mtime=0)


def unpacked(data: bytes) -> list[Cell]:
    found = json.loads(gzip.decompress(data))
    groups: dict[int, set[str]] = defaultdict(set)
    for places, keys in found["columns"]:
        for place in places:
            groups[place].update(keys)
    frozen = {place: frozenset(keys) for place, keys in groups.items()}
    return [
        Cell(of, tuple(frozen.get(place, frozenset()) for place in parts), strict)
        for of, strict, parts in found["cells"]
    ]

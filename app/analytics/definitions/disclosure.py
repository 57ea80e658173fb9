"""What readers outside the office may see of a rate (CR-14, ADR 8): blocks of fiscal years, no cell below three.

Everything that such a reader can be told is a sum over *blocks*: sets of (programme, fiscal year) joined until each is
safe. A set of years that is not a union of blocks is not answered, so no difference of two answers is smaller than a
block. Years are joined within their *segment* only (one programme, and inside or outside of a range whose figure is
published); what cannot be made safe there is part of no answer. Several ways of counting the same projects (*aspects*: PR-1 and PR-2, E2 and E3, two reference days) are taken in
a fixed order. Each next one uses the blocks before it, joined further until what sets it apart from every earlier one
is safe too; one that cannot be made safe is not shown there.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.analytics.definitions.answers import Count

#: Fewer than this are not shown, nor fewer than this many others (CR-14).
FEWEST = 3
YES, UNKNOWN, NO, ABSENT = "yes", "unknown", "no", "absent"

#: A programme and a fiscal year; what has no such place stands in one atom of its own.
Atom = tuple[str, int]
#: Atoms that are only ever shown together.
Block = frozenset[Atom]
#: Units that are alike: where they stand, and their verdict under each aspect.
Kind = tuple[Atom, tuple[str, ...]]


def few(number: int) -> bool:
    """Is this a number of records that could be pointed at? None at all are not."""
    return 0 < number < FEWEST


def is_safe(count: Count) -> bool:
    """May this cell be shown? An empty one may: it says nothing about anybody."""
    if not count.total:
        return True
    enough = count.yes >= FEWEST and count.total - count.yes >= FEWEST
    return enough and not few(count.unknown) and not few(count.no)


@dataclass(frozen=True)
class Lattice:
    """For each aspect, in order, the blocks of which its answers are made. Atoms in none of them are never told."""

    blocks: tuple[tuple[Block, ...], ...]
    units: Mapping[Kind, int]

    def atoms(self, aspect: int) -> frozenset[Atom]:
        """Where this aspect counts anything."""
        return frozenset(atom for atom, verdicts in self.units if verdicts[aspect] != ABSENT)

    def count(self, aspect: int, where: Iterable[Atom]) -> Count:
        return _count(self.units, aspect, frozenset(where))

    def parts(self, aspect: int, asked: frozenset[Atom]) -> tuple[Block, ...] | None:
        """The blocks that make up what is asked; None when no blocks do. Atoms without any record do not matter."""
        atoms = self.atoms(aspect)
        wanted = asked & atoms
        inside = tuple(part for block in self.blocks[aspect] if (part := block & atoms) and part <= wanted)
        return inside if frozenset().union(*inside) == wanted else None

    def around(self, aspect: int, asked: frozenset[Atom]) -> frozenset[Atom]:
        """The blocks that what is asked touches, whole."""
        return frozenset().union(*(block & self.atoms(aspect) for block in self.blocks[aspect] if block & asked))


def _count(units: Mapping[Kind, int], aspect: int, where: frozenset[Atom]) -> Count:
    found: Counter[str] = Counter()
    for (atom, verdicts), number in units.items():
        if atom in where:
            found[verdicts[aspect]] += number
    return Count(found[YES], found[UNKNOWN], found[NO])


def _apart(units: Mapping[Kind, int], one: int, other: int, where: frozenset[Atom]) -> bool:
    """Is there a handful of units by which two aspects differ: in their yes, in their unknown, or in whom they count?"""
    found: Counter[tuple[str, int]] = Counter()
    for (atom, verdicts), number in units.items():
        if atom not in where:
            continue
        for first, second in ((one, other), (other, one)):
            for verdict in (YES, UNKNOWN):
                if verdicts[first] == verdict != verdicts[second]:
                    found[verdict, first] += number
            if verdicts[first] != ABSENT == verdicts[second]:
                found[ABSENT, first] += number
    return any(few(number) for number in found.values())


def _neighbour(blocks: Sequence[Block], block: Block) -> Block:
    """The block to join with: the next by year, else the one before."""
    others = [other for other in blocks if other != block]
    later = [other for other in others if min(other) > max(block)]
    return min(later, key=min) if later else max(others, key=max)


def by_programme(atom: Atom) -> Hashable:
    return atom[0]


def lattice(units: Mapping[Kind, int], aspects: int, segment: Callable[[Atom], Hashable] = by_programme) -> Lattice:
    """Join the atoms of each segment into blocks, aspect by aspect."""
    found: list[list[Block]] = [[] for _ in range(aspects)]
    segments: dict[Hashable, dict[Kind, int]] = defaultdict(dict)
    for kind, number in units.items():
        segments[segment(kind[0])][kind] = number
    for inside in segments.values():
        finest: list[Block] = [frozenset([atom]) for atom in sorted({atom for atom, _verdicts in inside})]
        shown: list[int] = []
        for aspect in range(aspects):
            joined = _joined(inside, aspect, shown, finest)
            if joined is not None:
                finest = joined
                shown.append(aspect)
                found[aspect] += joined
    return Lattice(tuple(tuple(sorted(blocks, key=sorted)) for blocks in found), units)


def _joined(units: Mapping[Kind, int], aspect: int, shown: Sequence[int], blocks: list[Block]) -> list[Block] | None:
    def unsafe(block: Block) -> bool:
        return not is_safe(_count(units, aspect, block)) or any(_apart(units, aspect, o, block) for o in shown)

    while bad := next((block for block in blocks if unsafe(block)), None):
        if len(blocks) == 1:
            return None
        other = _neighbour(blocks, bad)
        blocks = sorted([b for b in blocks if b not in (bad, other)] + [bad | other], key=sorted)
    return blocks


def suppress(rows: Sequence[tuple[Any, Count]]) -> list[tuple[Any, Count | None]]:
    """One table that is published together with its total: rows that are not safe lose their count, and so do further
    ones, the smallest first, until what is missing cannot be told by subtraction. For frozen figures, whose table is
    all that is published; questions that a reader is free to vary go through a lattice."""
    hidden = {place for place, (_key, count) in enumerate(rows) if not is_safe(count)}
    open_rows = sorted(
        (place for place, (_key, count) in enumerate(rows) if place not in hidden and count.total),
        key=lambda place: (rows[place][1].total, place),
    )
    while hidden and open_rows and not is_safe(_total(rows[place][1] for place in hidden)):
        hidden.add(open_rows.pop(0))
    return [(key, None if place in hidden else count) for place, (key, count) in enumerate(rows)]


def _total(counts: Iterable[Count]) -> Count:
    found = list(counts)
    return Count(sum(c.yes for c in found), sum(c.unknown for c in found), sum(c.no for c in found))

"""Cross tables and the map: one statement each, and the sum over all cells is the total by construction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.core.db import session
from app.portfolio.choices import Kind, Measure, Place
from app.portfolio.definitions.asked import Crossing, Range, Selection, Value
from app.portfolio.definitions.filters import FILTERS, NONE, OUTSIDE
from app.portfolio.queries.conditions import chosen, grouped
from app.projects.models import Project


@dataclass(frozen=True)
class Cell:
    """How many projects and how many yen; what has no amount recorded weighs nothing."""

    count: int = 0
    yen: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.count + other.count, self.yen + other.yen)

    def of(self, measure: Measure) -> int:
        return self.count if measure is Measure.projects else self.yen


EMPTY = Cell()


@dataclass(frozen=True)
class Cross:
    """A cross table. ``rows`` and ``across`` are codes in the order of their lists, what is missing last."""

    asked: Crossing
    rows: tuple[str, ...]
    across: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)

    def cell(self, row: str | None, column: str | None) -> Cell:
        """One cell; None stands for all rows or all columns."""
        return sum((c for (r, k), c in self.cells.items() if row in (None, r) and column in (None, k)), EMPTY)


def value_of(key: str, code: str) -> Value:
    """The filter's value that holds exactly for the projects of this row or column."""
    if FILTERS[key].kind is Kind.years:
        return Range(missing=True) if code == NONE else Range(int(code), int(code))
    return (code,)


def _in_order(key: str, codes: set[str]) -> tuple[str, ...]:
    """As the code list has them; foreign codes after those by their text; what has no value last."""
    listed = {code: place for place, code in enumerate(FILTERS[key].codes)}
    last = {NONE: 1, OUTSIDE: 1}
    return tuple(sorted(codes, key=lambda code: (last.get(code, 0), listed.get(code, len(listed)), code)))


def _grouped(actor: Any, selection: Selection, keys: tuple[str, ...]) -> Sequence[Any]:
    """(value of each grouping ..., count, yen)."""
    base = chosen(actor, selection).with_only_columns(Project.amount_yen.label("amount"))
    unit = grouped(base, keys, selection).subquery("chosen")
    by = [unit.c[key] for key in keys]
    return session.execute(select(*by, func.count(), func.coalesce(func.sum(unit.c.amount), 0)).group_by(*by)).all()


def cross(actor: Any, selection: Selection, asked: Crossing) -> Cross:
    """Count and sum the chosen projects by one or two groupings."""
    keys = (asked.rows, asked.across) if asked.across else (asked.rows,)
    cells = {
        (str(row[0]), str(row[1]) if asked.across else ""): Cell(row[-2], int(row[-1]))
        for row in _grouped(actor, selection, keys)
    }
    across = {column for _row, column in cells}
    return Cross(
        asked,
        _in_order(asked.rows, {row for row, _column in cells}),
        _in_order(asked.across, across) if asked.across else (),
        cells,
    )


@dataclass(frozen=True)
class Tile:
    """One place on the map: its projects, and by verdict how many reached the chosen level (rates count no others)."""

    code: str
    all: Cell
    yes: int
    unknown: int
    no: int

    @property
    def counted(self) -> int:
        return self.yes + self.unknown + self.no

    @property
    def rate(self) -> float | None:
        return self.yes / self.counted if self.counted else None


def tiles(actor: Any, selection: Selection, place: Place) -> tuple[str, dict[str, Tile]]:
    """The grouping that stands for the places, and a tile for each place that has any project (NONE: no place)."""
    key = "seat" if place is Place.prefecture else "region"
    found: dict[str, dict[str, Cell]] = {}
    for code, verdict, count, yen in _grouped(actor, selection, (key, "reached")):
        found.setdefault(str(code), {})[verdict] = Cell(count, int(yen))
    pick: Callable[[dict[str, Cell], str], int] = lambda cells, verdict: cells.get(verdict, EMPTY).count  # noqa: E731
    return key, {
        code: Tile(code, sum(cells.values(), EMPTY), pick(cells, "yes"), pick(cells, "unknown"), pick(cells, "no"))
        for code, cells in found.items()
    }

"""An address read once for all pages: what is asked, what could not be read, and the addresses that lead on from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from app.core import i18n
from app.core.access import role
from app.portfolio.choices import Kept, Place, Shade, Shape
from app.portfolio.definitions import asked as asking
from app.portfolio.definitions import columns as registry
from app.portfolio.definitions.asked import Crossing, Fault, Layout, Pairs, Selection
from app.portfolio.definitions.filters import FILTERS, GROUPINGS, GROUPS
from app.portfolio.queries import Line

staff, officer = role("officer", "auditor"), role("officer")
HOMES = {Kept.explorer: "portfolio.index", Kept.pivot: "portfolio.pivot", Kept.map: "portfolio.places"}


def address(endpoint: str, pairs: Pairs, **parts: Any) -> str:
    """The address of a page with query arguments, which may stand several times."""
    path = url_for(endpoint, **parts)
    return f"{path}?{urlencode(pairs)}" if pairs else path


@dataclass(frozen=True)
class Question:
    """What one page of the portfolio was asked."""

    page: Kept
    selection: Selection
    faults: list[Fault]
    layout: Layout
    crossing: Crossing
    place: Place
    shade: Shade

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns or groupings whose derived facts need their definition said."""
        if self.page is Kept.explorer:
            return self.layout.columns
        if self.page is Kept.map:
            return ("seat", "reached")
        return (self.crossing.rows, self.crossing.across or "")

    @property
    def pieces(self) -> list[asking.Piece]:
        return asking.pieces(self.selection)

    @property
    def judged(self) -> list[str]:
        return list(asking.judged(self.selection, self.shown))

    @property
    def sentence(self) -> str:
        return asking.sentence(self.selection, self.shown)

    def own_pairs(self, page: Kept) -> Pairs:
        """What belongs to one kind of page alone."""
        if page is Kept.explorer:
            return self.layout.pairs()
        if page is Kept.map:
            return [("place", self.place.value), ("shade", self.shade.value)]
        return self.crossing.pairs()

    @property
    def pairs(self) -> Pairs:
        """This page's whole question as query arguments."""
        return self.selection.pairs() + self.own_pairs(self.page)

    def here(self, selection: Selection | None = None, layout: Layout | None = None) -> str:
        """This page with another selection or another layout."""
        chosen = (self.selection if selection is None else selection).pairs()
        return address(HOMES[self.page], chosen + (layout.pairs() if layout else self.own_pairs(self.page)))

    def without(self, key: str) -> str:
        return self.here(self.selection.without(key))

    def on(self, page: Kept) -> str:
        """The same projects on another page."""
        return address(HOMES[page], self.selection.pairs() + (self.layout.pairs() if page is Kept.explorer else []))

    def opened(self, *values: tuple[str, Any]) -> str:
        """The list of exactly these projects: this selection with these groupings' values."""
        selection = self.selection
        for key, value in values:
            selection = selection.having(key, value)
        return address(HOMES[Kept.explorer], selection.pairs())

    def sorted_by(self, key: str) -> str:
        turned = self.layout.sort == key and not self.layout.descending
        return self.here(layout=Layout(self.layout.columns, key, turned))

    def moved(self, key: str) -> str:
        """The page of all filters and columns, with one column a place further to the front."""
        layout = Layout(registry.moved(self.layout.columns, key), self.layout.sort, self.layout.descending)
        return address("portfolio.ask", self.selection.pairs() + layout.pairs(), page=self.page.value)

    def send(self, endpoint: str, **parts: Any) -> str:
        """Where a form of this page is sent, with what the page was asked."""
        return address(endpoint, self.pairs, **parts)


_SHOWN: dict[Shape, tuple[str, Callable[[Any], str]]] = {
    Shape.text: ("", str),
    Shape.label: ("", str),
    Shape.day: ("text-nowrap", i18n.show_date),
    Shape.year: ("text-nowrap", i18n.show_fiscal_year),
    Shape.yen: ("num", i18n.show_yen),
    Shape.number: ("num", "{:,}".format),
}


def told(columns: Sequence[str], lines: Sequence[Line]) -> Iterator[tuple[Line, list[tuple[str, str]]]]:
    """The lines with their cells as (class, text): 50 lines of ten cells are many calls for a template to make."""
    shapes = [_SHOWN[registry.COLUMNS[key].shape] for key in columns[1:]]
    for line in lines:
        cells = zip(shapes, line.cells[1:], strict=True)
        yield line, [(css, "–" if value is None else show(value)) for (css, show), value in cells]


def read(page: Kept) -> Question:
    """The question of the present address."""
    args = request.args.to_dict(flat=False)
    selection, faults = asking.read_selection(args)
    place, shade = asking.read_map(args)
    return Question(page, selection, faults, asking.read_layout(args), asking.read_crossing(args), place, shade)


REGISTRIES = {
    "filters": FILTERS,
    "groups": GROUPS,
    "groupings": GROUPINGS,
    "columns": registry.COLUMNS,
    "sorts": registry.SORTS,
    "facts": asking.FACTS,
    "rules": asking.RULES,
    "homes": HOMES,
    "address": address,
    "told": told,
}

"""How one phase's clusters became the next one's: counted from the links, and laid out for a drawing."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.clusters.choices import LinkKind

#: The cluster goes on, under the same or another name: it is neither ended nor new.
GOES_ON = (LinkKind.continues, LinkKind.renamed)
#: How tall a line of text, the space inside a box and the space between boxes are, in units of the drawing.
LINE, INSIDE, BETWEEN = 15, 6, 8


@dataclass(frozen=True)
class Reorganisation:
    """Clusters of one phase less those that did not go on plus new ones (I16: 19 − 5 + 3 = 17), from the links."""

    phase: int
    before: Sequence[Any]
    ended: Sequence[Any]
    new: Sequence[Any]
    after: Sequence[Any]

    @property
    def consistent(self) -> bool:
        """Does the sum come out? It does not while links are missing."""
        return len(self.before) - len(self.ended) + len(self.new) == len(self.after)

    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("before", "ended", "new", "after")}


def reorganise(phase: int, clusters: Sequence[Any], links: Sequence[Any]) -> Reorganisation:
    """What became of the clusters of a phase. Ended or integrated are those that no link lets go on."""
    before = [row for row in clusters if row.phase == phase]
    after = [row for row in clusters if row.phase == phase + 1]
    went_on = {link.from_id for link in links if link.kind in GOES_ON}
    new = {link.to_id for link in links if link.kind is LinkKind.new}
    return Reorganisation(
        phase, before, [c for c in before if c.id not in went_on], [c for c in after if c.id in new], after
    )


@dataclass(frozen=True)
class Box:
    code: str
    lines: tuple[str, ...]
    x: int
    y: int
    width: int
    height: int
    marked: bool  # ended (left) or new (right)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Line:
    kind: LinkKind
    path: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    before: tuple[Box, ...]
    after: tuple[Box, ...]
    lines: tuple[Line, ...]


def wrap(text: str, units: int) -> tuple[str, ...]:
    """Lines of at most ``units`` half-width letters; a word longer than that, and Japanese, break where they must."""
    lines, line, used = [], "", 0
    for piece in _pieces(text):
        size = _units(piece)
        if used + size > units and line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
            piece, size = piece.lstrip(), _units(piece.lstrip())
        while size > units:
            lines.append(piece[:units])
            piece, size = piece[units:], _units(piece[units:])
        line, used = line + piece, used + size
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def _units(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _pieces(text: str) -> list[str]:
    """Where a line may break: before each full-width letter, and after a space or hyphen."""
    pieces = [""]
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF" or pieces[-1].endswith((" ", "-")):
            pieces.append(letter)
        elif pieces[-1] and unicodedata.east_asian_width(pieces[-1][-1]) in "WF":
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return [piece for piece in pieces if piece]


def _column(clusters: Sequence[Any], marked: set[int], x: int, width: int, name: Callable[[Any], str]) -> list[Box]:
    boxes, y = [], 2
    for cluster in clusters:
        lines = wrap(name(cluster), (width - 2 * INSIDE - 12) // 7)
        height = len(lines) * LINE + 2 * INSIDE
        boxes.append(Box(cluster.cluster_code, lines, x, y, width, height, cluster.id in marked))
        y += height + BETWEEN
    return boxes


def draw(
    found: Reorganisation, links: Sequence[Any], box: int, gap: int, name: Callable[[Any], str] = lambda c: str(c.name)
) -> Drawing:
    """Two columns of boxes ``box`` wide and lines across the ``gap``, in the order that crosses least.

    The first column stands as given (by region); the second by the middle of its predecessors.
    """
    position = {cluster.id: index for index, cluster in enumerate(found.before)}
    origins: dict[int, list[int]] = {}
    for link in links:
        if link.from_id in position and link.to_id is not None:
            origins.setdefault(link.to_id, []).append(position[link.from_id])
    by_bureau = {cluster.bureau: index for index, cluster in enumerate(found.before)}

    def middle(cluster: Any) -> float:
        known = origins.get(cluster.id)
        return sum(known) / len(known) if known else by_bureau.get(cluster.bureau, len(position)) + 0.5

    after = sorted(found.after, key=lambda cluster: (middle(cluster), cluster.cluster_code))
    left = _column(found.before, {c.id for c in found.ended}, 2, box, name)
    right = _column(after, {c.id for c in found.new}, 2 + box + gap, box, name)
    start = {cluster.id: shape for cluster, shape in zip(found.before, left, strict=True)}
    end = {cluster.id: shape for cluster, shape in zip(after, right, strict=True)}
    lines = [
        Line(link.kind, _path(start[link.from_id], end[link.to_id], gap))
        for link in links
        if link.from_id in start and link.to_id in end
    ]
    height = max([shape.y + shape.height for shape in (*left, *right)], default=0) + 2
    return Drawing(2 * box + gap + 4, height, tuple(left), tuple(right), tuple(lines))


def _path(one: Box, other: Box, gap: int) -> str:
    x, bend = one.x + one.width, gap // 2
    return f"M{x} {one.middle:.1f}C{x + bend} {one.middle:.1f} {other.x - bend} {other.middle:.1f} {other.x} {other.middle:.1f}"

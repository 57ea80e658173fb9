"""Five shades for the tiles of a map. A tile always bears its number too: the colour only repeats it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.portfolio.choices import Shade

STEPS = 5
#: A rate over fewer counted projects than this is written, but not shaded: it would shout louder than it knows (CR-6).
FEWEST = 10


@dataclass(frozen=True)
class Shading:
    """``steps``: the shade of each place, 0 (nothing) to 5. ``limits``: from which value to which each shade goes."""

    steps: dict[str, int]
    limits: tuple[tuple[int, float, float], ...]


def measured(tile: Any, shade: Shade) -> float | None:
    """What a tile is shaded by; None when there is nothing to shade."""
    if shade is Shade.rate:
        return tile.rate if tile.counted >= FEWEST else None
    return float(tile.all.count if shade is Shade.projects else tile.all.yen)


def shades(tiles: Mapping[str, Any], shade: Shade) -> Shading:
    """Equal steps from nothing to the largest value; rates from 0 to 1."""
    values = {code: value for code, tile in tiles.items() if (value := measured(tile, shade)) is not None}
    top = 1.0 if shade is Shade.rate else max(values.values(), default=0.0)
    if not top:
        return Shading(dict.fromkeys(tiles, 0), ())
    width = top / STEPS
    steps = {code: min(STEPS, 1 + int(value / width)) if value else 0 for code, value in values.items()}
    return Shading(
        {code: steps.get(code, 0) for code in tiles}, tuple((n + 1, n * width, (n + 1) * width) for n in range(STEPS))
    )

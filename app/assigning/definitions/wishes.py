"""Wishes as points, and the value of a pair."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.assigning.choices import Level

POINTS = 50  # of the strongest wish; the opposite is as strong
ORDER: tuple[Level | None, ...] = (Level.rather_not, None, Level.can, Level.want)


def points(wishes: Mapping[int, Level], offered: int) -> dict[Level | None, int]:
    """What each level is worth for one reviewer, from -50 to 50, by its rank within that reviewer's own list.

    ``wishes`` are by proposal, ``offered`` counts the proposals that the person could take. Whoever wants everything
    wants nothing more than the rest: all are worth 0. Proposals of which nothing was said stand below "I can".
    """
    counts: dict[Level | None, int] = dict.fromkeys(ORDER, 0)
    for stated in wishes.values():
        if stated is not Level.cannot:
            counts[stated] += 1
    cannot = sum(stated is Level.cannot for stated in wishes.values())
    counts[None] = max(0, offered - cannot - sum(counts.values()))
    total, below = sum(counts.values()) or 1, 0
    found: dict[Level | None, int] = {}
    for level in ORDER:
        found[level] = round(2 * POINTS * ((below + counts[level] / 2) / total - 0.5)) if counts[level] else 0
        below += counts[level]
    return found


@dataclass(frozen=True)
class Weights:
    """How much topic and wishes count, in percent."""

    fit: int = 100
    wish: int = 100


def value(fit: int, wish: int, weights: Weights) -> int:
    """Points of a pair: topic (0 to 100) and wish (-50 to 50), weighted."""
    return round(fit * weights.fit / 100 + wish * weights.wish / 100)

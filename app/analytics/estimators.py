"""Estimators: intervals of shares and their differences, cumulative incidence with competing ends, spread of money."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np

LEVEL = 0.95
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def wilson(k: int, n: int) -> tuple[float, float] | None:
    """Wilson's score interval of k among n; None when there is nothing to count."""
    if n == 0:
        return None
    share, spread = k / n, _Z * _Z / n
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return (0.0 if k == 0 else max(0.0, centre - half), 1.0 if k == n else min(1.0, centre + half))


@dataclass(frozen=True)
class Spell:
    """One project's time under observation: it enters, and leaves with an event, a competing end, or unobserved."""

    time: int
    end: Literal["event", "competing", "censored"]
    entry: int = 0


@dataclass(frozen=True)
class Point:
    """What holds at t: counts at t, and the estimates up to and including t."""

    t: int
    at_risk: int
    events: int
    competing: int
    censored: int
    cif: float
    cif_competing: float
    survival: float
    km_naive: float


def cumulative_incidence(spells: Iterable[Spell] | Mapping[Spell, int]) -> list[Point]:
    """The discrete Aalen-Johansen estimator (domain.md CR-4); ``km_naive`` treats competing ends as censored.

    At risk at t are those with entry ≤ t ≤ their own time, so a project whose time ends before its entry never is.
    Spells may come one by one, or counted.
    """
    found = Counter(spells)
    if not found:
        return []
    enters: Counter[int] = Counter()
    ends: Counter[tuple[int, str]] = Counter()
    for spell, number in found.items():
        if spell.entry <= spell.time:
            enters[spell.entry] += number
            ends[spell.time, spell.end] += number
    points: list[Point] = []
    at_risk = 0
    survival = naive = 1.0
    cif = cif_competing = 0.0
    for t in range(max(spell.time for spell in found) + 1):
        at_risk += enters[t]
        events, competing, censored = ends[t, "event"], ends[t, "competing"], ends[t, "censored"]
        if at_risk:
            cif += survival * events / at_risk
            cif_competing += survival * competing / at_risk
            survival *= 1 - (events + competing) / at_risk
            naive *= 1 - events / at_risk
        points.append(Point(t, at_risk, events, competing, censored, cif, cif_competing, survival, 1 - naive))
        at_risk -= events + competing + censored
    return points


#: CR-6: how often projects are drawn anew, and from where the draws start.
DRAWS, SEED = 1_000, 20060331


def incidence_band(spells: Mapping[Spell, int], draws: int = DRAWS, seed: int = SEED) -> list[tuple[float, float]]:
    """The bootstrap band of the cumulative incidence at each t (CR-6): 2.5 and 97.5 percentiles over projects drawn
    with replacement. Equal spells are drawn together, so the time taken does not depend on the number of projects."""
    kinds = sorted(spells, key=lambda spell: (spell.time, spell.end, spell.entry))
    number = sum(spells.values())
    if not number:
        return []
    width = max(spell.time for spell in kinds) + 1
    shares = np.array([spells[kind] for kind in kinds], dtype=float) / number
    drawn = np.random.default_rng(seed).multinomial(number, shares, size=draws)
    enters, leaves, events, competing = (np.zeros((len(kinds), width)) for _ in range(4))
    for row, kind in enumerate(kinds):
        if kind.entry <= kind.time:
            enters[row, kind.entry] = leaves[row, kind.time] = 1
            if kind.end != "censored":
                (events if kind.end == "event" else competing)[row, kind.time] = 1
    gone = np.cumsum(drawn @ leaves, axis=1) - drawn @ leaves  # those who left before t
    at_risk = np.maximum(np.cumsum(drawn @ enters, axis=1) - gone, 1)  # nothing happens where nobody is at risk
    hazard, other = (drawn @ events) / at_risk, (drawn @ competing) / at_risk
    survival = np.cumprod(1 - hazard - other, axis=1)
    before = np.concatenate([np.ones((draws, 1)), survival[:, :-1]], axis=1)
    low, high = np.percentile(np.cumsum(before * hazard, axis=1), [2.5, 97.5], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


@dataclass(frozen=True)
class Difference:
    """Two shares and their difference with Newcombe's interval (CR-12)."""

    value: float
    low: float
    high: float


def newcombe(k1: int, n1: int, k2: int, n2: int) -> Difference | None:
    """The first share less the second, interval built from the two Wilson intervals; None when a group is empty."""
    first, second = wilson(k1, n1), wilson(k2, n2)
    if first is None or second is None:
        return None
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2), d = first, second, p1 - p2
    return Difference(d, d - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), d + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2))


@dataclass(frozen=True)
class Spread:
    """Amounts in yen: their sum, quartiles, and how much the greatest tenth holds (CR-13: a few cases decide it)."""

    number: int
    total: int
    lower_quartile: float
    median: float
    upper_quartile: float
    greatest: int
    top_tenth_share: float | None


def spread(amounts: Mapping[int, int]) -> Spread | None:
    """Of amounts and how often each occurs; None when there are none. Quartiles by linear interpolation (type 7)."""
    values = sorted((value, number) for value, number in amounts.items() if number)
    if not values:
        return None
    number = sum(many for _value, many in values)
    total = sum(value * many for value, many in values)

    def at(rank: int) -> int:
        for value, many in values:
            if rank < many:
                return value
            rank -= many
        return values[-1][0]

    def quantile(share: float) -> float:
        place = share * (number - 1)
        low = int(place)
        return at(low) + (place - low) * (at(min(low + 1, number - 1)) - at(low))

    wanted, held = -(-number // 10), 0
    for value, many in reversed(values):
        taken = min(many, wanted)
        held, wanted = held + taken * value, wanted - taken
    share = held / total if total else None
    return Spread(number, total, quantile(0.25), quantile(0.5), quantile(0.75), values[-1][0], share)

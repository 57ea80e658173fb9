"""Estimators: Wilson's interval and the cumulative incidence with competing ends."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

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


def cumulative_incidence(spells: Iterable[Spell]) -> list[Point]:
    """The discrete Aalen-Johansen estimator (domain.md CR-4); ``km_naive`` treats competing ends as censored.

    At risk at t are those with entry ≤ t ≤ their own time, so a project whose time ends before its entry never is.
    """
    found = list(spells)
    if not found:
        return []
    last = max(spell.time for spell in found)
    present = [spell for spell in found if spell.entry <= spell.time]
    enters = Counter(spell.entry for spell in present)
    ends = Counter((spell.time, spell.end) for spell in present)
    points: list[Point] = []
    at_risk = 0
    survival = naive = 1.0
    cif = cif_competing = 0.0
    for t in range(last + 1):
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

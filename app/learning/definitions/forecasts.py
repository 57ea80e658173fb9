"""Probabilities that reviewers gave, scored against what came: Brier's score, its parts, the calibration table.

Forecasts of one project share its outcome, so intervals resample projects, not forecasts. A row of the table stands
for at least five reviewers: neighbouring rows are joined until it does, so that nobody's own forecasts can be read off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.analytics.estimators import wilson
from app.core.i18n import Bilingual
from app.learning.definitions.correlation import DRAWS, FEWEST, SEED, interval

#: No figure on forecasts comes from fewer people.
FEWEST_REVIEWERS = 5
ROWS = 10

THIN = {
    "few": Bilingual(
        "too few to say ({n} projects with a known result, at least {fewest} are needed)",
        "件数不足のため判断不可(結果が判明した課題{n}件、最低{fewest}件)",
    ),
    "few-reviewers": Bilingual(
        "not shown: the forecasts come from fewer than {fewest} reviewers",
        "予測した審査員が{fewest}名未満のため表示しません",
    ),
}


@dataclass(frozen=True)
class Forecast:
    """One reviewer's probability (0 to 1) for one project."""

    project: int
    reviewer: int
    probability: float


@dataclass(frozen=True)
class Row:
    """One row of the calibration table: forecasts from ``low`` up to ``high`` and how often the event came."""

    low: float
    high: float
    forecasts: int
    projects: int
    reviewers: int
    mean: float
    rate: float
    interval: tuple[float, float] | None  # Wilson's, over projects: forecasts of one project are not independent


@dataclass(frozen=True)
class Score:
    """Brier's score and what it is made of: reliability - resolution + uncertainty + within.

    ``within`` is what the joining of forecasts into rows leaves over (Stephenson, Coelho and Jolliffe 2008); it is
    zero when all forecasts of a row are equal (Murphy 1973). ``lowest`` and ``highest`` are the score's bounds over
    everything that the unknown projects may still turn out to be.
    """

    forecasts: int
    projects: int
    reviewers: int
    unknown: int = 0  # projects
    brier: float | None = None
    low: float | None = None
    high: float | None = None
    lowest: float | None = None
    highest: float | None = None
    base_rate: float = 0.0
    reliability: float = 0.0
    resolution: float = 0.0
    uncertainty: float = 0.0
    within: float = 0.0
    rows: tuple[Row, ...] = ()
    thin: str | None = None
    thin_values: tuple[int, int] = (0, 0)

    @property
    def why_thin(self) -> Bilingual | None:
        n, fewest = self.thin_values
        return THIN[self.thin].format(n=n, fewest=fewest) if self.thin else None

    @property
    def skill(self) -> float | None:
        """1 is perfect, 0 is no better than always saying the base rate, below 0 is worse."""
        return None if self.brier is None or not self.uncertainty else 1 - self.brier / self.uncertainty


def brier(pairs: Sequence[tuple[float, int]]) -> float:
    """The mean squared distance of probabilities from what came (0 or 1)."""
    return sum((p - o) ** 2 for p, o in pairs) / len(pairs)


def _joined(forecasts: Sequence[Forecast], fewest: int) -> list[tuple[float, float, list[Forecast]]]:
    """Tenths of the scale, neighbours joined until each holds ``fewest`` reviewers."""
    groups: list[tuple[float, float, list[Forecast]]] = []
    low, held = 0.0, list[Forecast]()
    for row in range(ROWS):
        high = (row + 1) / ROWS
        held += [f for f in forecasts if min(int(f.probability * ROWS + 1e-9), ROWS - 1) == row]
        if len({f.reviewer for f in held}) >= fewest:
            groups.append((low, high, held))
            low, held = high, []
    if groups and low < 1.0:  # what is left over joins the last one
        first, _high, before = groups.pop()
        groups.append((first, 1.0, before + held))
    return groups


def _row(low: float, high: float, held: Sequence[Forecast], came: Mapping[int, int]) -> Row:
    projects = {f.project for f in held}
    rate = sum(came[f.project] for f in held) / len(held)
    return Row(
        low, high, len(held), len(projects), len({f.reviewer for f in held}),
        sum(f.probability for f in held) / len(held), rate, wilson(round(rate * len(projects)), len(projects)),
    )  # fmt: skip


def _parts(rows: Sequence[Row], n: int, base: float) -> tuple[float, float, float]:
    reliability = sum(row.forecasts * (row.mean - row.rate) ** 2 for row in rows) / n
    resolution = sum(row.forecasts * (row.rate - base) ** 2 for row in rows) / n
    return reliability, resolution, base * (1 - base)


def _resampled(forecasts: Sequence[Forecast], came: Mapping[int, int], draws: int, seed: int) -> Any:
    """Brier scores of resampled projects."""
    import numpy as np

    place = {key: i for i, key in enumerate(sorted({f.project for f in forecasts}))}
    sums, counts = np.zeros(len(place)), np.zeros(len(place))
    for f in forecasts:
        sums[place[f.project]] += (f.probability - came[f.project]) ** 2
        counts[place[f.project]] += 1
    weights = np.random.default_rng(seed).multinomial(len(place), np.full(len(place), 1 / len(place)), size=draws)
    return (weights @ sums) / (weights @ counts)


def _bounds(known: float, n: int, unknown: Sequence[Forecast]) -> tuple[float, float]:
    """Lowest and highest score over all that the unknown projects may turn out to be; ``known`` is a sum over n."""
    by_project: dict[int, list[float]] = {}
    for f in unknown:
        by_project.setdefault(f.project, []).append(f.probability)
    ways = [(sum((p - 1) ** 2 for p in ps), sum(p**2 for p in ps)) for ps in by_project.values()]
    total = n + len(unknown)
    return (known + sum(map(min, ways))) / total, (known + sum(map(max, ways))) / total


def score(
    forecasts: Sequence[Forecast],
    came: Mapping[int, int],
    *,
    fewest: int = FEWEST,
    fewest_reviewers: int = FEWEST_REVIEWERS,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Score:
    """Score forecasts against ``came`` (project: 0 or 1); projects missing there are unknown and give the bounds.

    Nothing is computed from fewer than ``fewest`` known projects or fewer than ``fewest_reviewers`` reviewers.
    """
    forecasts = sorted(forecasts, key=lambda f: (f.project, f.reviewer))
    known = [f for f in forecasts if f.project in came]
    unknown = [f for f in forecasts if f.project not in came]
    projects, reviewers = len({f.project for f in known}), len({f.reviewer for f in known})
    counts = (len(known), projects, reviewers, len({f.project for f in unknown}))
    if projects < max(fewest, 1):
        return Score(*counts, thin="few", thin_values=(projects, fewest))
    if reviewers < fewest_reviewers:
        return Score(*counts, thin="few-reviewers", thin_values=(0, fewest_reviewers))
    n = len(known)
    value = brier([(f.probability, came[f.project]) for f in known])
    base = sum(came[f.project] for f in known) / n
    rows = tuple(_row(*group, came) for group in _joined(known, fewest_reviewers))
    reliability, resolution, uncertainty = _parts(rows, n, base)
    low, high = interval(_resampled(known, came, draws, seed))
    lowest, highest = _bounds(value * n, n, unknown)
    return Score(
        *counts, value, low, high, lowest, highest, base, reliability, resolution, uncertainty,
        value - (reliability - resolution + uncertainty), rows,
    )  # fmt: skip

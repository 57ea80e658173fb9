"""Rank correlation with a bootstrap interval: does what was scored high come to something more often?

Both measures come from one matrix of signs per variable, S[i, j] = sign(v_i - v_j). With weights w (how often each
pair was drawn; ones for the sample itself) the centred midranks are S w, so Spearman's rho is their weighted
correlation, and Kendall's tau-b is w'(Sx Sy)w over the root of w'(Sx Sx)w times w'(Sy Sy)w. A thousand resamples are
then three products of matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.core.i18n import Bilingual

SEED = 19972004
DRAWS = 1000
LEVEL = 0.95
#: Below so many pairs nothing is said (a form may ask for another number).
FEWEST = 20
#: A yes-or-no outcome needs so many of each.
FEWEST_EACH = 5
#: Beyond so many pairs the matrices grow too large; the interval then comes from the usual approximation.
MOST = 3000

THIN = {
    "few": Bilingual("too few to say ({n} of at least {fewest})", "件数不足のため判断不可({n}件、最低{fewest}件)"),
    "few-each": Bilingual(
        "too few to say (one of the two results has only {n}, at least {fewest} are needed)",
        "件数不足のため判断不可(一方の結果が{n}件のみ、最低{fewest}件)",
    ),
    "constant": Bilingual("all values are the same", "すべて同じ値のため計算不可"),
}


@dataclass(frozen=True)
class Measure:
    """One coefficient from -1 to 1 with its interval (None where the resamples give none)."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def clear(self) -> bool:
        """The interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Correlation:
    """Spearman's rho and Kendall's tau-b of n pairs; ``thin`` names the reason when there are none."""

    n: int
    rho: Measure | None = None
    tau: Measure | None = None
    thin: str | None = None
    thin_n: int = 0
    fewest: int = FEWEST

    @property
    def why_thin(self) -> Bilingual | None:
        return THIN[self.thin].format(n=self.thin_n, fewest=self.fewest) if self.thin else None


def _signs(values: Sequence[float]) -> Any:
    import numpy as np

    column = np.asarray(values, dtype=float)
    return np.sign(column[:, None] - column[None, :]).astype(np.float32)


def _coefficients(x: Any, y: Any, weights: Any) -> tuple[Any, Any]:
    """rho and tau-b for each row of weights; NaN where all drawn values are the same."""
    import numpy as np

    rank_x, rank_y = (weights @ x.T).astype(float), (weights @ y.T).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = (weights * rank_x * rank_y).sum(1) / np.sqrt((weights * rank_x**2).sum(1) * (weights * rank_y**2).sum(1))
        both, only_x, only_y = (((weights @ m).astype(float) * weights).sum(1) for m in (x * y, x * x, y * y))
        return rho, both / np.sqrt(only_x * only_y)


def interval(drawn: Any) -> tuple[float | None, float | None]:
    """The percentile interval within -1 and 1; none when half of the resamples have no value."""
    import numpy as np

    found = drawn[~np.isnan(drawn)]
    if 2 * len(found) < len(drawn):
        return None, None
    low, high = np.quantile(found, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return max(-1.0, float(low)), min(1.0, float(high))


def _approximate(x: Sequence[float], y: Sequence[float]) -> tuple[Measure, Measure]:
    """For very many pairs: Fisher's transformation with the variances of Bonett and Wright and of Fieller."""
    from math import atanh, sqrt, tanh
    from statistics import NormalDist

    from scipy.stats import kendalltau, spearmanr

    z = NormalDist().inv_cdf((1 + LEVEL) / 2)

    def around(value: float, variance: float) -> Measure:
        centre, half = atanh(max(-0.999999, min(0.999999, value))), z * sqrt(variance)
        return Measure(value, tanh(centre - half), tanh(centre + half))

    rho, tau = float(spearmanr(x, y).statistic), float(kendalltau(x, y).statistic)
    return around(rho, (1 + rho * rho / 2) / (len(x) - 3)), around(tau, 0.437 / (len(x) - 4))


def _thin(x: Sequence[float], y: Sequence[float], fewest: int) -> tuple[str, int, int] | None:
    if len(x) < fewest:
        return "few", len(x), fewest
    values = sorted(set(y))
    if len(set(x)) < 2 or len(values) < 2:
        return "constant", 0, fewest
    if len(values) == 2:
        least = min(sum(v == value for v in y) for value in values)
        if least < FEWEST_EACH:
            return "few-each", least, FEWEST_EACH
    return None


def point(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Spearman's rho alone; None where one side has no spread."""
    import numpy as np

    if len(set(x)) < 2 or len(set(y)) < 2 or len(x) > MOST:
        return None
    return float(_coefficients(_signs(x), _signs(y), np.ones((1, len(x)), dtype=np.float32))[0][0])


def ratio_of_sums(
    above: Sequence[float], below: Sequence[float], draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float | None, float | None] | None:
    """Sum over sum, with a percentile interval from resampled pairs; None where there is nothing to divide by."""
    import numpy as np

    if not sum(below):
        return None
    n = len(above)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (weights @ np.asarray(above, dtype=float)) / (weights @ np.asarray(below, dtype=float))
    drawn[np.isinf(drawn)] = np.nan
    found = drawn[~np.isnan(drawn)]
    low, high = np.quantile(found, ((1 - LEVEL) / 2, (1 + LEVEL) / 2)) if 2 * len(found) >= draws else (None, None)
    return sum(above) / sum(below), None if low is None else float(low), None if high is None else float(high)


def correlate(
    x: Sequence[float], y: Sequence[float], *, fewest: int = FEWEST, draws: int = DRAWS, seed: int = SEED
) -> Correlation:
    """How strongly ``x`` and ``y`` rise together in rank, with 95% percentile intervals from resampled pairs.

    The same input always gives the same answer. With fewer than ``fewest`` pairs (or fewer than five of either
    result, where there are only two) nothing is computed.
    """
    if len(x) != len(y):
        raise ValueError("x and y differ in length")
    thin = _thin(x, y, max(fewest, 2))
    if thin is not None:
        return Correlation(len(x), thin=thin[0], thin_n=thin[1], fewest=thin[2])
    if len(x) > MOST:
        return Correlation(len(x), *_approximate(x, y))
    return Correlation(len(x), *_resampled(tuple(x), tuple(y), draws, seed), fewest=fewest)


@lru_cache(maxsize=96)  # a page asks for twenty of them, and whoever comes back asks for the same
def _resampled(x: tuple[float, ...], y: tuple[float, ...], draws: int, seed: int) -> tuple[Measure, Measure]:
    import numpy as np

    signs_x, signs_y = _signs(x), _signs(y)
    rho, tau = _coefficients(signs_x, signs_y, np.ones((1, len(x)), dtype=np.float32))
    weights = np.random.default_rng(seed).multinomial(len(x), np.full(len(x), 1 / len(x)), size=draws)
    rhos, taus = _coefficients(signs_x, signs_y, weights.astype(np.float32))
    return Measure(float(rho[0]), *interval(rhos)), Measure(float(tau[0]), *interval(taus))

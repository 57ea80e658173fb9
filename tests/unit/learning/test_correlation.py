"""Rank correlation against published cases and against an independent computation."""

import warnings

import numpy as np
import pytest
from scipy import stats

from app.learning.definitions import correlation
from app.learning.definitions.correlation import Correlation, correlate


def test_published_case_of_spearman() -> None:
    """Intelligence quotient and hours of television of ten people: rho = 1 - 6*194/990 = -29/165."""
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    found = correlate(iq, hours, fewest=10)
    assert found.rho is not None and found.rho.value == pytest.approx(-29 / 165)


def test_published_case_of_kendall_with_ties() -> None:
    """By hand: 2 concordant and 6 discordant pairs, 2 ties in x and 1 in y of 10 pairs: -4 / sqrt(8 * 9)."""
    found = correlate([12, 2, 1, 12, 2], [1, 4, 7, 1, 0], fewest=5)
    assert found.tau is not None and found.tau.value == pytest.approx(-4 / 72**0.5, abs=1e-6)


def test_two_by_two_table_is_phi() -> None:
    """For two yes-or-no variables rho and tau-b are both phi: (12*9 - 4*5) / sqrt(16*14*17*13)."""
    x = [1] * 16 + [0] * 14
    y = [1] * 12 + [0] * 4 + [1] * 5 + [0] * 9
    phi = (12 * 9 - 4 * 5) / (16 * 14 * 17 * 13) ** 0.5
    found = correlate(x, y)
    assert found.rho is not None and found.tau is not None
    assert found.rho.value == pytest.approx(phi, abs=1e-6)
    assert found.tau.value == pytest.approx(phi, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_every_resample_is_the_coefficient_of_the_resampled_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(100, 500, 30).astype(float)
    y = (rng.random(30) < 0.4).astype(float) if seed % 2 else np.round(x / 50 + rng.normal(0, 3, 30))
    weights = rng.multinomial(30, np.full(30, 1 / 30), size=5)
    rhos, taus = correlation._coefficients(correlation._signs(x), correlation._signs(y), weights.astype(np.float32))
    for row, rho, tau in zip(weights, rhos, taus, strict=True):
        drawn_x, drawn_y = np.repeat(x, row), np.repeat(y, row)
        assert rho == pytest.approx(stats.spearmanr(drawn_x, drawn_y).statistic, abs=1e-5)
        assert tau == pytest.approx(stats.kendalltau(drawn_x, drawn_y).statistic, abs=1e-5)


def test_a_perfect_order_has_no_doubt_and_its_mirror_is_minus_one() -> None:
    x = list(range(25))
    up, down = correlate(x, x), correlate(x, [-v for v in x])
    assert up.rho is not None and down.tau is not None
    assert (up.rho.value, up.rho.low, up.rho.high) == pytest.approx((1, 1, 1))
    assert (down.tau.value, down.tau.low) == pytest.approx((-1, -1))
    assert up.rho.clear and down.tau.clear


def test_the_interval_is_the_same_every_time_and_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    true, held, tries = 6 / np.pi * np.arcsin(0.5 / 2), 0, 60
    for _ in range(tries):
        x = rng.normal(size=80)
        y = 0.5 * x + (1 - 0.25) ** 0.5 * rng.normal(size=80)
        found = correlate(x.tolist(), y.tolist(), draws=300)
        assert found.rho is not None and found.rho.low is not None and found.rho.high is not None
        held += found.rho.low <= true <= found.rho.high
    assert 0.85 * tries <= held <= tries
    assert correlate(x.tolist(), y.tolist()) == correlate(x.tolist(), y.tolist())


def test_too_few_says_so_instead_of_a_number() -> None:
    found = correlate(list(range(19)), list(range(19)))
    assert found.rho is None and found.why_thin is not None
    assert found.why_thin.en == "too few to say (19 of at least 20)"
    one_sided = correlate(list(range(30)), [1] * 26 + [0] * 4)
    assert one_sided.rho is None and one_sided.thin == "few-each" and one_sided.thin_n == 4
    assert correlate(list(range(30)), [1] * 25 + [0] * 5).rho is not None
    assert correlate([3] * 30, list(range(30))).thin == "constant"
    assert Correlation(0).why_thin is None


def test_resamples_without_a_spread_are_left_out_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = correlate([1, 0, 0], [1, 2, 3], fewest=3)
    assert found.rho is not None and found.rho.low is not None


def test_very_many_pairs_get_an_approximate_interval() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=correlation.MOST + 1)
    y = x + rng.normal(size=len(x))
    found = correlate(x.tolist(), y.tolist())
    assert found.rho is not None and found.rho.low is not None and found.rho.high is not None
    assert found.rho.low < 6 / np.pi * np.arcsin(0.5**0.5 / 2) < found.rho.high < found.rho.low + 0.06


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="length"):
        correlate([1], [1, 2])

"""Wilson against scipy, the cumulative incidence against the test vector, lifelines and statsmodels."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.estimators import Spell, cumulative_incidence, wilson

E, X, C = "event", "competing", "censored"
VECTOR = [(1, E), (1, X), (2, E), (2, C), (3, E), (3, X), (4, C), (5, E), (5, C), (5, C)]


def test_the_vector_of_cr_5() -> None:
    points = cumulative_incidence(Spell(t, end) for t, end in VECTOR)
    assert [round(p.cif, 6) for p in points] == [0, 0.1, 0.2, 0.316667, 0.316667, 0.472222]
    assert [p.at_risk for p in points] == [10, 10, 8, 6, 4, 3]
    last = points[-1]
    assert round(last.cif_competing, 6) == 0.216667
    assert round(last.survival, 6) == 0.311111
    assert last.km_naive == pytest.approx(0.5625)


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000))
def test_wilson_is_scipys(k: int, more: int) -> None:
    from scipy.stats import binomtest

    n = k + more
    if n == 0:
        assert wilson(k, n) is None
        return
    low, high = wilson(k, n) or (None, None)
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert low == pytest.approx(theirs.low, abs=1e-9)
    assert high == pytest.approx(theirs.high, abs=1e-9)
    assert 0 <= low <= k / n <= high <= 1


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(80, 165, 0.410, 0.561), (80, 170, 0.397, 0.545), (300, 1130, 0.241, 0.292), (678, 1130, 0.571, 0.628)],
)
def test_wilson_of_the_published_figures(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert found is not None and (round(found[0], 3), round(found[1], 3)) == (low, high)


spells = st.builds(Spell, st.integers(0, 8), st.sampled_from([E, X, C]), st.integers(0, 9))


@given(st.lists(spells, max_size=40))
def test_parts_sum_to_one_and_naive_overstates(found: list[Spell]) -> None:
    for point in cumulative_incidence(found):
        assert point.survival + point.cif + point.cif_competing == pytest.approx(1)
        assert point.km_naive >= point.cif - 1e-12
        assert point.at_risk == sum(s.entry <= point.t <= s.time for s in found)
        assert 0 <= point.cif <= 1 + 1e-12


@settings(deadline=None)
@given(st.lists(st.builds(Spell, st.integers(0, 8), st.sampled_from([E, X, C])), min_size=1, max_size=40))
def test_kaplan_meier_is_scipys(found: list[Spell]) -> None:
    from scipy.stats import CensoredData, ecdf

    sample = CensoredData(uncensored=[s.time for s in found if s.end == E], right=[s.time for s in found if s.end != E])
    if len(sample._uncensored) == 0:
        return
    theirs = ecdf(sample).sf
    for point in cumulative_incidence(found):
        assert 1 - point.km_naive == pytest.approx(float(theirs.evaluate(point.t)))


def test_delayed_entry_is_statsmodels() -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    found = [
        Spell(t, end, entry) for t, end, entry in ((3, E, 0), (5, E, 2), (5, C, 1), (6, E, 3), (7, C, 0), (8, E, 4))
    ]
    # Their risk set is entry < t, ours entry ≤ t.
    theirs = SurvfuncRight([s.time for s in found], [s.end == E for s in found], entry=[s.entry - 0.5 for s in found])
    ours = {p.t: 1 - p.km_naive for p in cumulative_incidence(found)}
    for t, survival in zip(theirs.surv_times, theirs.surv_prob, strict=True):
        assert ours[int(t)] == pytest.approx(float(survival))


def test_nothing_and_nobody() -> None:
    assert cumulative_incidence([]) == []
    never = cumulative_incidence([Spell(2, E, 5)])
    assert [(p.t, p.at_risk, p.events, p.cif) for p in never] == [(0, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0)]


def test_aalen_johansen_is_lifelines() -> None:
    import warnings

    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import AalenJohansenFitter

        fitter = AalenJohansenFitter(calculate_variance=False)
        codes = {E: 1, X: 2, C: 0}
        # No ties between different causes here: lifelines breaks such ties at random.
        data = [(1, E), (2, X), (3, E), (3, C), (4, X), (5, E), (6, C), (7, E), (7, E), (8, C)]
        fitter.fit(np.array([t for t, _e in data]), np.array([codes[e] for _t, e in data]), event_of_interest=1)
        theirs = fitter.cumulative_density_.iloc[:, 0]
    for point in cumulative_incidence(Spell(t, end) for t, end in data):
        assert math.isclose(point.cif, float(theirs.loc[: point.t].iloc[-1]), abs_tol=1e-9)

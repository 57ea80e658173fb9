"""Newcombe against statsmodels, the bootstrap band against drawing projects one by one, quartiles against numpy."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.definitions import figures as f
from app.analytics.definitions.questions import Commercialization, parse_reference
from app.analytics.estimators import Spell, cumulative_incidence, incidence_band, newcombe, spread

ENDS = ("event", "competing", "censored")
spells = st.builds(Spell, st.integers(0, 6), st.sampled_from(ENDS), st.integers(0, 3))
QUESTION = Commercialization("E1", None, 2000, 2005, parse_reference("fixed:2006-03-31").day)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_newcombe_is_statsmodels(k1: int, more1: int, k2: int, more2: int) -> None:
    """CR-12."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    n1, n2 = k1 + more1, k2 + more2
    found = newcombe(k1, n1, k2, n2)
    if not (n1 and n2):
        assert found is None
        return
    assert found is not None
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert found.low <= found.value <= found.high


def test_newcombe_of_a_published_example() -> None:
    """Newcombe 1998, table II (a): 56 of 70 against 48 of 80."""
    found = newcombe(56, 70, 48, 80)
    assert found is not None
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


@given(st.lists(spells, max_size=30))
def test_counted_spells_are_spells(found: list[Spell]) -> None:
    assert cumulative_incidence(Counter(found)) == cumulative_incidence(found)


def test_the_band_is_that_of_projects_drawn_one_by_one() -> None:
    """CR-6, with entries (CR-11); the two differ by the luck of the draws only."""
    dice = np.random.default_rng(1)
    found = [
        Spell(int(t), ENDS[int(end)], int(entry))
        for t, end, entry in zip(
            dice.integers(0, 6, 150), dice.choice(3, 150, p=[0.4, 0.2, 0.4]), dice.integers(0, 2, 150), strict=True
        )
    ]
    curves = []
    for _ in range(2_000):
        drawn = [found[i] for i in dice.integers(0, len(found), len(found))]
        points = cumulative_incidence(drawn)
        curves.append([points[min(t, len(points) - 1)].cif for t in range(6)])
    low, high = np.percentile(curves, [2.5, 97.5], axis=0)
    band = incidence_band(Counter(found), draws=4_000)
    assert [b[0] for b in band] == pytest.approx(list(low), abs=0.015)
    assert [b[1] for b in band] == pytest.approx(list(high), abs=0.015)
    for point, (below, above) in zip(cumulative_incidence(found), band, strict=True):
        assert below <= point.cif <= above


def test_the_band_comes_out_the_same_every_time() -> None:
    found = Counter([Spell(1, "event"), Spell(2, "censored"), Spell(2, "competing"), Spell(3, "event")])
    assert incidence_band(found) == incidence_band(found)
    assert incidence_band(Counter()) == []
    nobody = incidence_band(Counter([Spell(1, "event", 4)]))  # left before it was observed: never at risk
    assert nobody == [(0.0, 0.0), (0.0, 0.0)]


def test_the_band_takes_no_longer_for_a_million_projects() -> None:
    many = Counter({Spell(t, end): 50_000 for t in range(10) for end in ENDS})
    assert len(incidence_band(many)) == 10


@given(st.lists(st.integers(0, 10**12), max_size=40))
def test_quartiles_are_numpys(yen: list[int]) -> None:
    """CR-13."""
    found = spread(Counter(yen))
    if not yen:
        assert found is None
        return
    assert found is not None
    wanted = [float(v) for v in np.percentile(np.array(yen, dtype=float), [25, 50, 75])]
    assert [found.lower_quartile, found.median, found.upper_quartile] == pytest.approx(wanted)
    top = sorted(yen, reverse=True)[: -(-len(yen) // 10)]
    assert found.top_tenth_share == (pytest.approx(sum(top) / sum(yen)) if sum(yen) else None)


def test_a_curve_ends_where_too_few_are_at_risk() -> None:
    found = Counter({Spell(0, "censored"): 5, Spell(1, "event"): 6, Spell(3, "event"): 12})
    drawn = f.CurveDrawn(f.Curve(QUESTION, 13), tuple(cumulative_incidence(found)), tuple(incidence_band(found)))
    assert [p.t for p, _band in drawn.drawn] == [0, 1] and len(drawn.points) == 4
    assert drawn.data()["points"][1]["band"]["low"] <= drawn.data()["points"][1]["cif"]


def test_figures_say_what_they_are_as_plain_data() -> None:
    import json

    aged = f.EqualAged(f.EqualAge(QUESTION), (f.Aged(2003, 10, 4, 2, 0.5),), (f.AtAge(2, 4, 10),))
    group = f.Group("yes", 12, 10, 4, ())
    compared = f.Compared(
        f.Comparison(QUESTION, parse_reference("adoption")), group, group, f.Group("unknown", 0, 0, 0, ())
    )
    row = f.TriangleRow(2003, 10, (f.Cell(0, 4, 10, True, 0.4), f.Cell(1, 4, 6, False, None)))
    triangle = f.TriangleDrawn(f.Triangle(QUESTION), (row,))
    for answer in (aged, compared, triangle):
        assert json.loads(json.dumps(answer.data())) == answer.data()
    assert aged.crude == 0.4 and aged.composed == 0.5 and compared.data()["difference"]["value"] == 0
    assert compared.extremes[0] == compared.difference

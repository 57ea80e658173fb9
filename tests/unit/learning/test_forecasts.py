"""Brier's score, its parts and the calibration table against closed forms."""

from itertools import product

import numpy as np
import pytest

from app.learning.definitions.forecasts import Forecast, brier, score


def _crowd(rows: list[tuple[float, int, int]], reviewers: int = 5) -> tuple[list[Forecast], dict[int, int]]:
    """(probability, projects, of which came): every project is forecast by every reviewer alike."""
    forecasts, came, project = [], {}, 0
    for probability, n, yes in rows:
        for k in range(n):
            came[project] = int(k < yes)
            forecasts += [Forecast(project, r, probability) for r in range(reviewers)]
            project += 1
    return forecasts, came


def test_textbook_scores_of_one_forecast() -> None:
    """Rain forecast with 100%, 70%, 30% and 50%, and it rained (Brier 1950, as every textbook gives it)."""
    assert brier([(1.0, 1)]) == 0
    assert brier([(1.0, 0)]) == 1
    assert brier([(0.7, 1)]) == pytest.approx(0.09)
    assert brier([(0.3, 1)]) == pytest.approx(0.49)
    assert brier([(0.5, 1)]) == brier([(0.5, 0)]) == 0.25


def test_murphys_parts_add_up_exactly() -> None:
    """10 projects at 20% of which 3 came, 10 at 60% of which 5 came, 5 at 90% of which 4 came."""
    found = score(*_crowd([(0.2, 10, 3), (0.6, 10, 5), (0.9, 5, 4)]))
    base = 12 / 25
    assert found.base_rate == pytest.approx(base)
    assert found.uncertainty == pytest.approx(base * (1 - base))
    assert found.reliability == pytest.approx((10 * 0.1**2 + 10 * 0.1**2 + 5 * 0.1**2) / 25)
    assert found.resolution == pytest.approx(
        (10 * (0.3 - base) ** 2 + 10 * (0.5 - base) ** 2 + 5 * (0.8 - base) ** 2) / 25
    )
    assert found.within == pytest.approx(0, abs=1e-12)
    by_hand = (3 * 0.64 + 7 * 0.04 + 5 * 0.16 + 5 * 0.36 + 4 * 0.01 + 1 * 0.81) / 25
    assert found.brier == pytest.approx(by_hand)
    assert found.brier == pytest.approx(found.reliability - found.resolution + found.uncertainty)
    assert found.skill == pytest.approx(1 - by_hand / (base * (1 - base)))


def test_the_parts_and_what_lies_within_rows_always_come_to_the_score() -> None:
    rng = np.random.default_rng(7)
    forecasts = [Forecast(p, r, round(float(rng.random()), 2)) for p, r in product(range(40), range(6))]
    came = {p: int(rng.random() < 0.4) for p in range(40)}
    found = score(forecasts, came)
    assert found.within != 0
    assert found.brier == pytest.approx(
        found.reliability - found.resolution + found.uncertainty + found.within, abs=1e-12
    )
    assert found.brier == pytest.approx(brier([(f.probability, came[f.project]) for f in forecasts]))


def test_saying_the_base_rate_has_no_skill_and_the_truth_has_all() -> None:
    assert score(*_crowd([(0.25, 20, 5)])).skill == pytest.approx(0)
    assert score(*_crowd([(0.0, 15, 0), (1.0, 10, 10)])).skill == pytest.approx(1)
    assert score(*_crowd([(0.5, 20, 0)])).skill is None  # nothing came: there is no uncertainty to lift


def test_unknown_projects_give_bounds_over_all_they_may_turn_out_to_be() -> None:
    forecasts, came = _crowd([(0.2, 12, 3), (0.7, 12, 8)])
    unknown = [Forecast(100 + k, r, 0.1 + 0.2 * k + 0.01 * r) for k in range(4) for r in range(5)]
    found = score(forecasts + unknown, came)
    assert found.unknown == 4 and found.projects == 24
    every = [
        brier(
            [
                (f.probability, {**came, **dict(zip(range(100, 104), ends, strict=True))}[f.project])
                for f in forecasts + unknown
            ]
        )
        for ends in product((0, 1), repeat=4)
    ]
    assert found.lowest == pytest.approx(min(every))
    assert found.highest == pytest.approx(max(every))


def test_a_row_never_stands_for_fewer_than_five_reviewers() -> None:
    """Rows are joined to their neighbours; what is left at the end joins the last row; nothing is lost."""
    forecasts = [Forecast(p, r, 0.05 + 0.1 * (r % 8)) for p in range(20) for r in range(8)]
    found = score(forecasts, {p: p % 2 for p in range(20)})
    assert [row.reviewers for row in found.rows] == [8]
    forecasts = [Forecast(p, r, 0.15 if p % 2 else 0.95 - 0.1 * (r == 0)) for p in range(20) for r in range(6)]
    found = score(forecasts, {p: p % 2 for p in range(20)})
    assert all(row.reviewers >= 5 for row in found.rows)
    assert sum(row.forecasts for row in found.rows) == len(forecasts)
    assert found.rows[0].low == 0 and found.rows[-1].high == 1
    assert all(a.high == b.low for a, b in zip(found.rows, found.rows[1:], strict=False))


def test_too_few_projects_or_people_say_so() -> None:
    forecasts, came = _crowd([(0.4, 19, 5)])
    few = score(forecasts, came)
    assert few.brier is None and few.why_thin is not None and "19" in few.why_thin.en
    forecasts, came = _crowd([(0.4, 30, 5)], reviewers=4)
    kept = score(forecasts, came)
    assert kept.brier is None and kept.thin == "few-reviewers" and not kept.rows


def test_the_interval_resamples_projects_not_forecasts() -> None:
    """Ten times as many reviewers who say the same tell nothing more: the interval stays as wide."""
    rows = [(0.2, 20, 6), (0.7, 20, 12)]
    five, fifty = score(*_crowd(rows)), score(*_crowd(rows, reviewers=50))
    assert five.low is not None and five.low < (five.brier or 0) < (five.high or 0)
    assert (five.low, five.high) == pytest.approx((fifty.low, fifty.high))

"""What scores come to, and which phase holds at an instant."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.i18n import Bilingual
from app.reviews.choices import Others, PhaseKind
from app.reviews.definitions import RIGHTS, SETS, holding, weighted_score

NOON = datetime(2026, 6, 1, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("scores", "weights", "expected"),
    [
        ({1: 4, 2: 2}, {1: 50, 2: 50}, 300),
        ({1: 5, 2: 1, 3: 1}, {1: 50, 2: 25, 3: 25}, 300),
        ({1: 4}, {1: 60, 2: 40}, 400),  # the optional one is left out: it does not pull down
        ({1: 4, 2: 4}, {1: 60, 2: 40}, 400),
        ({1: 5, 2: 4, 3: 4}, {1: 1, 2: 1, 3: 1}, 433),
        ({1: 1, 2: 2}, {1: 1, 2: 7}, 188),  # 187.5 rounds half up
        ({1: 5, 2: 1}, {1: 100, 2: 0}, 500),
    ],
)
def test_the_weighted_mean_is_over_answered_criteria(
    scores: dict[int, int], weights: dict[int, int], expected: int
) -> None:
    assert weighted_score(scores, weights) == expected


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 5), min_size=1), st.integers(1, 5))
def test_skipping_never_leaves_the_scale_and_equal_scores_stay(scores: dict[int, int], same: int) -> None:
    weights = dict.fromkeys(range(1, 10), 11)
    assert 100 * min(scores.values()) <= weighted_score(scores, weights) <= 100 * max(scores.values())
    assert weighted_score(dict.fromkeys(scores, same), weights) == 100 * same


def test_nothing_that_weighs_is_no_mean() -> None:
    for scores in ({}, {1: 5}):
        with pytest.raises(ValueError, match="weighs"):
            weighted_score(scores, {1: 0, 2: 100})


def _row(key: int, opens: int, closes: int | None = None, **rights: bool) -> Any:
    return SimpleNamespace(
        id=key, kind=PhaseKind.written, name=Bilingual(f"p{key}", f"p{key}"), opens_at=NOON + opens * HOUR,
        closes_at=None if closes is None else NOON + closes * HOUR, others=Others.always,
        **{**dict.fromkeys(RIGHTS, True), **rights},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-1, None), (0, 1), (1, 1), (2, None), (2.5, None), (3, 2), (4.99, 2), (5, 3), (500, 3)],
)
def test_exactly_one_phase_holds_and_between_two_nothing_is_allowed(hours: float, expected: int | None) -> None:
    rows = [_row(3, 5), _row(1, 0, 2), _row(2, 3)]  # the second has no end: the third ends it; order does not matter
    found = holding(rows, NOON + hours * HOUR)
    assert found.id == expected
    if expected is None:
        assert found.kind == PhaseKind.closed and found.others == Others.never
        assert not any(getattr(found, name) for name in RIGHTS if name != "sees_names")


def test_names_stay_hidden_between_phases_where_any_phase_hides_them() -> None:
    assert holding([_row(1, 0, 1), _row(2, 2)], NOON + 1.5 * HOUR).sees_names
    assert holding([_row(1, 0, 1), _row(2, 2, sees_names=False)], NOON - HOUR).blind


def test_the_usual_sets_follow_each_other_without_a_gap() -> None:
    for one in SETS.values():
        assert [step.days is None for step in one.steps] == [False] * (len(one.steps) - 1) + [True]
    blind = [step.phase.blind for step in SETS["blind-hearing-panel"].steps]
    assert blind == [True, True, False, False, False]

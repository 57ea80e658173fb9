"""The choice under a budget against every list there is (small cases), what conditions cost, and why there is no answer."""

from itertools import product
from random import Random
from typing import Any

import pytest

from app.selection.choices import Measure, Solution
from app.selection.definitions.choosing import (
    Candidate,
    Limit,
    Terms,
    choose,
    contradiction,
    merit_of,
    prices,
    relaxation,
    share_of_year,
)

M = 1_000_000
BUDGET = Limit("budget:all", Measure.yen, high=100 * M)


def some(n: int = 9, seed: int = 1) -> list[Candidate]:
    rng = Random(seed)
    return [
        Candidate(
            i, rng.randint(200, 500) / 100, {2026: rng.randint(10, 30) * M, 2027: rng.randint(0, 20) * M},
            {("region", rng.choice("ab")): 1.0, ("sme", "yes"): rng.choice((0.2, 0.7, 1.0))},
        )
        for i in range(n)
    ]  # fmt: skip


def holds(limit: Limit, candidates: list[Candidate], granted: dict[int, int]) -> bool:
    """The same limit, computed the slow way."""

    def weight(c: Candidate) -> float:
        return c.tags.get(limit.tag, 0.0) if limit.tag else 1.0

    def yen(c: Candidate) -> float:
        return granted[c.id] if limit.year is None else share_of_year(c, limit.year, granted[c.id])

    chosen = [c for c in candidates if c.id in granted]
    if limit.measure is Measure.number:
        value: float = sum(weight(c) >= 0.5 for c in chosen)
    elif limit.measure is Measure.yen:
        value = sum(weight(c) * yen(c) for c in chosen)
    else:
        whole = sum(yen(c) for c in chosen)
        value = 100 * sum(weight(c) * yen(c) for c in chosen)
        return (limit.low or 0) * whole <= value + 1 and (limit.high is None or value <= limit.high * whole + 1)
    slack = 1e-6 if limit.measure is Measure.number else 1
    return (limit.low is None or value >= limit.low - slack) and (limit.high is None or value <= limit.high + slack)


def brute(candidates: list[Candidate], terms: Terms) -> float | None:
    """The best merit over every list and every cut; None where no list satisfies all."""
    options = []
    for c in candidates:
        least = -(-c.asked * terms.least_share // 100)
        amounts: list[int | None] = [] if c.id in terms.fixed_in else [None]
        if c.id not in terms.fixed_out:
            amounts += range(c.asked, least - 1, -terms.step_yen)
        options.append(amounts)
    best = None
    for amounts_ in product(*options):
        granted = {c.id: a for c, a in zip(candidates, amounts_, strict=True) if a is not None}
        if all(holds(limit, candidates, granted) for limit in terms.limits):
            merit = merit_of(candidates, granted)
            best = merit if best is None else max(best, merit)
    return best


CASES: list[Any] = [
    Terms((BUDGET,)),
    Terms((Limit("b", Measure.yen, high=60 * M, year=2026), Limit("c", Measure.yen, high=25 * M, year=2027))),
    Terms((BUDGET, Limit("floor", Measure.number, low=3, tag=("region", "a")))),
    Terms((BUDGET, Limit("cap", Measure.number, high=1, tag=("region", "b")), Limit("most", Measure.number, high=3))),
    Terms((BUDGET, Limit("money", Measure.yen, low=50 * M, tag=("sme", "yes")))),
    Terms((BUDGET, Limit("share", Measure.share, low=70, tag=("sme", "yes")))),
    Terms((BUDGET, Limit("share", Measure.share, high=50, tag=("region", "a")))),
    Terms((BUDGET,), frozenset({0}), frozenset({1, 2})),
    Terms((Limit("none", Measure.yen, high=1),)),
]


@pytest.mark.parametrize("terms", CASES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_list_is_better(terms: Terms, seed: int) -> None:
    candidates = some(9, seed)
    best = brute(candidates, terms)
    found = choose(candidates, terms)
    if best is None:
        assert found.verdict is Solution.infeasible
        return
    assert found.verdict is Solution.optimal and found.merit == pytest.approx(best, abs=1e-4)
    granted = dict(found.granted)
    assert all(holds(limit, candidates, granted) for limit in terms.limits)
    assert terms.fixed_in <= set(granted) and not terms.fixed_out & set(granted)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_partial_amounts_are_cut_in_steps_and_no_list_is_better(seed: int) -> None:
    candidates = some(4, seed)
    terms = Terms((Limit("budget:all", Measure.yen, high=70 * M),), least_share=60, step_yen=5 * M)
    found = choose(candidates, terms)
    assert found.merit == pytest.approx(brute(candidates, terms), abs=1e-4)
    asked = {c.id: c.asked for c in candidates}
    for key, yen in found.granted.items():
        assert (asked[key] - yen) % (5 * M) == 0 and yen >= 0.6 * asked[key]
    assert sum(found.granted.values()) <= 70 * M
    assert found.merit >= choose(candidates, terms.without("partial:")).merit


def test_the_price_of_a_condition_is_what_the_list_would_gain_without_it() -> None:
    candidates = some(9, 2)
    terms = Terms((BUDGET, Limit("floor", Measure.number, low=3, tag=("region", "b"))), frozenset({0}))
    best = choose(candidates, terms)
    assert best.verdict is Solution.optimal
    found = prices(candidates, terms, best)
    assert set(found) == {"budget:all", "floor", "in:0"}
    for key, price in found.items():
        without = brute(candidates, terms.without(key))
        assert without is not None and price == pytest.approx(without - best.merit, abs=1e-3) and price >= -1e-6
    assert found["budget:all"] > 0


def test_a_contradiction_names_only_what_contradicts() -> None:
    candidates = [Candidate(i, 3.0, {2026: 10 * M}, {("region", "a" if i < 3 else "b"): 1.0}) for i in range(6)]
    terms = Terms(
        (
            Limit("budget:all", Measure.yen, high=40 * M), Limit("a", Measure.number, low=3, tag=("region", "a")),
            Limit("b", Measure.number, low=2, tag=("region", "b")), Limit("most", Measure.number, high=6),
        )
    )  # fmt: skip
    assert choose(candidates, terms).verdict is Solution.infeasible
    assert contradiction(candidates, terms) == ["budget:all", "a", "b"]
    assert relaxation(candidates, terms) == {"budget:all": 10 * M}  # a quarter; a floor would give way by a third
    assert choose(candidates, Terms((Limit("budget:all", Measure.yen, high=50 * M), *terms.limits[1:]))).merit > 0


def test_a_floor_above_what_there_is_sinks_to_it() -> None:
    candidates = [Candidate(i, 3.0, {2026: M}, {("region", "a"): 1.0}) for i in range(2)]
    terms = Terms((Limit("a", Measure.number, low=5, tag=("region", "a")), BUDGET))
    assert contradiction(candidates, terms) == ["a"] and relaxation(candidates, terms) == {"a": -3}


def test_a_proposal_fixed_in_and_out_contradicts_itself() -> None:
    candidates = some(3)
    terms = Terms((BUDGET,), frozenset({1}), frozenset({1}))
    assert choose(candidates, terms).verdict is Solution.infeasible
    assert contradiction(candidates, terms) == ["in:1", "out:1"]


def test_the_same_question_has_the_same_answer() -> None:
    candidates = some(40, 7)
    terms = Terms((BUDGET, Limit("floor", Measure.share, low=60, tag=("sme", "yes"))), least_share=80)
    assert choose(candidates, terms) == choose(candidates, terms)


def test_a_large_round_is_solved_in_seconds() -> None:
    candidates = some(1_130, 5)
    terms = Terms(
        (Limit("budget:2026", Measure.yen, high=5_000 * M, year=2026), Limit("budget:2027", Measure.yen, high=2_500 * M, year=2027),
         Limit("a", Measure.number, low=100, tag=("region", "a")), Limit("sme", Measure.share, low=70, tag=("sme", "yes")))
    )  # fmt: skip
    found = choose(candidates, terms, 20)
    assert found.verdict in (Solution.optimal, Solution.stopped)
    assert found.bound - found.merit < 0.001 * found.merit

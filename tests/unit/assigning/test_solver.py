"""The assignment by integer programming against the best of all assignments, tried one by one."""

import itertools
import json
import subprocess
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.assigning.definitions import solver
from app.assigning.definitions.greedy import preview
from app.assigning.definitions.problem import (
    FIXED,
    FREE,
    HELD,
    Answer,
    Breach,
    Demand,
    Edge,
    Problem,
    Reader,
    breaches,
    merit_of,
    sound,
)
from app.assigning.operations.solving import COMMAND, HOME

KINDS = ("academic", "business", "other")


@st.composite
def problems(draw: Any) -> Problem:
    """Up to three proposals and four readers: few enough to try every assignment."""
    demands = tuple(Demand(p, draw(st.integers(1, 2))) for p in range(1, 1 + draw(st.integers(1, 3))))
    readers = []
    for r in range(11, 11 + draw(st.integers(2, 4))):
        low = draw(st.integers(0, 1))
        readers.append(
            Reader(r, draw(st.sampled_from(KINDS)), low, low + draw(st.integers(0, 2)), draw(st.integers(0, 2)))
        )
    edges, used = [], set()
    for d in demands:
        for r in readers:
            if draw(st.integers(0, 5)):
                state = draw(st.sampled_from((FREE, FREE, FREE, HELD, FIXED)))
                if state == FIXED and (d.id in used or r.id in used):
                    state = HELD
                used |= {d.id, r.id} if state == FIXED else set()
                edges.append(Edge(d.id, r.id, draw(st.integers(-9, 9)), state))
    mix = draw(st.sampled_from(({}, {"academic": 1}, {"academic": 1, "business": 1})))
    bad = draw(st.sampled_from(((), ((11, 12),))))
    return Problem(
        demands, tuple(readers), tuple(edges), mix, bad, draw(st.integers(0, 5)), draw(st.integers(0, 3))
    )  # fmt: skip


def tried(problem: Problem) -> int | None:
    """The greatest merit of all assignments that keep every condition, or None where there is none."""
    problem = sound(problem)
    fixed = {(e.proposal, e.reader) for e in problem.edges if e.state == FIXED}
    options = []
    for demand in problem.demands:
        mine = [e.reader for e in problem.edges if e.proposal == demand.id]
        options.append([[(demand.id, r) for r in chosen] for chosen in itertools.combinations(mine, demand.wanted)])
    best = None
    for choice in itertools.product(*options):
        pairs = {pair for part in choice for pair in part}
        if fixed <= pairs and not [b for b in breaches(problem, pairs) if b.kind != "bad" or not _both(b, fixed)]:
            merit = merit_of(problem, pairs)
            best = merit if best is None else max(best, merit)
    return best


def _both(breach: Breach, fixed: set[tuple[int, int]]) -> bool:
    """Two people who read the same proposal already stay there, however badly they get on."""
    return all((breach.id, int(key)) in fixed for key in breach.extra.split(":"))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_no_assignment_is_better(problem: Problem) -> None:
    best, answer = tried(problem), solver.solve(problem)
    if best is None:
        assert answer.verdict == "infeasible" and not answer.pairs
        return
    assert answer.verdict == "optimal" and answer.merit == best == answer.bound
    assert merit_of(problem, answer.pairs) == best
    assert {(e.proposal, e.reader) for e in problem.edges if e.state == FIXED} <= set(answer.pairs)
    quick = preview(problem)
    assert quick.breaches or quick.merit <= best


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_giving_way_as_told_makes_an_assignment_possible(problem: Problem) -> None:
    """The cheapest relaxation is one: with the told demands, loads and mixes the rest can be kept."""
    answer = solver.solve(problem)
    if answer.verdict != "infeasible" or not problem.edges:
        return
    assert answer.breaches and "demand" in answer.contradiction
    by: dict[tuple[str, int], int] = {}
    for breach in answer.breaches:
        by[breach.kind, breach.id] = by.get((breach.kind, breach.id), 0) + breach.by
    made = sound(problem)
    relaxed = Problem(
        tuple(Demand(d.id, d.wanted - by.get(("demand", d.id), 0)) for d in made.demands),
        tuple(
            Reader(r.id, r.kind, r.low - by.get(("low", r.id), 0), r.high + by.get(("high", r.id), 0), r.elsewhere)
            for r in made.readers
        ),
        made.edges,
        {} if any(b.kind == "mix" for b in answer.breaches) else made.mix,
        () if any(b.kind == "bad" for b in answer.breaches) else made.bad,
    )  # fmt: skip
    assert solver.solve(relaxed).verdict == "optimal"


def plain(values: dict[tuple[int, int], int], **more: Any) -> Problem:
    proposals, readers = sorted({p for p, _r in values}), sorted({r for _p, r in values})
    wanted, high = more.pop("wanted", 1), more.pop("high", 3)
    kinds = more.pop("kinds", {})
    states = more.pop("states", {})
    return Problem(
        tuple(Demand(p, wanted) for p in proposals),
        tuple(Reader(r, kinds.get(r, "other"), 0, high) for r in readers),
        tuple(Edge(p, r, v, states.get((p, r), FREE)) for (p, r), v in sorted(values.items())), **more,
    )  # fmt: skip


def test_three_that_block_each_other_are_solved_whole() -> None:
    """Three bad pairs among three readers: half of each is the relaxation's best, and no assignment."""
    values = {(p, r): 10 for p in (1, 2) for r in (11, 12, 13)} | {(p, r): 1 for p in (1, 2) for r in (14, 15)}
    problem = plain(values, wanted=2, bad=((11, 12), (12, 13), (11, 13)))
    answer = solver.solve(problem)
    assert answer.verdict == "optimal" and answer.merit == 22 == tried(problem)
    assert not breaches(problem, answer.pairs)


def test_a_removal_happens_only_when_it_is_worth_its_price() -> None:
    values = {(1, 11): 10, (1, 12): 18}
    for price, chosen in ((5, 12), (9, 11)):
        answer = solver.solve(plain(values, removal=price, states={(1, 11): HELD}))
        assert answer.pairs == ((1, chosen),)
    assert solver.solve(plain(values, states={(1, 11): FIXED})).pairs == ((1, 11),)


def test_crowding_spreads_the_work() -> None:
    values = {(p, 11): 10 for p in (1, 2, 3)} | {(p, 12): 8 for p in (1, 2, 3)}
    assert {r for _p, r in solver.solve(plain(values)).pairs} == {11}
    assert {r for _p, r in solver.solve(plain(values, crowding=2)).pairs} == {11, 12}


def test_the_reason_names_what_contradicts_and_nothing_else() -> None:
    values = {(p, r): 1 for p in (1, 2) for r in (11, 12)}
    only_mix = solver.solve(plain(values, mix={"academic": 1}, bad=((11, 12),), kinds={11: "other", 12: "other"}))
    assert only_mix.contradiction == ("demand", "mix:academic")
    assert [(b.kind, b.by, b.extra) for b in only_mix.breaches] == [("mix", 1, "academic")] * 2
    crowded = solver.solve(plain(values, wanted=2, high=1))
    assert crowded.contradiction == ("demand", "high")
    assert sorted(b.by for b in crowded.breaches if b.kind == "high") == [1, 1]  # dearer: two reviews fewer


def test_two_conditions_that_are_fine_alone() -> None:
    """One academic for two proposals, who may read one: neither the mix nor the load alone is too much."""
    values = {(p, r): 1 for p in (1, 2) for r in (11, 12, 13)}
    told = solver.solve(plain(values, high=1, mix={"academic": 1}, bad=((12, 13),), kinds={11: "academic"}))
    assert told.contradiction == ("demand", "mix:academic", "high")
    few = solver.solve(plain({(1, 11): 1, (2, 11): 1, (2, 12): 1}, wanted=2))
    assert few.contradiction == ("demand",) and [(b.kind, b.id, b.by) for b in few.breaches] == [("demand", 1, 1)]


def test_the_excess_is_spread_over_everybody() -> None:
    values = {(p, r): 1 for p in range(1, 9) for r in (11, 12, 13, 14)}
    told = solver.solve(plain(values, wanted=1, high=1))
    assert [(b.kind, b.by) for b in told.breaches] == [("high", 1)] * 4


def test_the_preview_gives_up_no_work() -> None:
    values = {(1, r): 1 for r in (11, 12, 13)}
    states = {(1, 11): FIXED, (1, 12): FIXED, (1, 13): HELD}
    assert preview(plain(values, states=states)).pairs == ((1, 11), (1, 12))


def test_the_program_answers_as_the_function_does() -> None:
    problem = plain({(p, r): p * r for p in (1, 2, 3) for r in (11, 12)}, crowding=1, bad=((11, 12),))
    assert Problem.read(problem.written()) == problem
    done = subprocess.run(COMMAND, cwd=HOME, input=problem.written(), capture_output=True, text=True, check=True)
    data = json.loads(done.stdout)
    answer = solver.solve(problem)
    assert [tuple(pair) for pair in data["pairs"]] == list(answer.pairs) and data["verdict"] == answer.verdict


def test_the_preview_is_quick_and_near() -> None:
    import random
    import time

    rng = random.Random(3)
    readers = tuple(Reader(r, KINDS[r % 2], 0, 18) for r in range(200))
    edges = tuple(Edge(p, r, rng.randrange(100)) for p in range(1130) for r in range(200) if rng.random() > 0.05)
    problem = Problem(tuple(Demand(p, 3) for p in range(1130)), readers, edges, {"academic": 1}, (), 0, 1)
    begin = time.process_time()
    answer: Answer = preview(problem)
    assert time.process_time() - begin < 1
    assert len(answer.pairs) == 3390 and not answer.breaches

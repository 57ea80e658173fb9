"""Who reads what, as an integer programme solved by HiGHS (``scipy.optimize``).

Maximised is the sum of the values of the pairs, less ``crowding * i`` for the i-th review of a person (so that work
spreads), less ``removal`` for every pair that exists and is given up. Demands, loads, mixes and bad pairs are hard.
Where they contradict each other a second, elastic programme finds the cheapest way out, and conditions are left away
one by one until a smallest set is left that cannot hold together.

This module, ``problem`` and ``greedy`` know nothing of the house (hence the relative imports): the worker runs the
solver as a program of its own, a problem as JSON on standard input, the answer on standard output, so that its memory
is given back with the process.
"""

import json
import os
import sys
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from .problem import FIXED, HELD, Answer, Breach, Problem, breaches, merit_of, sound

SECONDS = 60.0  # for the best solution
SECONDS_TO_EXPLAIN = 30.0
WHOLE = 1e-6
STEPS = 15  # up to so many reviews over a limit each costs a little more than the one before: the excess is spread
#: What giving way costs: one review fewer than wanted, one without a kind of reviewer, one bad pair together, one
#: review over a person's limit, one under a person's least load.
PRICES = {"demand": 3000, "mix": 2000, "bad": 1500, "high": 1000, "low": 500}


class _Programme:
    """Columns: one per edge, then one per review a person may get (its price grows), then slacks if elastic."""

    def __init__(self, problem: Problem, *, without: Collection[str] = (), elastic: bool = False) -> None:
        import numpy as np

        self.problem, self.without, self.elastic = problem, set(without), elastic
        self.n = len(problem.edges)
        self.steps = [0 if "high" in self.without or elastic else reader.high for reader in problem.readers]
        self.width = self.n + sum(self.steps)
        self.cost: list[Any] = []
        self.rows: list[Any] = []
        self.cols: list[Any] = []
        self.data: list[Any] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.slacks: list[tuple[str, int, str, int]] = []  # kind, key, extra, column
        self.slack_most: list[float] = []
        self.slack_cost: list[int] = []
        proposal = {demand.id: i for i, demand in enumerate(problem.demands)}
        reader = {row.id: i for i, row in enumerate(problem.readers)}
        self.of_proposal = np.array([proposal[e.proposal] for e in problem.edges], dtype=np.int32)
        self.of_reader = np.array([reader[e.reader] for e in problem.edges], dtype=np.int32)
        self.columns = np.arange(self.n, dtype=np.int32)

    def block(self, rows: Any, columns: Any, values: Any) -> None:
        self.rows.append(rows)
        self.cols.append(columns)
        self.data.append(values)

    def bounds(self, low: float, high: float) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def slack(
        self, kind: str, key: int, row: int, sign: float, most: float, extra: str = "", dearer: int = 0
    ) -> None:  # fmt: skip
        """Let one row give way, at the price of its kind and a little more."""
        if not self.elastic:
            return
        self.slack_cost.append(PRICES[kind] + dearer)
        column = self.width + len(self.slacks)
        self.slacks.append((kind, key, extra, column))
        self.slack_most.append(most)
        self.block([row], [column], [sign])

    def build(self) -> "_Programme":
        self._demands()
        self._loads()
        self._mix()
        self._bad()
        return self

    def _demands(self) -> None:
        import numpy as np

        first = len(self.low)
        for demand in self.problem.demands:
            row = self.bounds(demand.wanted, demand.wanted)
            self.slack("demand", demand.id, row, 1.0, demand.wanted)
        self.block(first + self.of_proposal, self.columns, np.ones(self.n))

    def _loads(self) -> None:
        """A person's reviews, less one column per review that the person may have (each dearer than the one before)."""
        import numpy as np

        first, column = len(self.low), self.n
        for reader, steps in zip(self.problem.readers, self.steps, strict=True):
            most = np.inf if "high" in self.without else reader.high
            row = self.bounds(0.0, 0.0) if steps else self.bounds(-np.inf, most)
            for step in range(STEPS):
                self.slack("high", reader.id, row, -1.0, 1.0, dearer=step)
            self.slack("high", reader.id, row, -1.0, np.inf, dearer=STEPS)
            self.block(np.full(steps, row), np.arange(column, column + steps), np.full(steps, -1.0))
            column += steps
        self.block(first + self.of_reader, self.columns, np.ones(self.n))
        if "low" in self.without or not any(reader.low for reader in self.problem.readers):
            return
        first = len(self.low)
        for reader in self.problem.readers:
            self.slack("low", reader.id, self.bounds(reader.low, np.inf), 1.0, reader.low)
        self.block(first + self.of_reader, self.columns, np.ones(self.n))

    def _mix(self) -> None:
        import numpy as np

        kinds = np.array([reader.kind for reader in self.problem.readers])[self.of_reader] if self.n else np.array([])
        for kind, least in sorted(self.problem.mix.items()):
            if f"mix:{kind}" in self.without or not least:
                continue
            first = len(self.low)
            for demand in self.problem.demands:
                wanted = min(least, demand.wanted)
                self.slack("mix", demand.id, self.bounds(wanted, np.inf), 1.0, wanted, kind)
            chosen = np.flatnonzero(kinds == kind).astype(np.int32)
            self.block(first + self.of_proposal[chosen], chosen, np.ones(len(chosen)))

    def _bad(self) -> None:
        if "bad" in self.without or not self.problem.bad:
            return
        at = {(edge.proposal, edge.reader): i for i, edge in enumerate(self.problem.edges)}
        fixed = {(edge.proposal, edge.reader) for edge in self.problem.edges if edge.state == FIXED}
        for a, b in self.problem.bad:
            for demand in self.problem.demands:
                pair = [(demand.id, reader) for reader in (a, b)]
                if all(p in at for p in pair) and not all(p in fixed for p in pair):
                    row = self.bounds(0.0, 1.0)
                    self.block([row, row], [at[p] for p in pair], [1.0, 1.0])
                    self.slack("bad", demand.id, row, -1.0, 1.0, f"{a}:{b}")

    def costs(self, aim: bool) -> Any:
        """What is minimised; without ``aim`` nothing, any assignment will do."""
        import numpy as np

        edges = self.problem.edges
        cost = np.zeros(self.width + len(self.slacks))
        if self.elastic:
            cost[self.width :] = self.slack_cost
        elif aim:
            held = np.array([self.problem.removal if e.state == HELD else 0 for e in edges], dtype=float)
            cost[: self.n] = -np.array([e.value for e in edges], dtype=float) - held
            column = self.n
            for reader, steps in zip(self.problem.readers, self.steps, strict=True):
                prices = self.problem.crowding * (reader.elsewhere + np.arange(1, steps + 1, dtype=float))
                cost[column : column + steps] = prices
                column += steps
        return cost

    def solve(self, seconds: float, aim: bool = True) -> "_Found":
        """The optimum, proved. The linear relaxation is solved first; but for bad pairs it is nearly always integral.

        Where it is not, only pairs whose reduced cost is at most the gap can belong to a better assignment (all others
        stay as in the relaxation): the integer programme over those few is solved, and again if the gap turns out wider.
        """
        import numpy as np
        from scipy.sparse import csr_array

        until = time.monotonic() + seconds
        width = self.width + len(self.slacks)
        low, high = np.zeros(width), np.ones(width)
        low[: self.n] = [1.0 if e.state == FIXED else 0.0 for e in self.problem.edges]
        high[self.width :] = self.slack_most
        matrix = csr_array(
            (np.concatenate(self.data), (np.concatenate(self.rows), np.concatenate(self.cols))),
            shape=(len(self.low), width),
        )
        self.rows, self.cols, self.data = [], [], []
        rows = (matrix, np.array(self.low), np.array(self.high))
        cost = self.costs(aim)
        relaxed = _relaxed(cost, rows, low, high, seconds)
        if relaxed.status == 2:
            return _Found("infeasible")
        if relaxed.x is None:
            return _Found("failed")
        x = relaxed.x[: self.n]
        if not ((x > WHOLE) & (x < 1 - WHOLE)).any():
            return _Found("optimal", relaxed.x, float(relaxed.fun))
        reduced = relaxed.lower.marginals + relaxed.upper.marginals
        return self._rounded(cost, rows, low, high, relaxed, np.abs(reduced[: self.n]), until)

    def _rounded(
        self, cost: Any, rows: Any, low: Any, high: Any, relaxed: Any, reduced: Any, until: float
    ) -> "_Found":  # fmt: skip
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        matrix, least, most = rows
        whole = np.zeros(len(cost))
        whole[: self.n] = 1
        width, x = 1.0, relaxed.x
        while True:
            fixed = np.zeros(len(cost), dtype=bool)
            fixed[: self.n] = (reduced > width) & ((x[: self.n] <= WHOLE) | (x[: self.n] >= 1 - WHOLE))
            at = np.round(x)
            found = milp(
                cost, integrality=whole, bounds=Bounds(np.where(fixed, at, low), np.where(fixed, at, high)),
                constraints=LinearConstraint(matrix, least, most),
                options={"time_limit": max(until - time.monotonic(), 0.5), "mip_rel_gap": 1e-9},
            )  # fmt: skip
            everything = not fixed.any()
            if found.x is not None:
                gap = float(found.fun) - float(relaxed.fun)
                if found.status != 0:
                    return _Found("stopped", found.x, float(relaxed.fun))
                if gap <= width + WHOLE or everything:
                    return _Found("optimal", found.x, float(found.fun))
                width = gap
            elif found.status != 2:
                return _Found("failed")
            elif everything:
                return _Found("infeasible")
            else:
                width *= 8


@dataclass(frozen=True)
class _Found:
    verdict: str
    x: Any = None
    bound: float = 0.0  # no assignment costs less


def _relaxed(cost: Any, rows: Any, low: Any, high: Any, seconds: float) -> Any:
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    matrix, least, most = rows
    equal = least == most
    over, under = ~equal & np.isfinite(most), ~equal & np.isfinite(least)
    return linprog(
        cost, A_ub=vstack([matrix[over], -matrix[under]]).tocsc(), b_ub=np.concatenate([most[over], -least[under]]),
        A_eq=matrix[equal].tocsc(), b_eq=least[equal], bounds=np.stack([low, high], axis=1), method="highs-ds",
        options={"time_limit": max(seconds, 0.5)},
    )  # fmt: skip


def solve(problem: Problem, seconds: float = SECONDS) -> Answer:
    """The best assignment, or why there is none; the same problem gives the same answer."""
    problem = sound(problem)
    if not problem.edges:
        missing = breaches(problem, ())
        return Answer(
            "infeasible" if missing else "optimal",
            contradiction=("demand",) if missing else (),
            breaches=tuple(missing),
        )
    programme = _Programme(problem).build()
    found = programme.solve(seconds)
    if found.verdict == "infeasible":
        return _explained(problem)
    if found.x is None:
        return Answer("failed")
    pairs = tuple(
        (edge.proposal, edge.reader)
        for edge, x in zip(problem.edges, found.x[: programme.n], strict=True) if x > 0.5
    )  # fmt: skip
    merit = merit_of(problem, pairs)
    constant = problem.removal * sum(edge.state == HELD for edge in problem.edges)
    bound = merit if found.verdict == "optimal" else max(merit, -found.bound - constant)
    return Answer(found.verdict, tuple(sorted(pairs)), merit, bound)


def _explained(problem: Problem, seconds: float = SECONDS_TO_EXPLAIN) -> Answer:
    """A smallest set of conditions that contradict each other, and the cheapest way in which they can give way."""
    kept = _contradiction(problem, time.monotonic() + seconds)
    elastic = _Programme(problem, elastic=True).build()
    found = elastic.solve(seconds)
    giving: dict[tuple[str, int, str], int] = {}
    if found.x is not None:
        for kind, key, extra, column in elastic.slacks:
            if found.x[column] > 0.5:
                giving[kind, key, extra] = giving.get((kind, key, extra), 0) + round(found.x[column])
    answer = tuple(Breach(kind, key, by, extra) for (kind, key, extra), by in giving.items())
    return Answer("infeasible", contradiction=kept, breaches=answer)


def _contradiction(problem: Problem, until: float) -> tuple[str, ...]:
    """One group of conditions that alone is too much, or else the groups left when no more can be left away.

    When the time is over the set may be larger than it need be.
    """
    groups = ["bad", "low", *(f"mix:{kind}" for kind in sorted(problem.mix)), "high"]

    def impossible(without: Collection[str]) -> bool:
        left = until - time.monotonic()
        if left < 1:
            return False
        return _Programme(problem, without=without).build().solve(left, aim=False).verdict == "infeasible"

    plain = _by_counting(problem)
    for group in [plain] if plain else reversed(groups):
        if plain or impossible([other for other in groups if other != group]):
            return ("demand", group) if group != "demand" else ("demand",)
    without: list[str] = []
    for group in groups:
        if impossible([*without, group]):
            without.append(group)
    return tuple(group for group in ("demand", *groups) if group not in without)


def _by_counting(problem: Problem) -> str | None:
    """The group that is too much by mere counting, if there is one."""
    kinds = {reader.id: reader.kind for reader in problem.readers}
    there: dict[int, list[str]] = {demand.id: [] for demand in problem.demands}
    for edge in problem.edges:
        there[edge.proposal].append(kinds[edge.reader])
    wanted = sum(demand.wanted for demand in problem.demands)
    if any(len(there[demand.id]) < demand.wanted for demand in problem.demands):
        return "demand"
    for kind, least in sorted(problem.mix.items()):
        if any(there[demand.id].count(kind) < min(least, demand.wanted) for demand in problem.demands):
            return f"mix:{kind}"
    if wanted > sum(reader.high for reader in problem.readers):
        return "high"
    return "low" if wanted < sum(reader.low for reader in problem.readers) else None


def main() -> None:
    """Read a problem, write the answer: how the worker runs it. It steps back behind the people at their pages."""
    if hasattr(os, "nice"):
        os.nice(10)
    answer = solve(Problem.read(sys.stdin.read()))
    json.dump(asdict(answer), sys.stdout)


if __name__ == "__main__":
    main()

"""The choice under a budget as an integer programme: which proposals, with how much, so that the merit is greatest.

Maximised is the sum over chosen proposals of merit x granted share, where merit is the adjusted score, or what it has
above the least acceptable score. A partly funded proposal counts for the part that it gets. Solved by HiGHS
(``scipy.optimize.milp``); a solver that is stopped says how far from the best its list can be at most.

What a condition costs is the merit gained when it alone is dropped. Where no list satisfies all conditions, a smallest
set of conditions that contradict each other is found by leaving them away one by one, and the cheapest relaxation by
letting each give way at a price in proportion to its size.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.selection.choices import Measure, Solution

MILLION = 1e6  # the solver works in millions of yen
GAP = 1e-6
SECONDS = 20.0  # for one solution
SECONDS_IN_ALL = 60.0  # for the prices of all conditions
SLACK = 1e-6

Tag = tuple[str, str]


@dataclass(frozen=True)
class Candidate:
    """One proposal: merit in points, yen asked by fiscal year, and how much of it belongs to which tag (0 to 1)."""

    id: int
    merit: float
    by_year: Mapping[int, int]
    tags: Mapping[Tag, float] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return sum(self.by_year.values())


@dataclass(frozen=True)
class Limit:
    """A floor or a cap: on the number of proposals, on yen (of one year, or of all), or on a percentage of the yen.

    ``tag`` narrows it to one group; None means all proposals. ``key`` names it in answers.
    """

    key: str
    measure: Measure
    low: float | None = None
    high: float | None = None
    tag: Tag | None = None
    year: int | None = None


@dataclass(frozen=True)
class Terms:
    """Every condition. ``least_share`` is the least part of what was asked, in percent; cuts are made in steps of yen."""

    limits: tuple[Limit, ...] = ()
    fixed_in: frozenset[int] = frozenset()
    fixed_out: frozenset[int] = frozenset()
    least_share: int = 100
    step_yen: int = 1_000_000

    def without(self, key: str) -> "Terms":
        """The same conditions but for one."""
        kind, _, which = key.partition(":")
        if kind == "in":
            return Terms(self.limits, self.fixed_in - {int(which)}, self.fixed_out, self.least_share, self.step_yen)
        if kind == "out":
            return Terms(self.limits, self.fixed_in, self.fixed_out - {int(which)}, self.least_share, self.step_yen)
        if kind == "partial":
            return Terms(self.limits, self.fixed_in, self.fixed_out, 100, self.step_yen)
        limits = tuple(limit for limit in self.limits if limit.key != key)
        return Terms(limits, self.fixed_in, self.fixed_out, self.least_share, self.step_yen)

    @property
    def keys(self) -> list[str]:
        fixed = [f"in:{i}" for i in sorted(self.fixed_in)] + [f"out:{i}" for i in sorted(self.fixed_out)]
        return [limit.key for limit in self.limits] + fixed


@dataclass(frozen=True)
class Choice:
    """A list: yen granted by proposal, the merit reached, and what no list can exceed (equal when optimal)."""

    verdict: Solution
    granted: Mapping[int, int] = field(default_factory=dict)
    merit: float = 0.0
    bound: float = 0.0


def share_of_year(candidate: Candidate, year: int, granted: int) -> float:
    """Yen of a grant that fall into one fiscal year: cuts fall on all years alike."""
    return candidate.by_year.get(year, 0) * granted / candidate.asked if candidate.asked else 0.0


class _Programme:
    """The programme's matrices; columns are x (chosen) and, with partial amounts, k (steps cut off)."""

    def __init__(self, candidates: Sequence[Candidate], terms: Terms) -> None:
        import numpy as np

        self.candidates, self.terms, self.n = candidates, terms, len(candidates)
        self.partial = terms.least_share < 100 and terms.step_yen > 0
        self.width = self.n * (2 if self.partial else 1)
        self.steps = np.array([self._steps(c) for c in candidates], dtype=float)
        self.asked = np.array([c.asked / MILLION for c in candidates])
        self.merit = self.columns(np.array([c.merit for c in candidates]), per_yen=True)
        self.rows: list[Any] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.owners: list[str] = []

    def _steps(self, candidate: Candidate) -> int:
        if not self.partial:
            return 0
        least = -(-candidate.asked * self.terms.least_share // 100)
        return max(0, (candidate.asked - least) // self.terms.step_yen)

    def columns(self, of_x: Any, *, per_yen: bool) -> Any:
        """A row's coefficients; with ``per_yen`` they shrink in proportion as the grant is cut."""
        import numpy as np

        if not self.partial:
            return of_x
        step = self.terms.step_yen / MILLION
        cut = np.divide(of_x * step, self.asked, out=np.zeros(self.n), where=self.asked > 0)
        return np.concatenate([of_x, -cut if per_yen else np.zeros(self.n)])

    def add(self, row: Any, low: float, high: float, owner: str) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)
        self.owners.append(owner)

    def limit(self, limit: Limit) -> None:
        import numpy as np

        weight = np.array([c.tags.get(limit.tag, 0.0) if limit.tag else 1.0 for c in self.candidates])
        low = -np.inf if limit.low is None else float(limit.low)
        high = np.inf if limit.high is None else float(limit.high)
        if limit.measure is Measure.number:
            self.add(self.columns((weight >= 0.5).astype(float), per_yen=False), low, high, limit.key)
            return
        yen = self.asked if limit.year is None else np.array(
            [c.by_year.get(limit.year, 0) / MILLION for c in self.candidates]
        )  # fmt: skip
        if limit.measure is Measure.yen:
            self.add(self.columns(weight * yen, per_yen=True), low / MILLION, high / MILLION, limit.key)
            return
        if limit.low is not None:
            self.add(self.columns((weight - low / 100) * yen, per_yen=True), 0.0, np.inf, limit.key)
        if limit.high is not None:
            self.add(self.columns((weight - high / 100) * yen, per_yen=True), -np.inf, 0.0, limit.key)

    def build(self) -> "_Programme":
        import numpy as np

        for limit in self.terms.limits:
            self.limit(limit)
        for i, candidate in enumerate(self.candidates):
            for wanted, keys, name in ((1.0, self.terms.fixed_in, "in"), (0.0, self.terms.fixed_out, "out")):
                if candidate.id in keys:
                    row = np.zeros(self.width)
                    row[i] = 1.0
                    self.add(row, wanted, wanted, f"{name}:{candidate.id}")
        return self

    def solve(self, seconds: float, elastic: bool = False) -> Any:
        """What ``milp`` answers. Elastic: every condition may give way, and the least is what is looked for."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array, eye_array, hstack, vstack

        m = len(self.rows)
        extra = 2 * m if elastic else 0
        rows = csr_array(np.array(self.rows).reshape(m, self.width)) if m else csr_array((0, self.width))
        blocks, lows, highs = [rows], [np.array(self.low)], [np.array(self.high)]
        if elastic:
            blocks = [hstack([rows, eye_array(m), -eye_array(m)])]
        if self.partial:  # nothing is cut off what is not chosen: k <= steps * x
            link = hstack([csr_array(np.diag(-self.steps)), eye_array(self.n)])
            blocks.append(hstack([link, csr_array((self.n, extra))]) if elastic else link)
            lows.append(np.full(self.n, -np.inf))
            highs.append(np.zeros(self.n))
        upper = np.concatenate([np.ones(self.n), self.steps if self.partial else [], np.full(extra, np.inf)])
        cost = np.concatenate([-self.merit, np.zeros(extra)])
        if elastic:
            size = [
                1 / max(1.0, *(abs(v) for v in pair if np.isfinite(v)))
                for pair in zip(self.low, self.high, strict=True)
            ]
            cost = np.concatenate([np.zeros(self.width), size, size])
        whole = np.concatenate([np.ones(self.width), np.zeros(extra)])
        return milp(
            cost, integrality=whole, bounds=Bounds(np.zeros(self.width + extra), upper),
            constraints=LinearConstraint(vstack(blocks).tocsr(), np.concatenate(lows), np.concatenate(highs)),
            options={"time_limit": max(seconds, 0.1), "mip_rel_gap": GAP},
        )  # fmt: skip


def choose(candidates: Sequence[Candidate], terms: Terms, seconds: float = SECONDS) -> Choice:
    """The best list under these conditions; the same input gives the same list."""
    if not candidates:
        return Choice(Solution.infeasible if terms.keys and terms.fixed_in else Solution.optimal)
    programme = _Programme(candidates, terms).build()
    found = programme.solve(seconds)
    if found.x is None:
        return Choice(Solution.infeasible if found.status == 2 else Solution.failed)
    granted = {}
    for i, candidate in enumerate(candidates):
        if found.x[i] > 0.5:
            cut = round(found.x[programme.n + i]) if programme.partial else 0
            granted[candidate.id] = candidate.asked - cut * terms.step_yen
    merit = merit_of(candidates, granted)
    bound = merit if found.status == 0 else max(merit, -float(found.mip_dual_bound or -math.inf))
    return Choice(Solution.optimal if found.status == 0 else Solution.stopped, granted, merit, bound)


def merit_of(candidates: Sequence[Candidate], granted: Mapping[int, int]) -> float:
    """Merit x granted share, added up: what the programme maximises, for any list."""
    return sum(c.merit * granted[c.id] / c.asked for c in candidates if c.id in granted and c.asked)


def prices(
    candidates: Sequence[Candidate], terms: Terms, best: Choice, seconds: float = SECONDS_IN_ALL
) -> dict[str, float]:
    """For each condition, the merit that is lost by it: what a list without it alone would reach, less ``best``.

    Conditions for which no time was left are missing from the answer.
    """
    until = time.monotonic() + seconds
    found: dict[str, float] = {}
    keys = [*terms.keys, *(["partial:"] if terms.least_share < 100 else [])]
    for i, key in enumerate(keys):
        left = until - time.monotonic()
        if left <= 0.2:
            break
        free = choose(candidates, terms.without(key), left / (len(keys) - i))
        if free.verdict is Solution.optimal:
            found[key] = round(free.merit - best.merit, 4)
    return found


def contradiction(candidates: Sequence[Candidate], terms: Terms, seconds: float = SECONDS) -> list[str]:
    """A smallest set of conditions that cannot hold together: drop any one of them, and the rest of the set can."""
    until = time.monotonic() + seconds
    for key in terms.keys:
        if time.monotonic() > until:
            break
        fewer = terms.without(key)
        if choose(candidates, fewer, until - time.monotonic()).verdict is Solution.infeasible:
            terms = fewer
    return terms.keys


def relaxation(candidates: Sequence[Candidate], terms: Terms, seconds: float = SECONDS) -> dict[str, float]:
    """By how much which conditions must give way at least, in proportion to their size: {key: amount}.

    Amounts are proposals or yen, positive where a cap rises and negative where a floor sinks; for a percentage they are
    the yen that are wanting. A proposal fixed in or out counts 1.
    """
    programme = _Programme(candidates, terms).build()
    found = programme.solve(seconds, elastic=True)
    if found.x is None:
        return {}
    m, kinds = len(programme.rows), {limit.key: limit.measure for limit in terms.limits}
    answer: dict[str, float] = {}
    for j, key in enumerate(programme.owners):
        short, over = found.x[programme.width + j], found.x[programme.width + m + j]
        amount = over - short
        if abs(amount) > SLACK:
            unit = 1 if kinds.get(key, Measure.number) is Measure.number else MILLION
            answer[key] = answer.get(key, 0.0) + round(amount * unit)
    return answer

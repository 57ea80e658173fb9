"""What an assignment is made from, and what it is worth. Plain data: the solver's own process knows nothing else."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

FREE, HELD, FIXED = 0, 1, 2  # a new pair; one that exists and may be given up; one on which work was done


@dataclass(frozen=True)
class Demand:
    """A proposal and how many reviews it wants, those that exist included."""

    id: int
    wanted: int


@dataclass(frozen=True)
class Reader:
    """A reviewer: kind, least and most reviews in this round, and reviews that wait elsewhere (they only crowd)."""

    id: int
    kind: str
    low: int
    high: int
    elsewhere: int = 0


class Edge(NamedTuple):
    """A pair that is allowed, with its value in points; pairs that are not here cannot be made."""

    proposal: int
    reader: int
    value: int
    state: int = FREE


@dataclass(frozen=True)
class Problem:
    """Everything that an assignment depends on. ``mix`` says how many of a kind each proposal needs at least."""

    demands: tuple[Demand, ...]
    readers: tuple[Reader, ...]
    edges: tuple[Edge, ...]
    mix: Mapping[str, int] = field(default_factory=dict)
    bad: tuple[tuple[int, int], ...] = ()
    removal: int = 0
    crowding: int = 0

    @classmethod
    def read(cls, text: str) -> "Problem":
        """From the JSON that ``written`` makes."""
        data = json.loads(text)
        return cls(
            tuple(Demand(*row) for row in data["demands"]), tuple(Reader(*row) for row in data["readers"]),
            tuple(Edge(*row) for row in data["edges"]), data["mix"], tuple((a, b) for a, b in data["bad"]),
            data["removal"], data["crowding"],
        )  # fmt: skip

    def written(self) -> str:
        return json.dumps(
            {
                "demands": [[d.id, d.wanted] for d in self.demands],
                "readers": [[r.id, r.kind, r.low, r.high, r.elsewhere] for r in self.readers],
                "edges": [[e.proposal, e.reader, e.value, e.state] for e in self.edges],
                "mix": dict(self.mix), "bad": [list(pair) for pair in self.bad],
                "removal": self.removal, "crowding": self.crowding,
            }
        )  # fmt: skip


@dataclass(frozen=True)
class Breach:
    """A condition that gives way: of which kind, of what (a proposal's or a person's key), by how much.

    ``extra`` names the kind of reviewer that is missing, or the two people of a bad pair.
    """

    kind: str
    id: int
    by: int
    extra: str = ""


@dataclass(frozen=True)
class Answer:
    """``verdict`` is optimal, stopped (by the clock), infeasible or failed. ``bound`` is what no assignment exceeds."""

    verdict: str
    pairs: tuple[tuple[int, int], ...] = ()
    merit: float = 0.0
    bound: float = 0.0
    contradiction: tuple[str, ...] = ()
    breaches: tuple[Breach, ...] = ()


def merit_of(problem: Problem, pairs: Collection[tuple[int, int]]) -> int:
    """What the programme maximises, for any set of pairs."""
    chosen, total = set(pairs), 0
    loads: dict[int, int] = defaultdict(int)
    for edge in problem.edges:
        if (edge.proposal, edge.reader) in chosen:
            total += edge.value
            loads[edge.reader] += 1
        elif edge.state == HELD:
            total -= problem.removal
    for reader in problem.readers:
        total -= problem.crowding * sum(reader.elsewhere + i for i in range(1, loads[reader.id] + 1))
    return total


def breaches(problem: Problem, pairs: Iterable[tuple[int, int]]) -> list[Breach]:
    """Every condition that a set of pairs does not keep."""
    by_proposal: dict[int, set[int]] = defaultdict(set)
    loads: dict[int, int] = defaultdict(int)
    for proposal, key in set(pairs):
        by_proposal[proposal].add(key)
        loads[key] += 1
    kinds = {reader.id: reader.kind for reader in problem.readers}
    found = []
    for demand in problem.demands:
        there = by_proposal[demand.id]
        if len(there) != demand.wanted:
            found.append(Breach("demand", demand.id, demand.wanted - len(there)))
        for kind, least in sorted(problem.mix.items()):
            short = min(least, demand.wanted) - sum(kinds.get(key) == kind for key in there)
            if short > 0:
                found.append(Breach("mix", demand.id, short, kind))
        found += [Breach("bad", demand.id, 1, f"{a}:{b}") for a, b in problem.bad if a in there and b in there]
    for person in problem.readers:
        if loads[person.id] > person.high:
            found.append(Breach("high", person.id, loads[person.id] - person.high))
        if loads[person.id] < person.low:
            found.append(Breach("low", person.id, person.low - loads[person.id]))
    return found


def sound(problem: Problem) -> Problem:
    """Existing work is never taken away: what it uses already is allowed, whatever the parameters say."""
    wanted: dict[int, int] = defaultdict(int)
    loads: dict[int, int] = defaultdict(int)
    for edge in problem.edges:
        if edge.state == FIXED:
            wanted[edge.proposal] += 1
            loads[edge.reader] += 1
    return Problem(
        tuple(Demand(d.id, max(d.wanted, wanted[d.id])) for d in problem.demands),
        tuple(Reader(r.id, r.kind, r.low, max(r.high, loads[r.id]), r.elsewhere) for r in problem.readers),
        problem.edges, problem.mix, problem.bad, problem.removal, problem.crowding,
    )  # fmt: skip

"""The quick way to an assignment, for a look at once; no numpy, no scipy."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from .problem import FIXED, HELD, Answer, Edge, Problem, Reader, breaches, merit_of, sound


def preview(problem: Problem) -> Answer:
    """A good assignment at once: in rounds, each proposal takes the best reader left, those with the fewest first.

    It keeps loads, bad pairs and existing pairs; a proposal for which nothing is left stays short.
    """
    problem = sound(problem)
    choices: dict[int, list[Edge]] = defaultdict(list)
    for edge in problem.edges:
        choices[edge.proposal].append(edge)
    readers = {reader.id: reader for reader in problem.readers}
    loads = dict.fromkeys(readers, 0)
    taken: dict[int, list[int]] = {demand.id: [] for demand in problem.demands}
    wanted = {demand.id: demand.wanted for demand in problem.demands}
    foes: dict[int, set[int]] = defaultdict(set)
    for a, b in problem.bad:
        foes[a].add(b)
        foes[b].add(a)
    for state in (FIXED, HELD):  # what exists comes first
        for edge in problem.edges:
            if edge.state != state:
                continue
            mine = taken[edge.proposal]
            room = loads[edge.reader] < readers[edge.reader].high and len(mine) < wanted[edge.proposal]
            if state == FIXED or (room and foes[edge.reader].isdisjoint(mine)):
                mine.append(edge.reader)
                loads[edge.reader] += 1
    order = sorted(problem.demands, key=lambda demand: (len(choices[demand.id]), demand.id))
    for _round in range(max((demand.wanted for demand in problem.demands), default=0)):
        for demand in order:
            mine = taken[demand.id]
            if len(mine) >= demand.wanted:
                continue
            best = _best(problem, choices[demand.id], mine, demand.wanted - len(mine), readers, loads, foes)
            if best is not None:
                mine.append(best)
                loads[best] += 1
    pairs = tuple(sorted((proposal, reader) for proposal, chosen in taken.items() for reader in chosen))
    merit = merit_of(problem, pairs)
    return Answer("preview", pairs, merit, math.inf, (), tuple(breaches(problem, pairs)))


def _best(
    problem: Problem, choices: Sequence[Edge], mine: Sequence[int], left: int, readers: Mapping[int, Reader],
    loads: Mapping[int, int], foes: Mapping[int, set[int]],
) -> int | None:  # fmt: skip
    """The reader worth most now; the last places are for kinds that are still missing."""
    missing = []
    for kind, least in problem.mix.items():
        missing += [kind] * max(0, least - sum(readers[reader].kind == kind for reader in mine))
    only = set(missing) if len(missing) >= left else None
    best, worth = None, -math.inf
    for edge in choices:
        reader = readers[edge.reader]
        load = loads[edge.reader]
        if load >= reader.high or (only is not None and reader.kind not in only):
            continue
        value = edge.value - problem.crowding * (reader.elsewhere + load + 1) + (load < reader.low)
        if value > worth and edge.reader not in mine and foes.get(edge.reader, set()).isdisjoint(mine):
            best, worth = edge.reader, value
    return best

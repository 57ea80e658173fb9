"""The order of an agenda: people with a conflict leave the room, and come back, as rarely as possible."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

Away = frozenset[int]  # who has to be outside during an item
#: Up to so many different circles of people outside, the best order is computed; beyond, a good one is looked for.
EXACT_UP_TO = 11
_SEED = 20060401  # the same agenda always gets the same order
_ATTEMPTS, _WORK = 12, 600  # beginnings that are tried; fewer for long agendas, so that a hundred items take seconds
_NOBODY: Away = frozenset()


def changes(order: Sequence[int], away: Mapping[int, Away]) -> int:
    """How many times somebody leaves or comes back, all in the room before the first item and after the last."""
    circles = [away.get(key, _NOBODY) for key in order]
    return _length(circles)


def _length(circles: Sequence[Away]) -> int:
    return sum(len(one ^ other) for one, other in pairwise([_NOBODY, *circles, _NOBODY]))


def arrange(keys: Sequence[int], away: Mapping[int, Away]) -> list[int]:
    """The same items in an order with few changes: the fewest there can be for up to EXACT_UP_TO different circles.

    Items for which the same people are outside stay together in the order given (nothing is gained by parting them:
    the number of changes between two circles is a distance), and an order that is no better than the given one is
    left as it is.
    """
    groups: dict[Away, list[int]] = {}
    for key in keys:
        groups.setdefault(away.get(key, _NOBODY), []).append(key)
    circles = list(groups)
    best = _exact(circles) if len(circles) <= EXACT_UP_TO else _search(circles)
    found = [key for circle in best for key in groups[circle]]
    return found if changes(found, away) < changes(keys, away) else list(keys)


def _exact(circles: Sequence[Away]) -> list[Away]:
    """Held and Karp: the cheapest way through all circles, by the set of those visited and the last one."""
    n = len(circles)
    if n < 2:
        return list(circles)
    apart = [[len(one ^ other) for other in circles] for one in circles]
    cost: dict[tuple[int, int], tuple[int, int]] = {(1 << i, i): (len(circles[i]), -1) for i in range(n)}
    for visited in range(1, 1 << n):
        for last in range(n):
            found = cost.get((visited, last))
            if found is None:
                continue
            for after in range(n):
                if not visited >> after & 1:
                    key, price = (visited | 1 << after, after), found[0] + apart[last][after]
                    if key not in cost or price < cost[key][0]:
                        cost[key] = (price, last)
    everything = (1 << n) - 1
    last = min(range(n), key=lambda i: (cost[everything, i][0] + len(circles[i]), i))
    way = []
    visited = everything
    while last >= 0:
        way.append(last)
        visited, last = visited & ~(1 << last), cost[visited, last][1]
    return [circles[i] for i in reversed(way)]


def _search(circles: Sequence[Away]) -> list[Away]:
    """Nearest neighbours from several beginnings, each mended by turning and moving stretches; the best one."""
    chance = Random(_SEED)  # noqa: S311 - an order, no secret
    attempts = min(_ATTEMPTS, max(2, _WORK // len(circles)))
    starts = sorted(range(len(circles)), key=lambda i: (len(circles[i]), i))[: attempts // 2]
    starts += [chance.randrange(len(circles)) for _ in range(attempts - len(starts))]
    found = [_mended(_nearest(circles, start)) for start in dict.fromkeys(starts)]
    return min(found, key=_length)


def _nearest(circles: Sequence[Away], start: int) -> list[Away]:
    left = list(circles)
    way = [left.pop(start)]
    while left:
        way.append(left.pop(min(range(len(left)), key=lambda i: (len(way[-1] ^ left[i]), i))))
    return way


def _mended(way: list[Away]) -> list[Away]:
    """2-opt and Or-opt until neither helps; the empty room stands at both ends."""
    path = [_NOBODY, *way, _NOBODY]
    while _turn(path) or _shift(path):
        pass
    return path[1:-1]


def _apart(one: Away, other: Away) -> int:
    return len(one ^ other)


def _turn(path: list[Away]) -> bool:
    """Turn the first stretch round that makes the way shorter."""
    for i in range(1, len(path) - 2):
        for j in range(i + 1, len(path) - 1):
            now = _apart(path[i - 1], path[i]) + _apart(path[j], path[j + 1])
            if _apart(path[i - 1], path[j]) + _apart(path[i], path[j + 1]) < now:
                path[i : j + 1] = path[i : j + 1][::-1]
                return True
    return False


def _shift(path: list[Away]) -> bool:
    """Move the first stretch of one to three that makes the way shorter elsewhere."""
    for size in (1, 2, 3):
        for i in range(1, len(path) - size):
            piece, rest = path[i : i + size], path[:i] + path[i + size :]
            saved = (
                _apart(path[i - 1], piece[0]) + _apart(piece[-1], path[i + size]) - _apart(path[i - 1], path[i + size])
            )
            for at in range(1, len(rest)):
                price = _apart(rest[at - 1], piece[0]) + _apart(piece[-1], rest[at]) - _apart(rest[at - 1], rest[at])
                if at != i and price < saved:
                    path[:] = rest[:at] + piece + rest[at:]
                    return True
    return False

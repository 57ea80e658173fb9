"""CR-14 and ADR 8: what blocks of years give away, by brute force over small portfolios."""

import random
from itertools import combinations, product

import pytest

from app.analytics.definitions import Count
from app.analytics.definitions.disclosure import (
    ABSENT,
    FEWEST,
    NO,
    UNKNOWN,
    YES,
    Atom,
    few,
    is_safe,
    lattice,
    suppress,
)

Unit = tuple[Atom, tuple[str, ...]]


def a_portfolio(seed: int) -> tuple[list[Unit], int]:
    """Units with three aspects, of which the second lies within the first and the third holds the first; in every
    other portfolio the third counts only the earlier years (another as-of day)."""
    dice = random.Random(seed)
    years = range(2000, 2000 + dice.randint(1, 6))
    weights = [dice.random() for _ in range(3)]
    units: list[Unit] = []
    for _ in range(dice.choice([0, 2, 5, 8, 15, 40, 120])):
        atom = (dice.choice(["a", "a", "b"]), dice.choice(years))
        first = dice.choices([YES, UNKNOWN, NO], weights)[0]
        second = dice.choice([YES, NO]) if first == YES else first
        third = dice.choice([first, first, YES]) if first != YES else YES
        if seed % 2 and atom[1] > 2002:
            third = ABSENT
        units.append((atom, (first, second, third)))
    return units, 3


def answers(units: list[Unit], aspects: int) -> list[tuple[int, frozenset[Atom], frozenset[int], frozenset[int]]]:
    """Everything that can be asked for and is answered: any years in a row, of either programme or of both; with the
    units that were asked for and those that are yes."""
    kinds: dict[Unit, int] = {}
    for unit in units:
        kinds[unit] = kinds.get(unit, 0) + 1
    walls = len(units) % 3  # in every third portfolio, years from 2003 on stand apart
    found, told = lattice(kinds, aspects, lambda atom: (atom[0], atom[1] >= 2003 and not walls)), []
    for aspect, programmes in product(range(aspects), (["a"], ["b"], ["a", "b"])):
        for first in range(1999, 2007):
            for last in range(first, 2007):
                asked = frozenset((p, y) for p in programmes for y in range(first, last + 1))
                if found.parts(aspect, asked) is None:
                    continue
                inside = {n for n, (atom, v) in enumerate(units) if atom in asked and v[aspect] != ABSENT}
                yes = {n for n in inside if units[n][1][aspect] == YES}
                count = found.count(aspect, asked)
                assert (count.yes, count.total) == (len(yes), len(inside))
                assert is_safe(count)
                told.append((aspect, asked, frozenset(inside), frozenset(yes)))
    return told


@pytest.mark.parametrize("seed", range(120))
def test_no_two_answers_tell_of_a_handful(seed: int) -> None:
    units, aspects = a_portfolio(seed)
    told = list(
        {(a, inside, yes): (a, asked, inside, yes) for a, asked, inside, yes in answers(units, aspects)}.values()
    )
    for one, other in product(told, told):
        (a, _q, inside, yes), (b, _r, inside_b, yes_b) = one, other
        if not inside_b <= inside:
            continue
        left = inside - inside_b
        if a == b and left:  # the records by which two populations differ, as a cell of their own
            k = len(yes - yes_b)
            assert k >= FEWEST and len(left) - k >= FEWEST
        if a != b and yes_b <= yes and (b, a) in ((1, 0), (0, 2), (1, 2)):  # it is known that one holds the other
            assert not few(len(yes - yes_b))
        if a != b and inside == inside_b and yes_b <= yes:  # or it just happens to
            assert not few(len(yes - yes_b))
        unknown = {n for n in inside if units[n][1][a] == UNKNOWN}
        unknown_b = {n for n in inside_b if units[n][1][b] == UNKNOWN}
        if (a == b or inside == inside_b) and unknown_b <= unknown:
            assert not few(len(unknown - unknown_b))


def test_three_answers_do_not_tell_more() -> None:
    """Sums and differences of any three answers of one aspect are still made of whole blocks."""
    for seed in range(0, 120, 7):
        units, aspects = a_portfolio(seed)
        told = answers(units, aspects)
        for aspect in range(aspects):
            sets = {inside: yes for a, _q, inside, yes in told if a == aspect}
            for x, y, z in combinations(sets, 3):
                left = (x | y) - z
                yes = (sets[x] | sets[y]) - z
                assert not left or (len(yes) >= FEWEST and len(left) - len(yes) >= FEWEST)


def test_large_years_are_told_one_by_one_and_small_ones_joined() -> None:
    many = {(("a", year), (verdict,)): 50 for year in (2000, 2001) for verdict in (YES, NO)}
    few_more = {(("a", 2002), (YES,)): 2, (("a", 2002), (NO,)): 9, (("b", 2000), (YES,)): 1}
    found = lattice({**many, **few_more}, 1)
    assert found.parts(0, frozenset({("a", 2000)})) is not None
    assert found.parts(0, frozenset({("a", 2002)})) is None and found.parts(0, frozenset({("b", 2000)})) is None
    later = frozenset({("a", 2001), ("a", 2002)})
    assert found.count(0, later) == Count(52, 0, 59) and found.parts(0, later) is not None
    everything = later | {("a", 2000), ("b", 2000)}
    assert found.parts(0, everything) is None and found.parts(0, everything - {("b", 2000)}) is not None
    walled = lattice({**many, **few_more}, 1, lambda atom: (atom[0], atom[1] > 2001))
    assert walled.parts(0, frozenset({("a", 2001)})) is not None and walled.parts(0, later) is None


def test_nothing_at_all_where_the_whole_is_too_small() -> None:
    found = lattice({(("a", 2000), (YES,)): 2, (("a", 2001), (NO,)): 30}, 1)
    assert found.blocks == ((),)


def test_an_aspect_that_cannot_be_told_apart_is_left_out_and_the_next_is_not() -> None:
    """The second differs from the first by one unit everywhere; the third by many."""
    units = {
        (("a", 2000), (YES, YES, NO)): 10,
        (("a", 2000), (YES, NO, YES)): 1,
        (("a", 2000), (NO, NO, YES)): 20,
        (("a", 2000), (NO, NO, NO)): 10,
    }
    first, second, third = lattice(units, 3).blocks
    assert first and not second and third


@pytest.mark.parametrize("seed", range(60))
def test_a_table_with_its_total_cannot_be_filled_in(seed: int) -> None:
    dice = random.Random(seed)
    rows = [(n, Count(dice.randint(0, 8), dice.choice([0, 0, 3, 1]), dice.randint(0, 8))) for n in range(7)]
    shown = suppress(rows)
    hidden = [count for (_n, count), (_m, seen) in zip(rows, shown, strict=True) if seen is None]
    assert all(seen is None or is_safe(seen) for _n, seen in shown)
    if hidden and len(hidden) < len([1 for _n, c in rows if c.total]):
        missing = Count(sum(c.yes for c in hidden), sum(c.unknown for c in hidden), sum(c.no for c in hidden))
        assert is_safe(missing)

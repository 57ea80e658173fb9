"""CR-14 against differencing: everything that is public, on small random portfolios, taken together by brute force."""

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from app.analytics.definitions import Verdict
from app.publishing.definitions import disclosure
from app.publishing.definitions.disclosure import Cell, Ledger, admitted, cell, would_tell, years_shown

Y, N, U = Verdict.yes, Verdict.no, Verdict.unknown


def reachable(cells: list[Cell], keys: list[str]) -> set[frozenset[str]]:
    """Every one and every two units whose number is a combination of public numbers, by Gauss over fractions."""
    rows: list[tuple[int, list[Fraction]]] = []

    def reduced(row: list[Fraction]) -> list[Fraction]:
        for pivot, known in rows:
            if row[pivot]:
                factor = row[pivot]
                row = [a - factor * b for a, b in zip(row, known, strict=True)]
        return row

    for part in (part for one in cells for part in one.parts if part):
        row = reduced([Fraction(int(key in part)) for key in keys])
        pivot = next((place for place, value in enumerate(row) if value), None)
        if pivot is not None:
            row = [value / row[pivot] for value in row]
            rows[:] = [(p, [a - r[pivot] * b for a, b in zip(r, row, strict=True)]) for p, r in rows]
            rows.append((pivot, row))
    found = set()
    for size in (1, 2):
        for chosen in combinations(range(len(keys)), size):
            if not any(reduced([Fraction(int(place in chosen)) for place in range(len(keys))])):
                found.add(frozenset(keys[place] for place in chosen))
    return found


def differences(cells: list[Cell]) -> list[int]:
    """Every difference that somebody would try: of two public cells, of the larger less any two that lie apart in it."""
    parts = list({part for one in cells for part in (*one.parts, frozenset().union(*one.parts)) if part})
    found = [len(a) - len(b) for a in parts for b in parts if b < a]
    found += [
        len(a) - len(b) - len(c)
        for a in parts
        for b, c in combinations([part for part in parts if part < a], 2)
        if not b & c
    ]
    return found


def portfolio(draw: Random) -> tuple[list[str], list[Cell]]:
    """Projects of three years under nested levels, at two days, now and after a correction."""
    keys = [f"p{n}" for n in range(draw.randrange(8, 24))]
    year = {key: draw.randrange(3) for key in keys}
    level = {key: draw.choice((None, 0, 0, 1, 2, 3)) for key in keys}
    wanted = []
    for told in range(draw.randrange(1, 5)):
        asked, years = draw.randrange(1, 4), draw.choice(([0, 1], [1, 2], [0, 1, 2]))
        inside = [key for key in keys if year[key] in years]
        verdict = {key: U if level[key] is None else Y if (level[key] or 0) >= asked else N for key in inside}
        wanted.append(cell(f"F{told}", "project", verdict.items()))
        wanted += [cell(f"F{told}", "project", ((k, verdict[k]) for k in inside if year[k] == y)) for y in years]
        if draw.random() < 0.4:
            level[draw.choice(keys)] = draw.choice((0, 3))
    return [f"project:{key}" for key in keys], wanted


def test_what_is_told_is_what_brute_force_finds() -> None:
    for seed in range(60):
        keys, cells = portfolio(Random(seed))
        ledger = Ledger(cells)
        ledger.publish(cells)
        brute, told = reachable(cells, keys), ledger.state[2]
        alone = {key for units in told if len(units) == 1 for key in units}
        assert told <= brute, seed
        assert all(units in told or units <= alone for units in brute), seed


def test_no_difference_of_what_is_let_out_is_one_or_two() -> None:
    """Cells are let out one by one, as figures and the tables of reports are; nothing small can be reckoned from them."""
    let_out = 0
    for seed in range(150):
        keys, wanted = portfolio(Random(seed))
        shown = [one for one, fits in zip(wanted, admitted([], wanted), strict=True) if fits]
        let_out += len(shown)
        assert not reachable(shown, keys), seed
        assert not {1, 2} & set(differences(shown)), seed
    assert let_out > 100


def test_years_beside_their_total() -> None:
    def year(name: int, yes: int, no: int) -> tuple[int, Cell]:
        verdicts = [(f"{name}-{n}", Y if n < yes else N) for n in range(yes + no)]
        return name, cell("", "project", verdicts)

    def shown(*years: tuple[int, Cell]) -> tuple[int, ...]:
        total = Cell("", tuple(frozenset().union(*(one.parts[n] for _y, one in years)) for n in range(3)))
        ledger = Ledger([total, *(one for _year, one in years)])
        ledger.publish([total])
        return years_shown(ledger, years)

    assert shown(year(2003, 4, 4), year(2004, 3, 5)) == (2003, 2004)
    # one is small, so a second one hides with it; the largest stays
    assert shown(year(2003, 1, 5), year(2004, 4, 4), year(2005, 8, 9)) == (2005,)
    # the hidden ones would all be "no": that is told of each of them
    assert shown(year(2003, 0, 5), year(2004, 4, 4), year(2005, 8, 9)) == (2005,)


def test_one_project_between_an_old_figure_and_its_successor() -> None:
    """The older one stays readable for ever: what came between them must be nobody or at least three."""
    old = cell("F1", "project", [(f"p{n}", Y if n < 4 else N) for n in range(12)])
    one_more = cell("F2", "project", [(f"p{n}", Y if n < 5 else N) for n in range(12)])
    three_more = cell("F2", "project", [(f"p{n}", Y if n < 7 else N) for n in range(12)])
    assert would_tell([old], [one_more]) == ["F1"]
    assert would_tell([old], [three_more]) == would_tell([old], [old]) == []
    # two wider figures that tell only together: a third population is their difference
    west = cell("F3", "project", [(f"p{n}", Y if n < 4 else N) for n in range(10)])
    assert would_tell([old, three_more], [west]) and would_tell([], [west]) == []
    tiny = cell("F4", "project", [("a", Y), ("b", N)])
    assert would_tell([], [tiny]) == ["F4"]


@pytest.mark.parametrize("seed", range(3))
def test_what_a_report_told_is_kept_whole(seed: int) -> None:
    _keys, cells = portfolio(Random(seed))
    cells.append(Cell("curve", (frozenset(), frozenset({"project:p1"})), strict=False))
    data = disclosure.packed(cells)
    assert disclosure.unpacked(data) == cells and disclosure.packed(cells) == data

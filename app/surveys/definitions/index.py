"""Benchmark index (CR-16): firms present in all years, against their industries re-weighted to the firms' own mix.

``I_t = Σ_i x_it / Σ_i x_i0`` over the firms that have a figure in every year; ``B_t = Σ_j w_j · (b_jt / b_j0)``, where
``w_j`` is industry j's share of the firms' sum in the base year. If each firm had moved as its industry did, the two
would be equal: that is what this weighting is for. All amounts are nominal.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.analytics.definitions.disclosure import FEWEST

#: Outside the office no index is shown in which one firm holds more of the base year than this.
GREATEST_SHARE = Fraction(4, 5)


@dataclass(frozen=True)
class Firm:
    """One firm: its industry code (None: not known), and its figure by fiscal year (a missing year is missing)."""

    key: str
    industry: str | None
    large: bool
    values: Mapping[int, int]


@dataclass(frozen=True)
class Industry:
    """One industry among the firms: how many, their base-year sum, its weight (None: no usable series)."""

    code: str
    firms: int
    base: int
    weight: Fraction | None


@dataclass(frozen=True)
class Point:
    """One year: the firms' index, the industries' (None where there is none), and how many firms have a figure."""

    year: int
    firms: Fraction | None
    benchmark: Fraction | None
    present: int


@dataclass(frozen=True)
class Index:
    """The answer, with everything that must stand beside it (CR-16)."""

    base: int
    points: tuple[Point, ...]
    panel: tuple[Firm, ...]
    candidates: int  # with a figure in the base year
    left_out: int  # large firms that would otherwise be candidates
    industries: tuple[Industry, ...]
    covered: Fraction | None  # share of the base-year sum whose industry has a series

    @property
    def lost(self) -> int:
        return self.candidates - len(self.panel)

    @property
    def lost_share(self) -> float | None:
        return self.lost / self.candidates if self.candidates else None

    @property
    def may_tell(self) -> bool:
        """Are the firms enough, and none of them so great that the index is its own (CR-14)?"""
        base = [abs(firm.values[self.base]) for firm in self.panel]
        few_lost = 0 < self.lost < FEWEST
        return len(base) >= FEWEST and not few_lost and max(base) <= GREATEST_SHARE * sum(base)


def industry_of(jsic: str | None, known: Sequence[str]) -> str | None:
    """The most detailed of the known industry codes that the firm's code lies in. A code is a division's letter, digits,
    or both; which digits belong to which letter depends on the revision and is not guessed."""
    if not jsic:
        return None
    letter, digits = _parts(jsic)

    def fits(code: str) -> bool:
        its_letter, its_digits = _parts(code)
        if its_digits:
            return digits.startswith(its_digits)
        return bool(its_letter) and its_letter == letter

    return max((code for code in known if fits(code)), key=lambda code: (len(_parts(code)[1]), code), default=None)


def _parts(code: str) -> tuple[str, str]:
    return (code[:1], code[1:]) if code[:1].isalpha() else ("", code)


def index(
    firms: Sequence[Firm],
    series: Mapping[str, Mapping[int, int]],
    years: Sequence[int],
    base: int,
    *,
    with_large: bool = False,
    without: frozenset[str] = frozenset(),
) -> Index:
    """Firms against industries over ``years`` (which hold ``base``), without the industries in ``without`` (S052).

    There is no index where the firms' base-year sum is not positive: a ratio to a loss says nothing.
    """
    asked = [firm for firm in firms if firm.industry not in without]
    candidates = [firm for firm in asked if base in firm.values and (with_large or not firm.large)]
    large = sum(firm.large and base in firm.values for firm in asked)
    panel = tuple(firm for firm in candidates if all(year in firm.values for year in years))
    total = sum(firm.values[base] for firm in panel)
    industries, covered = _weights(panel, series, years, base, total)
    present = Counter(year for firm in asked if with_large or not firm.large for year in firm.values)
    points = tuple(
        Point(
            year,
            Fraction(sum(firm.values[year] for firm in panel), total) if total > 0 else None,
            _benchmark(industries, series, year, base),
            present[year],
        )
        for year in years
    )
    return Index(base, points, panel, len(candidates), 0 if with_large else large, industries, covered)


def _weights(
    panel: Sequence[Firm], series: Mapping[str, Mapping[int, int]], years: Sequence[int], base: int, total: int
) -> tuple[tuple[Industry, ...], Fraction | None]:
    """Each industry's share of the base-year sum, made to add up to one over those that have a usable series."""
    sums: dict[str, int] = defaultdict(int)
    numbers: Counter[str] = Counter()
    for firm in panel:
        sums[firm.industry or ""] += firm.values[base]
        numbers[firm.industry or ""] += 1

    def usable(code: str) -> bool:
        there = series.get(code, {})
        return sums[code] > 0 and there.get(base, 0) > 0 and all(year in there for year in years)

    whole = sum(sums[code] for code in sums if usable(code))
    rows = tuple(
        Industry(code, numbers[code], sums[code], Fraction(sums[code], whole) if whole and usable(code) else None)
        for code in sorted(sums)
    )
    return rows, Fraction(whole, total) if total > 0 else None


def _benchmark(
    rows: Sequence[Industry], series: Mapping[str, Mapping[int, int]], year: int, base: int
) -> Fraction | None:
    weighted = [row for row in rows if row.weight is not None]
    if not weighted:
        return None
    return sum(
        (row.weight * Fraction(series[row.code][year], series[row.code][base]) for row in weighted if row.weight),
        Fraction(0),
    )

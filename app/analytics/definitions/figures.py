"""Figures besides the plain rate: each a frozen question, an answer, and the answer as plain data (``data()``)."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.analytics.definitions.answers import Count, Rate, words
from app.analytics.definitions.questions import Commercialization, Participation, Question, Reference
from app.analytics.estimators import Difference, Point, Spread, newcombe, wilson
from app.core.i18n import Bilingual

#: CR-2: years since completion that are set side by side.
LAGS = (0, 1, 3, 5)
#: CR-6: the curve is not drawn where fewer are at risk.
FEWEST_AT_RISK = 10
#: CR-3: below this response the bounds come first.
GOOD_RESPONSE = 0.8


class Dimension(StrEnum):
    """By what a rate is broken down."""

    year = "year"
    region = "region"
    field = "field"
    size = "size"
    cluster = "cluster"

    @property
    def label(self) -> Bilingual:
        return {
            "year": Bilingual("fiscal year", "年度"),
            "region": Bilingual("region", "地域"),
            "field": Bilingual("field", "分野"),
            "size": Bilingual("kind of company", "企業区分"),
            "cluster": Bilingual("cluster", "クラスター"),
        }[self.value]


@dataclass(frozen=True)
class Breakdown:
    """A rate by one dimension."""

    of: Question
    by: Dimension

    @property
    def overlaps(self) -> bool:
        """Does one record stand in several rows, so that rows do not add up to the whole (PR-14)?"""
        if self.by in (Dimension.field, Dimension.cluster):
            return True
        return (self.by is Dimension.size and self.of.rule.rows == "project") or (
            self.by is Dimension.year and self.of.rule.id == "PR-4"
        )


@dataclass(frozen=True)
class Part:
    """One row of a breakdown, as a condition on the list behind it; an empty value is “not recorded”."""

    by: Dimension
    value: str


@dataclass(frozen=True)
class Within:
    """One cell of the cohort triangle, as a condition on the list behind it: reached by year t."""

    cohort: int
    t: int


@dataclass(frozen=True)
class BrokenDown:
    question: Breakdown
    rows: tuple[tuple[str, Count], ...]

    def data(self) -> dict[str, Any]:
        rows = [{"value": v, "yes": c.yes, "unknown": c.unknown, "no": c.no, "rate": c.rate} for v, c in self.rows]
        asked = words(self.question.of)
        return {**asked, "by": self.question.by.value, "rows_overlap": self.question.overlaps, "rows": rows}


@dataclass(frozen=True)
class TimeOrder:
    """PR-13: of the units that are yes, who had joined by the day of adoption and who joined only afterwards."""

    of: Participation


@dataclass(frozen=True)
class Ordered:
    """Projects, and places, that count as members at the reference."""

    question: TimeOrder
    projects_before: int
    projects_after: int
    places_before: int
    places_after: int

    def data(self) -> dict[str, Any]:
        return words(self.question.of) | {key: value for key, value in asdict(self).items() if key != "question"}


@dataclass(frozen=True)
class Chance:
    """PR-11: what PR-1 would be were members spread over the projects at random."""

    of: Participation


@dataclass(frozen=True)
class ByChance:
    question: Chance
    mean_companies: float
    member_share: float
    expected: float

    def data(self) -> dict[str, Any]:
        return words(self.question.of) | {key: value for key, value in asdict(self).items() if key != "question"}


@dataclass(frozen=True)
class Levels:
    """Every level at every lag side by side (CR-2, CR-3)."""

    of: Commercialization
    lags: tuple[int, ...] = LAGS


@dataclass(frozen=True)
class LevelsAnswered:
    question: Levels
    rates: tuple[tuple[int, tuple[Rate, ...]], ...]

    def at(self, lag: int) -> tuple[Rate, ...]:
        return dict(self.rates)[lag]

    def data(self) -> dict[str, Any]:
        return {"rates": [rate.data() for _lag, rates in self.rates for rate in rates]}


@dataclass(frozen=True)
class Standing:
    """CR-9: ever reached, and still there at the last word."""

    of: Commercialization


@dataclass(frozen=True)
class StandingAnswered:
    question: Standing
    due: int
    ever: int
    still: int

    def data(self) -> dict[str, Any]:
        low, high = wilson(self.still, self.due) or (None, None)
        found = {"due": self.due, "ever": self.ever, "still": self.still, "still_interval": {"low": low, "high": high}}
        return words(self.question.of) | found


@dataclass(frozen=True)
class Curve:
    """Cumulative incidence with a bootstrap band (CR-4, CR-6)."""

    of: Commercialization
    fewest: int = FEWEST_AT_RISK


@dataclass(frozen=True)
class CurveDrawn:
    question: Curve
    points: tuple[Point, ...]
    band: tuple[tuple[float, float], ...]

    @property
    def drawn(self) -> tuple[tuple[Point, tuple[float, float]], ...]:
        """The years up to the first in which too few are at risk, with the band."""
        found = []
        for point, around in zip(self.points, self.band, strict=True):
            if point.at_risk < self.question.fewest:
                break
            found.append((point, around))
        return tuple(found)

    def data(self) -> dict[str, Any]:
        points = [
            {**asdict(p), "band": {"low": low, "high": high}}
            for p, (low, high) in zip(self.points, self.band, strict=True)
        ]
        return words(self.question.of) | {"fewest_at_risk": self.question.fewest, "points": points}


@dataclass(frozen=True)
class Triangle:
    """CR-7: fiscal years of completion against years since completion."""

    of: Commercialization
    width: int = 5


@dataclass(frozen=True)
class Cell:
    """Projects of one cohort that had reached the level by year t. Not ``complete``: that year is not over yet."""

    t: int
    reached: int
    at_risk: int
    complete: bool
    share: float | None


@dataclass(frozen=True)
class TriangleRow:
    cohort: int
    due: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class TriangleDrawn:
    question: Triangle
    rows: tuple[TriangleRow, ...]

    def data(self) -> dict[str, Any]:
        rows = [{**asdict(row), "cells": [asdict(cell) for cell in row.cells]} for row in self.rows]
        return words(self.question.of) | {"width": self.question.width, "rows": rows}


@dataclass(frozen=True)
class EqualAge:
    """CR-8: what a rate over cohorts of different age is made of, and the same at equal age."""

    of: Commercialization


@dataclass(frozen=True)
class Aged:
    """One cohort: its age in full years of observation, the share the common curve gives that age, and its own."""

    cohort: int
    due: int
    reached: int
    age: int
    expected_share: float


@dataclass(frozen=True)
class AtAge:
    """Reached by year t, among the cohorts that have been observed for all of it."""

    t: int
    reached: int
    due: int

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.reached, self.due)


@dataclass(frozen=True)
class EqualAged:
    question: EqualAge
    cohorts: tuple[Aged, ...]
    ages: tuple[AtAge, ...]

    @property
    def due(self) -> int:
        return sum(c.due for c in self.cohorts)

    @property
    def crude(self) -> float | None:
        """The share over all cohorts, whatever their age."""
        return sum(c.reached for c in self.cohorts) / self.due if self.due else None

    @property
    def composed(self) -> float | None:
        """Σ n·F(age) / Σ n: what one common curve and these ages alone would make of it."""
        return sum(c.due * c.expected_share for c in self.cohorts) / self.due if self.due else None

    def data(self) -> dict[str, Any]:
        return words(self.question.of) | {
            "crude": self.crude,
            "composed": self.composed,
            "cohorts": [asdict(c) for c in self.cohorts],
            "ages": [{**asdict(a), "share": a.reached / a.due if a.due else None} for a in self.ages],
        }


@dataclass(frozen=True)
class Comparison:
    """CR-12: projects with a cluster member (PR-1 at a reference) against the others, ``within`` years of completion."""

    of: Commercialization
    reference: Reference
    within: int = 3


@dataclass(frozen=True)
class Group:
    """Projects of one verdict: all that are due, those observed for long enough, and those that had reached by then."""

    verdict: str
    all_due: int
    due: int
    reached: int
    points: tuple[Point, ...]

    @property
    def share(self) -> float | None:
        return self.reached / self.due if self.due else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.reached, self.due)


@dataclass(frozen=True)
class Compared:
    question: Comparison
    yes: Group
    no: Group
    unknown: Group

    @property
    def groups(self) -> tuple[Group, Group, Group]:
        return self.yes, self.no, self.unknown

    @property
    def difference(self) -> Difference | None:
        return newcombe(self.yes.reached, self.yes.due, self.no.reached, self.no.due)

    @property
    def extremes(self) -> tuple[Difference | None, Difference | None]:
        """The difference, were the unknown ones all members, and were none of them."""
        y, n, u = self.groups
        return (
            newcombe(y.reached + u.reached, y.due + u.due, n.reached, n.due),
            newcombe(y.reached, y.due, n.reached + u.reached, n.due + u.due),
        )

    def data(self) -> dict[str, Any]:
        found = self.difference
        return words(self.question.of) | {
            "membership": str(self.question.reference),
            "within": self.question.within,
            "groups": [{**asdict(g), "points": [asdict(p) for p in g.points]} for g in self.groups],
            "difference": asdict(found) if found else None,
        }


@dataclass(frozen=True)
class Amounts:
    """CR-13: the projects' amounts in yen, by the verdict of a question about projects."""

    of: Question


@dataclass(frozen=True)
class AmountsAnswered:
    question: Amounts
    all: Spread | None
    yes: Spread | None
    unknown: Spread | None
    no: Spread | None
    missing: int

    def data(self) -> dict[str, Any]:
        groups = ("all", "yes", "unknown", "no")
        spreads = {name: asdict(s) if (s := getattr(self, name)) else None for name in groups}
        return words(self.question.of) | {"unit": "yen", "without_amount": self.missing, **spreads}


@dataclass(frozen=True)
class Sales:
    """CR-13: attributed sales of the projects that are due, by fiscal years that were over on the as-of day."""

    of: Commercialization


@dataclass(frozen=True)
class SalesAnswered:
    """``years`` and ``together`` (all those years) are of projects with any sales; ``due`` counts all projects."""

    question: Sales
    years: tuple[tuple[int, Spread], ...]
    together: Spread | None
    due: int

    def data(self) -> dict[str, Any]:
        return words(self.question.of) | {
            "unit": "yen",
            "due": self.due,
            "years": [{"fiscal_year": year, **asdict(s)} for year, s in self.years],
            "together": asdict(self.together) if self.together else None,
        }

"""A target's pace: where the indicator should stand on a day, where it stands, and the gap between."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.analytics.definitions import (
    COMMERCIALIZATION,
    Commercialization,
    Participation,
    Question,
    Reference,
    ReferenceKind,
)
from app.portfolio.choices import Actual, Standing

#: Participation rates that can be followed as a target: those whose unit is a project, a firm or a place.
FOLLOWED = ("PR-1", "PR-2", "PR-3", "PR-4", "PR-5")


@dataclass(frozen=True)
class Reading:
    """What an indicator was on a day; a rate comes with its numerator, denominator and unknowns (CR-1)."""

    value: float
    on: date
    source: str
    numerator: int | None = None
    denominator: int | None = None
    unknown: int | None = None


@dataclass(frozen=True)
class Progress:
    """A target on a day."""

    target: Any
    on: date
    expected: float
    reading: Reading | None
    #: The reader stands aside from a project that is counted (CON-14) and nothing may be said without telling of it.
    aside: bool = False

    @property
    def gap(self) -> float | None:
        """Actual less expected; None where nothing is known."""
        return None if self.reading is None else round(self.reading.value - self.expected, 6)

    @property
    def standing(self) -> Standing:
        """Judged in the direction of the target: fewer accidents are as good as more sales."""
        if self.reading is None:
            return Standing.unknown
        way = 1 if self.target.target >= self.target.baseline else -1
        if way * (self.reading.value - self.target.target) >= 0:
            return Standing.reached
        return Standing.on_pace if way * (self.reading.value - self.expected) >= -1e-9 else Standing.behind


def expected(target: Any, day: date) -> float:
    """The straight way from the baseline on the first day to the target on the last."""
    whole = (target.ends_on - target.starts_on).days
    gone = min(whole, max(0, (day - target.starts_on).days))
    return float(target.baseline + (target.target - target.baseline) * gone / whole)


def question_of(target: Any, day: date) -> Question | None:
    """What analytics is asked for a target's actual value on a day; None for typed records."""
    asked = target.question
    if target.actual is Actual.commercialization:
        return Commercialization(
            asked["definition"], target.programme, asked["first"], asked["last"], day, None, asked.get("lag", 0)
        )
    if target.actual is Actual.participation:
        reference = Reference(ReferenceKind.fixed, day)
        return Participation(
            asked["definition"], target.programme, "adopted", asked["first"], asked["last"], reference
        )  # fmt: skip
    return None


def fits(actual: Actual, definition: str | None) -> bool:
    """Does a definition belong to the kind of rate?"""
    return definition in {Actual.commercialization: COMMERCIALIZATION, Actual.participation: FOLLOWED}.get(actual, ())

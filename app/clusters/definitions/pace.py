"""A target's pace: where the figure should stand today, where it stands, and what is missing."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Pace:
    """A target on a day. ``expected`` is None where nothing says where the way began (a level without a baseline)."""

    target: int
    start: int | None
    expected: int | None
    actual: int | None
    elapsed: float

    @property
    def gap(self) -> int | None:
        """Actual less expected: negative when behind."""
        return None if self.expected is None or self.actual is None else self.actual - self.expected

    @property
    def behind(self) -> bool:
        return self.gap is not None and self.gap < 0

    @property
    def share(self) -> float | None:
        """The share of the target that is reached."""
        return self.actual / self.target if self.actual is not None and self.target else None


def elapsed(start: date, end: date, day: date) -> float:
    """The share of ``start <= t < end`` that has passed at the end of a day: 0 before it, 1 from its last day on."""
    return min(1.0, max(0.0, ((day - start).days + 1) / (end - start).days))


def expected_by(value: int, baseline: int, start: date, end: date, day: date) -> int:
    """Where the figure should stand at the end of a day on the straight way from the baseline, rounded down."""
    total = (end - start).days
    passed = min(total, max(0, (day - start).days + 1))
    return baseline + (value - baseline) * passed // total


def window(target: Any, day: date) -> tuple[date | None, date]:
    """The days whose records count towards a figure on a day: from (empty = all that is known) until before.

    A cumulative figure counts from ``counted_from``, or from ever; another one within its own period. Nothing later
    than the day or the target's end counts.
    """
    last = min(day.toordinal() + 1, target.valid_to.toordinal())
    first = target.counted_from if target.cumulative else target.valid_from
    return first, date.fromordinal(last)


def pace(target: Any, actual: int | None, day: date, before: int | None = None) -> Pace:
    """The pace of a target. ``before`` is what a cumulative figure already stood at when the period began.

    Something that adds up starts at the recorded baseline, else at ``before``, else at nothing; a level (members on a
    day) needs a recorded baseline.
    """
    start = target.baseline
    if start is None and not target.indicator.is_stock:
        start = before or 0
    expected = None if start is None else expected_by(target.value, start, target.valid_from, target.valid_to, day)
    return Pace(target.value, start, expected, actual, elapsed(target.valid_from, target.valid_to, day))

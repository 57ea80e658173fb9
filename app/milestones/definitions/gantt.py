"""A time chart of milestones as numbers: where each bar, mark and line stands. The template only writes them down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core.fiscal import fiscal_year_start
from app.milestones.definitions.due import SETTLED, deviation_days, is_late

ROW, HEAD = 48, 28  # pixels: a line of the chart, and the scale above
PER_MONTH, NARROWEST, WIDEST = 28, 560, 1600


@dataclass(frozen=True)
class Line:
    """One milestone: x positions of its bar and marks (None: there is none), y of its middle."""

    milestone: Any
    y: float
    begin: float | None
    due: float
    expected: float | None  # forecast, drawn hollow and joined to the agreed day
    actual: float | None
    days: int
    late: bool
    settled: bool


@dataclass(frozen=True)
class Chart:
    width: float
    height: float
    lines: tuple[Line, ...]
    years: tuple[tuple[float, int], ...]  # x and fiscal year
    halves: tuple[float, ...]  # ends of reporting periods
    today: float | None


def chart(milestones: Sequence[Any], on: date, first: date | None, last: date | None) -> Chart | None:
    """The chart from the project's start to its end, wide enough for every day that is named; None without rows."""
    if not milestones:
        return None
    days = [day for m in milestones for day in (m.begins_on, m.due_on, m.forecast_on, m.actual_on) if day]
    days += [day for day in (first, last) if day]
    begin = min(days).replace(day=1)
    end = max(days) + timedelta(days=31)
    span = max((end - begin).days, 60)
    width = float(min(WIDEST, max(NARROWEST, span * PER_MONTH // 30)))

    def x(day: date) -> float:
        return round((day - begin).days / span * width, 1)

    lines = []
    for n, m in enumerate(milestones):
        forecast = m.forecast_on if m.forecast_on and m.actual_on is None and m.forecast_on != m.due_on else None
        lines.append(
            Line(
                m, HEAD + n * ROW + ROW / 2, x(m.begins_on) if m.begins_on else None, x(m.due_on),
                x(forecast) if forecast else None, x(m.actual_on) if m.actual_on else None,
                deviation_days(m, on), is_late(m, on), m.status in SETTLED,
            )
        )  # fmt: skip
    years = range(begin.year - 1, end.year + 1)
    starts = [(fiscal_year_start(year), year) for year in years]
    halves = [day for year in years for day in (date(year, 10, 1), date(year, 4, 1))]
    return Chart(
        width, HEAD + len(lines) * ROW + 8.0, tuple(lines),
        tuple((x(day), year) for day, year in starts if begin <= day <= end),
        tuple(x(day) for day in halves if begin <= day <= end),
        x(on) if begin <= on <= end else None,
    )  # fmt: skip

"""When a report is due (MON-5), and how far a day lies from the agreed one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core.fiscal import fiscal_year, fiscal_year_end
from app.milestones.choices import MilestoneStatus, ReportKind


@dataclass(frozen=True)
class DueRule:
    """``days`` after the period, or ``latest`` (month, day) of the next fiscal year: whichever comes first."""

    days: int
    latest: tuple[int, int] | None = None

    def due(self, last_day: date) -> date:
        after = last_day + timedelta(days=self.days)
        return min(after, date(fiscal_year(last_day) + 1, *self.latest)) if self.latest else after


#: MON-5 [own]: parameters, because no source for this programme's own rules was found. An officer may set another day.
RULES = {
    ReportKind.progress: DueRule(30),
    ReportKind.interim: DueRule(30),
    ReportKind.performance: DueRule(30, latest=(4, 10)),
    ReportKind.completion: DueRule(60),
    ReportKind.incident: DueRule(7),
}


def due_on(kind: ReportKind, last_day: date) -> date:
    """The day until which a report on a period with this last day has to arrive."""
    return RULES[kind].due(last_day)


def periods(start: date, end: date) -> list[tuple[date, date]]:
    """Half fiscal years (ending 30 September and 31 March) from the start to the end of a project."""
    found = []
    while start <= end:
        year = fiscal_year(start)
        close = date(year, 9, 30) if start <= date(year, 9, 30) else fiscal_year_end(year)
        found.append((start, min(close, end)))
        start = close + timedelta(days=1)
    return found


#: Nothing more is expected of these.
SETTLED = (MilestoneStatus.accepted, MilestoneStatus.not_achieved, MilestoneStatus.dropped)


def deviation_days(milestone: Any, on: date) -> int:
    """Days by which a milestone was, will be or already is later than agreed (negative: earlier).

    Reached counts as reached, else what its owner expects; a day that is over says that it lies in the past.
    """
    if milestone.actual_on:
        return int((milestone.actual_on - milestone.due_on).days)
    expected = milestone.forecast_on or milestone.due_on
    if milestone.status not in SETTLED:
        expected = max(expected, on)
    return int((expected - milestone.due_on).days)


def is_late(milestone: Any, on: date) -> bool:
    """The agreed day is over and nobody said that it was reached."""
    return milestone.actual_on is None and milestone.status not in SETTLED and milestone.due_on < on

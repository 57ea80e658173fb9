"""A day in the life of a project: days far off break calendars and charts, and are slips of the pen."""

from typing import Any

from app.core.forms import DayField
from app.core.i18n import _l

FIRST_YEAR, LAST_YEAR = 1990, 2100


class NearDayField(DayField):
    """A day between 1990 and 2100."""

    message = _l("This is not a date between 1990 and 2100. Write it as 2026-04-01 or 令和8年4月1日.")

    def read(self, text: str) -> Any:
        day = super().read(text)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError("far off")
        return day

"""Look-ups of flags and settings, and the facts that the rules look at."""

from app.flags.queries.facts import facts
from app.flags.queries.flags import (
    Filters,
    counts,
    get_for,
    judgements,
    living,
    living_elsewhere,
    of_project,
    page,
    setting,
    settings,
    settings_rows,
    snoozed_until,
)
from app.flags.queries.portfolio import cohorts, course, firm_records

__all__ = [
    "Filters", "cohorts", "counts", "course", "facts", "firm_records", "get_for", "judgements", "living",
    "living_elsewhere", "of_project", "page", "setting", "settings", "settings_rows", "snoozed_until",
]  # fmt: skip

"""Every SELECT of the rates, by subject. ``measure(question)`` gives a ``Rate`` with ``data()``."""

from app.analytics.definitions import COMMERCIALIZATION as LEVELS
from app.analytics.definitions import Count, Question, Rate, Verdict
from app.analytics.queries.answers import cohorts, gathering, made_ahead, mark_of_today, measure
from app.analytics.queries.aside import STANDS_ASIDE, hidden_from, lists_for, stands_aside
from app.analytics.queries.breakdowns import breakdown, dimensions, labels
from app.analytics.queries.disclosure import Shown, shown
from app.analytics.queries.figures import (
    amounts,
    by_chance,
    by_reference,
    compare,
    curve,
    draw,
    equal_age,
    levels,
    side_by_side,
    standing,
    time_order,
    triangle,
)
from app.analytics.queries.pages import (
    commercialization_page,
    everyday,
    measured,
    offered,
    participation_page,
    public_page,
    shown_all,
)
from app.analytics.queries.records import (
    Narrowed,
    all_units,
    counted,
    document_by_occasion,
    document_of,
    keys,
    list_exists,
    lists,
    records,
)
from app.analytics.queries.sales import sales

__all__ = [
    "LEVELS",
    "STANDS_ASIDE",
    "Count",
    "Narrowed",
    "Question",
    "Rate",
    "Shown",
    "Verdict",
    "all_units",
    "amounts",
    "breakdown",
    "by_chance",
    "by_reference",
    "cohorts",
    "commercialization_page",
    "compare",
    "counted",
    "curve",
    "dimensions",
    "document_by_occasion",
    "document_of",
    "draw",
    "equal_age",
    "everyday",
    "gathering",
    "hidden_from",
    "keys",
    "labels",
    "levels",
    "list_exists",
    "lists",
    "lists_for",
    "made_ahead",
    "mark_of_today",
    "measure",
    "measured",
    "offered",
    "participation_page",
    "public_page",
    "records",
    "sales",
    "shown",
    "shown_all",
    "side_by_side",
    "standing",
    "stands_aside",
    "time_order",
    "triangle",
]

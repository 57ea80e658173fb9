"""Sales that came of completed projects, after attribution (CR-13, OUT-7)."""

from collections import Counter, defaultdict
from dataclasses import astuple
from typing import Any

from sqlalchemy import func, select

from app.analytics.definitions import figures as f
from app.analytics.estimators import Spread, spread
from app.analytics.queries.answers import shared
from app.analytics.queries.units.commercialization import due_of
from app.core.db import session
from app.outcomes.queries import sales_years


def _sales(asked: f.Sales) -> list[Any]:
    question = asked.of
    due = due_of(question)
    day = question.as_of
    last = day.year - (1 if (day.month, day.day) >= (3, 31) else 2)  # the last fiscal year that was over
    rows = sales_years(question.known_at, question.min_evidence, select(due.c.project_id)).subquery("sales")
    sold = select(rows).where(rows.c.fiscal_year <= last, rows.c.sales_yen > 0).subquery("sold")
    by_year: dict[int, Counter[int]] = defaultdict(Counter)
    columns = (sold.c.fiscal_year, sold.c.sales_yen)
    for year, yen, number in session.execute(select(*columns, func.count()).group_by(*columns)):
        by_year[int(year)][int(yen)] += number
    total = func.sum(sold.c.sales_yen).label("total")
    each = select(total).group_by(sold.c.project_id).subquery("each")
    together: Counter[int] = Counter()
    for yen, number in session.execute(select(each.c.total, func.count()).group_by(each.c.total)):
        together[int(yen)] += number
    years = [[year, list(astuple(found))] for year in sorted(by_year) if (found := spread(by_year[year]))]
    whole = spread(together)
    number = session.scalar(select(func.count()).select_from(due)) or 0
    return [years, list(astuple(whole)) if whole else None, number]


def sales(asked: f.Sales) -> f.SalesAnswered:
    """Of the projects that are due: what those with sales sold, by fiscal years that were over, and cumulated."""

    def load(found: Any) -> f.SalesAnswered:
        years, whole, number = found
        each = tuple((year, Spread(*one)) for year, one in years)
        return f.SalesAnswered(asked, each, Spread(*whole) if whole else None, number)

    return shared(("sales", asked), lambda: _sales(asked), load)

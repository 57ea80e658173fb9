"""Sales that came of completed projects, after attribution (CR-13, OUT-7)."""

from collections import Counter, defaultdict

from sqlalchemy import func, select

from app.analytics.definitions import figures as f
from app.analytics.estimators import spread
from app.analytics.queries.answers import remember
from app.analytics.queries.units.commercialization import due_of
from app.core.db import session
from app.outcomes.queries import sales_years


def _sales(asked: f.Sales) -> f.SalesAnswered:
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
    years = tuple((year, found) for year in sorted(by_year) if (found := spread(by_year[year])))
    return f.SalesAnswered(asked, years, spread(together), session.scalar(select(func.count()).select_from(due)) or 0)


def sales(asked: f.Sales) -> f.SalesAnswered:
    """Of the projects that are due: what those with sales sold, by fiscal years that were over, and cumulated."""
    return remember(("sales", asked), lambda: _sales(asked))

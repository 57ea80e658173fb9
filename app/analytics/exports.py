"""Rates as CSV: the question and its definition first, then the figures or the records behind them."""

from collections.abc import Sequence
from typing import Any

from app.analytics import policy, queries
from app.core.clock import now
from app.core.i18n import show_instant


def _head(found: queries.Rate | queries.Shown) -> list[Sequence[Any]]:
    definition = found.question.rule
    rows: list[Sequence[Any]] = [
        ("definition", str(definition.label)),
        ("text", str(definition.text)),
        ("source", str(definition.source)),
        ("caveat", str(definition.caveat)),
    ]
    for name, value in found.data().items():
        if name == "interval":
            low, high = (value["low"], value["high"]) if value else ("", "")
            rows.append(("wilson_95_low_high", low, high))
        elif name != "definition":
            rows.append((name, value))
    return [*rows, ("made_at", show_instant(now())), ()]


def figures(question: queries.Question, everything: bool) -> list[Sequence[Any]]:
    """The head and the counts of each fiscal year; for readers outside the office, of years that may be told apart."""
    if not everything:
        return _shown(queries.shown(question))
    rows = _head(queries.measure(question))
    rows.append(("fiscal_year", "yes", "unknown", "no", "total"))
    rows += [(year, c.yes, c.unknown, c.no, c.total) for year, c in queries.cohorts(question)]
    return rows


def _shown(found: queries.Shown) -> list[Sequence[Any]]:
    rows = _head(found)
    if found.why:
        return [*rows, ("why", str(found.why))]
    rows.append(("fiscal_years", "yes", "unknown", "no", "total"))
    for first, last, programme, c in found.rows:
        years = str(first) if first == last else f"{first}..{last}"
        rows.append((f"{years} {programme.value}" if programme else years, c.yes, c.unknown, c.no, c.total))
    return rows


def units(question: queries.Question, actor: Any, part: queries.Narrowed = None) -> list[Sequence[Any]]:
    """The head and every record behind the number that this reader may know of."""
    whole = policy.sees_whole(actor, question)
    rows = _head(queries.measure(question) if whole else queries.shown(question))
    if not whole:
        rows.append(("not listed", str(queries.STANDS_ASIDE)))
    rows.append(("key", "verdict", "weight"))
    with queries.lists_for(actor):
        rows += [(key, verdict.value, weight) for key, verdict, weight in queries.all_units(question, part)]
    return rows

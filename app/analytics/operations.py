"""Ordering a rate as a document; figures made ahead."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, insert

from app.analytics import policy, queries
from app.analytics.models import KeptFigures
from app.calls.choices import Programme
from app.core import numbering, pdf, taken
from app.core.clock import now
from app.core.db import reading, session
from app.core.errors import Reason, Refused
from app.core.i18n import show_fiscal_year, show_instant
from app.core.pdf import Document


def _answer(question: queries.Question, actor: Any) -> tuple[queries.Rate, list[tuple[str, queries.Count]]]:
    """The rate and its rows by year, as far as this reader may see them."""
    if policy.sees_whole(actor, question):
        by_year = [(show_fiscal_year(year), count) for year, count in queries.cohorts(question)]
        return queries.measure(question), by_year
    shown = queries.shown(question)
    if shown.rate is None:
        assert shown.why is not None
        raise Refused([Reason("suppressed", shown.why)])
    return shown.rate, [(_years(*row[:3]), row[3]) for row in shown.rows]


def _years(first: int, last: int, programme: Programme | None) -> str:
    years = show_fiscal_year(first) if first == last else f"{show_fiscal_year(first)} – {show_fiscal_year(last)}"
    return f"{years} {programme.short}" if programme else years


def order_document(question: queries.Question, address: dict[str, Any], actor: Any, locale: str) -> Document:
    """Order the answer as PDF, frozen as it is now; the same answer is made once per person and language.

    Raises Refused where the reader may not see the answer (CR-14)."""
    found, cohorts = _answer(question, actor)
    data = found.data()
    key = json.dumps([address, numbering.version(), locale, actor.actor_id, data], sort_keys=True)
    occasion = "rate:" + hashlib.sha256(key.encode()).hexdigest()
    known = queries.document_by_occasion(occasion)
    if known is not None:
        return known
    taken.order(actor, "analytics.order_pdf", urlencode(address))
    definition = found.definition
    context = {
        "data": data,
        "title": str(definition.label),
        "text": str(definition.text),
        "source": str(definition.source),
        "caveat": str(definition.caveat),
        "unit": str(definition.unit.label),
        "made_at": show_instant(now()),
        "data_version": numbering.version(),
        "cohorts": [[years, count.yes, count.unknown, count.no, count.total] for years, count in cohorts],
    }
    return pdf.order(
        "analytics/rate",
        locale,
        context,
        name=f"{definition.id}-{data['fy'].replace('..', '-')}.pdf",
        dedupe_key=occasion,
        owner_id=actor.actor_id,
    )


#: What the worker makes ahead, in this order; upper floors add theirs (registration). Each only reads.
AHEAD: list[Callable[[], Any]] = [queries.everyday]


def make_ahead() -> None:
    """Clockwork: once the data has changed, the figures that people open most are made off the request path and kept for
    every process. They are kept under the data's version and the code's edition, so nobody is ever shown stale ones."""
    with reading():
        if queries.made_ahead():
            return
        version = numbering.version()
        with queries.gathering() as found:
            for make in AHEAD:
                make()
        session.rollback()
    if numbering.version() == version:  # else the next tick begins anew
        _keep(found, version)


def _keep(found: dict[str, tuple[int, Any]], version: int) -> None:
    done = queries.mark_of_today()
    rows = [{"name": name, "version": version, "found": answer} for name, (_version, answer) in found.items()]
    session.execute(delete(KeptFigures))
    session.execute(insert(KeptFigures), [*rows, {"name": done, "version": version, "found": len(rows)}])

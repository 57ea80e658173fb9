"""Ordering a rate as a document."""

import hashlib
import json
from typing import Any

from app.analytics import queries
from app.core import audit, numbering, pdf
from app.core.clock import now
from app.core.i18n import show_fiscal_year, show_instant
from app.core.pdf import Document


def order_document(question: queries.Question, address: dict[str, Any], actor: audit.Actor, locale: str) -> Document:
    """Order the answer as PDF, frozen as it is now; the same answer is made once per person and language."""
    found = queries.measure(question)
    data = found.data()
    key = json.dumps([address, numbering.version(), locale, actor.actor_id, data], sort_keys=True)
    occasion = "rate:" + hashlib.sha256(key.encode()).hexdigest()
    known = queries.document_by_occasion(occasion)
    if known is not None:
        return known
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
        "cohorts": [
            [show_fiscal_year(year), count.yes, count.unknown, count.no, count.total]
            for year, count in queries.cohorts(question)
        ],
    }
    return pdf.order(
        "analytics/rate",
        locale,
        context,
        name=f"{definition.id}-{data['fy'].replace('..', '-')}.pdf",
        dedupe_key=occasion,
        owner_id=actor.actor_id,
    )

"""Where the rows of the ledger come from, in the reader's language, with a link that the reader may follow."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_login import current_user

from app.outcomes import queries
from app.outcomes.definitions import SourceKind, read_source


def told(rows: Iterable[Any]) -> dict[Any, tuple[Any, str | None]]:
    """(words, address or None) by row. Words that somebody else wrote stay as they are."""
    rows = list(rows)
    read = {row: read_source(row.source) for row in rows}
    claims = queries.reports_of_claims(c for row in rows if (c := getattr(row, "claim_id", None)) is not None)
    reports = {
        row: getattr(row, "follow_up_id", None) or claims.get(getattr(row, "claim_id", None) or 0) for row in rows
    }
    known = queries.reports_known_to(current_user, {key for key in reports.values() if key is not None})
    doubted = {source.number for source in read.values() if source and source.kind is SourceKind.dispute}
    may = queries.disputes_known_to(current_user, doubted) if doubted else set()
    found: dict[Any, tuple[Any, str | None]] = {}
    for row, source in read.items():
        address = None
        if source is not None and source.kind is SourceKind.dispute:
            address = url_for("outcomes.dispute", dispute_id=source.number) if source.number in may else None
        elif source is not None and reports[row] in known:
            address = url_for("outcomes.follow_up", follow_up_id=reports[row])
        found[row] = (source.label if source is not None else row.source, address)
    return found

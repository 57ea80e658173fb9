"""CSV of the officer's list."""

from collections.abc import Iterator
from typing import Any

from app.applications import queries
from app.core import tabular
from app.core.fiscal import jst

HEADER = (
    "number", "title_ja", "title_en", "frame", "lead_ja", "lead_en", "prefecture", "status", "total_yen",
    "submitted_at_jst", "synthetic",
)  # fmt: skip


def officer_rows(actor: Any, filters: queries.Filters) -> Iterator[tuple[Any, ...]]:
    yield HEADER
    for row in queries.officer_export(actor, filters):
        yield (
            row.application_number, row.title_ja, row.title_en, row.frame_en, row.lead_ja, row.lead_en, row.prefecture,
            row.status.value, row.total_yen,
            jst(row.submitted_at).strftime("%Y-%m-%d %H:%M:%S") if row.submitted_at else "", int(row.is_synthetic),
        )  # fmt: skip


def officer_file(actor: Any, filters: queries.Filters) -> list[bytes]:
    """The export in portions, read before the first byte goes out: a slow reader then holds no transaction open."""
    return list(tabular.portions(officer_rows(actor, filters)))

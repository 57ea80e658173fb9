"""CSV of the officer's list: streamed, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from app.applications import queries
from app.core.fiscal import jst

HEADER = (
    "number", "title_ja", "title_en", "frame", "lead_ja", "lead_en", "prefecture", "status", "total_yen",
    "submitted_at_jst", "synthetic",
)  # fmt: skip
#: A cell that begins with one of these is taken for a formula by spreadsheets, full-width forms included.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe(value: Any) -> str:
    """The text of a cell, with an apostrophe in front where a spreadsheet would compute it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) or text.lstrip(' "\n').startswith(_DANGEROUS) else text


def officer_rows(actor: Any, filters: queries.Filters) -> Iterator[str]:
    """The file in portions of lines, beginning with the mark that Japanese Excel needs for UTF-8."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(HEADER)
    for count, row in enumerate(queries.officer_export(actor, filters), 1):
        writer.writerow(
            [
                safe(cell)
                for cell in (
                    row.application_number, row.title_ja, row.title_en, row.frame_en, row.lead_ja, row.lead_en,
                    row.prefecture, row.status.value, row.total_yen,
                    jst(row.submitted_at).strftime("%Y-%m-%d %H:%M:%S") if row.submitted_at else "",
                    int(row.is_synthetic),
                )
            ]
        )  # fmt: skip
        if count % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def officer_file(actor: Any, filters: queries.Filters) -> list[bytes]:
    """The export in portions, read before the first byte goes out: a slow reader then holds no transaction open."""
    return [portion.encode() for portion in officer_rows(actor, filters)]

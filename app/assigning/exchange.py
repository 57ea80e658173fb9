"""A plan as a CSV file, out and in.

Columns: ``application`` (its number) and ``reviewer`` (e-mail address) say a pair; they are all that is read. The file
holds every pair that shall be, those that stay included: a pair that is missing is taken off. ``name``, ``kind``,
``change``, ``points`` and ``why`` explain and are ignored on the way in.
"""

import csv
import io
from collections.abc import Iterable

from app.assigning.choices import Change
from app.assigning.definitions.telling import why
from app.assigning.models import AssignmentPlanPair
from app.core import tabular
from app.core.errors import Reason, Refused
from app.core.exchange import Report, decode, unguard
from app.core.i18n import Bilingual

COLUMNS = ("application", "reviewer", "name", "kind", "change", "points", "why")
MOST_ROWS = 20_000
MOST_BYTES = 4_000_000


def write(pairs: Iterable[AssignmentPlanPair], kinds: dict[int, str]) -> bytes:
    """The pairs of a plan that stay or are new."""

    def row(pair: AssignmentPlanPair) -> tuple[object, ...]:
        words = " / ".join(str(part) for part in why(pair.reasons))
        return (
            pair.application.number, pair.reviewer.email, pair.reviewer.name, kinds.get(pair.reviewer_id, ""),
            pair.change.value, pair.value, words,
        )  # fmt: skip

    return tabular.whole([COLUMNS, *(row(pair) for pair in pairs if pair.change is not Change.remove)])


def read(data: bytes) -> list[tuple[int, str, str]]:
    """(line, number, address) of every pair of a file. Raises Refused where it cannot be read."""
    if len(data) > MOST_BYTES:
        raise _wrong(
            "too-large",
            f"The file is larger than {MOST_BYTES:,} bytes.",
            f"ファイルが{MOST_BYTES:,}バイトを超えています。",
        )
    report = Report("plan")
    content = decode(data, report)
    if content is None:
        raise Refused([Reason("encoding", report.errors[0].message, "file")])
    try:
        records = [(n, row) for n, row in enumerate(csv.reader(io.StringIO(content, newline="")), 1) if any(row)]
    except csv.Error:
        raise _wrong("not-csv", "This is not a CSV file.", "CSVファイルではありません。")
    if not records:
        raise _wrong("empty", "The file is empty.", "ファイルが空です。")
    if len(records) > MOST_ROWS:
        raise _wrong("too-long", f"The file has more than {MOST_ROWS:,} lines.", f"{MOST_ROWS:,}行を超えています。")
    header = [cell.strip().lower() for cell in records[0][1]]
    if not {"application", "reviewer"} <= set(header):
        raise _wrong(
            "columns", "The first line must name the columns “application” and “reviewer”.",
            "1行目に「application」と「reviewer」の列名が必要です。",
        )  # fmt: skip
    first, second = header.index("application"), header.index("reviewer")
    found = []
    for line, cells in records[1:]:
        cells = [*cells, *[""] * (len(header) - len(cells))]
        found.append((line, unguard(cells[first]).strip()[:40], unguard(cells[second]).strip().lower()[:254]))
    return found


def carried(rows: Iterable[tuple[int, str, str]]) -> str:
    """The pairs of a file as text, for the second step."""
    return "\n".join(f"{number},{address}" for _line, number, address in rows)


def brought(text: str) -> list[tuple[int, str, str]]:
    """What ``carried`` wrote."""
    lines = [line.partition(",") for line in text.splitlines() if line.strip()]
    return [(n, number.strip()[:40], address.strip()[:254]) for n, (number, _comma, address) in enumerate(lines, 1)]


def _wrong(code: str, en: str, ja: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), "file")])

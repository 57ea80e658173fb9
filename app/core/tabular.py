"""Tables as CSV for people: Japanese Excel sees UTF-8, and no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.core.exchange import show

PORTION = 30_000  # characters


def portions(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in portions, for long lists."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")  # the mark by which spreadsheets know UTF-8
    for row in rows:
        writer.writerow([show(cell) for cell in row])
        if buffer.tell() > PORTION:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def whole(rows: Iterable[Sequence[Any]]) -> bytes:
    return b"".join(portions(rows))

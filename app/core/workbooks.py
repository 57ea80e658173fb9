"""Workbooks (XLSX) that people send: opened within bounds, whatever a damaged or hostile file holds."""

import io
import zipfile
from typing import IO, Any

from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual

MAX_BYTES = 2_000_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wrong(place: str, en: str, ja: str) -> Reason:
    """Something wrong at a place of a sheet (a cell, a row, – for the file)."""
    return Reason("sheet", Bilingual(f"{place}: {en}", f"{place}: {ja}"), "sheet")


def take(stream: IO[bytes], max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of an upload. Raises Refused for a file beyond the limit, of which no more is read."""
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        limit = max_bytes // 1_000_000
        raise Refused([wrong("–", f"The file is larger than {limit} MB.", f"ファイルが{limit}MBを超えています。")])
    return data


def open_book(data: bytes, max_unpacked: int, *, values: bool = False) -> Any:
    """The workbook in memory, with ``values`` the results that its formulas had when it was saved.

    Raises some exception for anything but a sound workbook that unpacks to at most ``max_unpacked`` bytes; callers
    answer every exception with one sentence of their own.
    """
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > max_unpacked:  # no part is read beyond its size
            raise ValueError("the workbook unpacks to far more than it should")
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values, keep_links=False)


def whole(cell: Any) -> bool:
    """A number without a fraction, as spreadsheets keep amounts."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 1e15 and cell == int(cell)

"""Workbooks (XLSX) that people send: opened within bounds, whatever a damaged or hostile file holds."""

import io
import zipfile
from typing import IO, Any
from xml.parsers import expat

from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual

MAX_BYTES = 2_000_000
#: The reader makes an object of every cell, also of each one inside a merged or linked range, and of most elements.
MAX_CELLS, MAX_ELEMENTS = 100_000, 500_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooManyRows(ValueError):
    """A workbook with more rows than its reader would look at."""


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


def open_book(data: bytes, max_unpacked: int, *, max_rows: int | None = None, values: bool = False) -> Any:
    """The workbook in memory, with ``values`` the results that its formulas had when it was saved.

    Raises TooManyRows before anything is read of a workbook with more than ``max_rows`` rows on all its sheets, and some
    exception for anything else but a sound workbook that unpacks to at most ``max_unpacked`` bytes and to at most
    ``MAX_CELLS`` cells; callers answer every exception with one sentence of their own.
    """
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > max_unpacked:  # no part is read beyond its size
            raise ValueError("the workbook unpacks to far more than it should")
        _weigh(archive, max_rows)
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values, keep_links=False)


#: Parts that are no XML: pictures, settings of printers.
_OTHER = (".png", ".jpeg", ".jpg", ".gif", ".bin", ".emf", ".wmf")


def _weigh(archive: zipfile.ZipFile, max_rows: int | None) -> None:
    """Raises TooManyRows or ValueError where the reader would make more of the parts than fits: any part may be a sheet."""
    from openpyxl.utils import range_boundaries

    cells = elements = rows = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal cells, elements, rows
        tag, elements = name.rpartition(" ")[2], elements + 1
        if tag == "c":
            cells += 1
        elif tag == "row":
            rows += 1
            if max_rows is not None and rows > max_rows:
                raise TooManyRows(f"more than {max_rows} rows")
        elif tag in ("mergeCell", "hyperlink") and (ref := attributes.get("ref")):
            left, top, right, bottom = range_boundaries(ref)
            cells += (right - left + 1) * (bottom - top + 1)
        if cells > MAX_CELLS or elements > MAX_ELEMENTS:
            raise ValueError("the workbook holds far more cells than it should")

    for name in archive.namelist():
        if not name.lower().endswith(_OTHER):
            reader = expat.ParserCreate(namespace_separator=" ")
            reader.StartElementHandler = started
            with archive.open(name) as part:
                reader.ParseFile(part)


def whole(cell: Any) -> bool:
    """A number without a fraction, as spreadsheets keep amounts."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 1e15 and cell == int(cell)

"""Score sheets as a workbook: out for work without a connection, and in again with checks.

A workbook holds one sheet an assignment and nothing of the proposal but its number and title. Only answers are
unlocked; a hidden sheet says which assignment each sheet is and from which version it was made.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from app.core import workbooks
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual, _
from app.core.workbooks import wrong as _wrong
from app.reviews.choices import Confidence
from app.reviews.definitions import sheets

STAMP = "version"
HEAD = 4  # the row of the headings; answers follow
KEY, LABEL, ANSWER, NOTE = range(4)
MAX_BYTES = workbooks.MAX_BYTES
MAX_UNPACKED = 12_000_000  # bytes of all parts
MAX_SHEETS = 100
MAX_ROWS = 120
LONGEST = 4_000


@dataclass(frozen=True)
class Sheet:
    """What goes out for one assignment."""

    assignment_id: int
    number: str
    title: str
    version: int
    criteria: Sequence[Any]
    texts: dict[str, str]


@dataclass(frozen=True)
class Incoming:
    """What came back for one assignment: texts by field, made from ``version``."""

    name: str  # of the sheet, for messages
    assignment_id: int
    version: int
    texts: dict[str, str]


def write(found: Sequence[Sheet]) -> bytes:
    """The workbook of these sheets, in the language in use. It names nobody."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "", "author": "", "company": ""})
    formats = {
        "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
        "open": book.add_format(
            {"locked": False, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#FFF9E0", "num_format": "@"}
        ),
    }
    stamps = []
    for sheet in found:
        _write_sheet(book.add_worksheet(sheet.number[:31]), sheet, formats)
        stamps.append((sheet.number[:31], sheet.assignment_id, sheet.version))
    stamp = book.add_worksheet(STAMP)
    for row, values in enumerate(stamps):
        stamp.write_row(row, 0, values)
    stamp.protect()
    stamp.very_hidden()
    book.close()
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.write_string(0, LABEL, f"{sheet.number} {sheet.title}", formats["bold"])
    page.write_string(1, LABEL, _("Fill in the yellow cells only. Send the file back on the page “My reviews”."))
    page.write_row(HEAD - 1, 0, ["key", _("Question"), _("Your answer"), _("Scale")], formats["bold"])
    scales = {sheets.score_field(c.id): c for c in sheet.criteria}
    for row, (name, label) in enumerate(sheets.labels(sheet.criteria).items(), HEAD):
        text = sheet.texts[name]
        page.write_string(row, KEY, name)
        page.write_string(row, LABEL, str(label), formats["plain"])
        if text.isdecimal() and name not in sheets.LONG:
            page.write_number(row, ANSWER, int(text), formats["open"])
        else:
            page.write_string(row, ANSWER, text, formats["open"])
        page.write_string(row, NOTE, _scale(scales.get(name), name), formats["plain"])
        page.data_validation(row, ANSWER, row, ANSWER, _validation(name))
        if name in sheets.LONG:
            page.set_row(row, 160)
    page.set_column(KEY, KEY, None, None, {"hidden": True})
    page.set_column(LABEL, LABEL, 34)
    page.set_column(ANSWER, ANSWER, 60)
    page.set_column(NOTE, NOTE, 60)
    page.freeze_panes(HEAD, 0)
    page.protect("", {"format_rows": True, "format_columns": True})


def _scale(criterion: Any, name: str) -> str:
    if criterion is None:
        return "\n".join(f"{one.value}: {one.label}" for one in Confidence) if name == sheets.CONFIDENCE else ""
    words = [_("Weight %(weight)d%%", weight=criterion.weight)]
    if not criterion.mandatory:
        words.append(_("may be left out"))
    return "\n".join([" · ".join(words), *(f"{n}: {said}" for n in range(5, 0, -1) if (said := criterion.anchor(n)))])


def _validation(name: str) -> dict[str, Any]:
    if name in sheets.LONG:
        return {"validate": "length", "criteria": "<=", "value": LONGEST}
    low, high = {
        sheets.CONFIDENCE: (1, 3),
        sheets.PROBABILITY: (0, 100),
        sheets.YEAR: (sheets.FIRST_YEAR, sheets.LAST_YEAR),
    }.get(name, (1, 5))
    return {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}


# --- in again ---------------------------------------------------------------------------------------------------------


def read(stream: IO[bytes]) -> list[Incoming]:
    """What a filled-in workbook holds. Raises Refused naming every cell that cannot be read; nothing is guessed.

    Whether an assignment is the reader's own, and whether an answer is one that its field takes, is not asked here.
    """
    data = workbooks.take(stream)
    try:
        book = workbooks.open_book(data, MAX_UNPACKED)
        stamps = list(book[STAMP].iter_rows(max_row=MAX_SHEETS, max_col=3, values_only=True))
    except Exception:  # whatever a damaged or foreign file makes of the reader: it is none of our workbooks
        words = Bilingual(
            "This is no workbook of score sheets (XLSX) that was taken from here.",
            "本システムから取得した評価票のファイル(XLSX)ではありません。",
        )
        raise Refused([Reason("sheet", words, "sheet")]) from None
    wrong: list[Reason] = []
    found = [_read_sheet(book, stamp, wrong) for stamp in stamps if any(value is not None for value in stamp)]
    known = {one.name for one in found} | {STAMP}
    wrong += [
        _wrong(name[:31], "This sheet was not made here.", "本システムで作成したシートではありません。")
        for name in book.sheetnames
        if name not in known
    ]
    if len({one.assignment_id for one in found}) < len(found):
        wrong.append(_wrong(STAMP, "Two sheets are of the same review.", "同じ評価のシートが重複しています。"))
    if wrong or not found:
        raise Refused(wrong or [_wrong("–", "The file holds no score sheet.", "評価票が含まれていません。")])
    return found


def _read_sheet(book: Any, stamp: Sequence[Any], wrong: list[Reason]) -> Incoming:
    name, assignment_id, version = (*stamp, None, None, None)[:3]
    name = str(name)
    if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**31 for n in (assignment_id, version)):
        wrong.append(_wrong(name[:31], "The mark of its version is damaged.", "版の情報が壊れています。"))
        return Incoming(name, 0, 0, {})
    if name not in book.sheetnames:
        wrong.append(_wrong(name[:31], "This sheet is missing.", "シートがありません。"))
        return Incoming(name, assignment_id, version, {})
    texts: dict[str, str] = {}
    for row in book[name].iter_rows(min_row=HEAD + 1, max_row=MAX_ROWS, max_col=NOTE):
        key, cell = str(row[KEY].value or ""), row[ANSWER]
        place = f"{name[:31]}!{cell.coordinate}"
        if not key:
            if cell.value is not None:
                wrong.append(_wrong(place, "An answer without a question.", "設問のない行に記入があります。"))
        elif key in texts:
            wrong.append(_wrong(place, "The question stands there twice.", "同じ設問が重複しています。"))
        else:
            texts[key] = _text(cell, key, place, wrong)
    return Incoming(name, assignment_id, version, texts)


def _text(cell: Any, key: str, place: str, wrong: list[Reason]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        wrong.append(_wrong(place, "A formula; write the answer itself.", "数式ではなく値を記入してください。"))
        return ""
    if isinstance(value, str):
        plain = value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return plain if key in sheets.LONG else unicodedata.normalize("NFKC", plain)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9 and value == int(value):
        return str(int(value))
    wrong.append(
        _wrong(place, f"“{str(value)[:30]}” is no whole number.", f"「{str(value)[:30]}」は整数ではありません。")
    )
    return ""

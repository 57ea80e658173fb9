"""The workbook of a report: definitions, parameters, and a sheet for each figure with the records behind it."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.core.exchange import show
from app.publishing.definitions import telling

#: A sheet is not longer than this; the bundle of the figure holds every record.
MOST_ROWS = 50_000
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - without meaning: the same content gives the same file


class _Sheet:
    """Cells that are text stay text: no formula, no link, and an apostrophe before what looks like a formula."""

    def __init__(self, book: Any, name: str, head: Any) -> None:
        self._sheet, self._row, self._head = book.add_worksheet(name), 0, head
        self._sheet.set_column(0, 0, 34)
        self._sheet.set_column(1, 5, 22)

    def line(self, *cells: Any, head: bool = False) -> None:
        for column, cell in enumerate(cells):
            style = [self._head] if head else []
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                self._sheet.write_number(self._row, column, cell, *style)
            elif cell is not None:
                self._sheet.write_string(self._row, column, show(cell), *style)
        self._row += 1


def write(content: Mapping[str, Any], records: Mapping[str, Sequence[tuple[str, str, int]]]) -> bytes:
    """The bytes of the workbook; both languages stand beside each other."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": "Renkei", "created": _NO_TIME})
    head = book.add_format({"bold": True})
    _definitions(_Sheet(book, "definitions 定義", head), content)
    _parameters(_Sheet(book, "parameters 条件", head), content)
    for figure in content["figures"]:
        _figure(_Sheet(book, figure["id"], head), figure, records.get(figure["id"], ()))
    book.close()
    return out.getvalue()


def _definitions(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line("id", "version", "title", "名称", "text", "定義", "source", "出典", "caveat", "留意点", head=True)
    for figure in content["figures"]:
        words = figure["words"]
        both = [words[name][language] for name in ("title", "text", "source", "caveat") for language in ("en", "ja")]
        sheet.line(figure["id"], figure["version"], *both)


def _parameters(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line("parameter", "value", head=True)
    for name, value in content["question"].items():
        sheet.line(name, value)
    sheet.line("data_version", content["data_version"])


def _figure(sheet: _Sheet, figure: Mapping[str, Any], records: Sequence[tuple[str, str, int]]) -> None:
    title = figure["words"]["title"]
    sheet.line(figure["id"], title["en"], title["ja"], head=True)
    sheet.line("figure 数値番号", figure["code"] or "–")
    sheet.line("sha256", figure["sha256"] or "–")
    known_at = date.fromisoformat(figure["known_at"]) if figure["known_at"] else None
    for label, value in telling.conditions(figure["parameters"], known_at):
        sheet.line(f"{label.en} {label.ja}", value.en, value.ja)
    for name in ("numerator", "denominator", "unknown", "responded"):
        if name in figure["answer"]:
            sheet.line(name, figure["answer"][name])
    for label, value in telling.results(figure["answer"]):
        sheet.line(f"{label.en} {label.ja}", value.en, value.ja)
    sheet.line()
    sheet.line("fiscal_year 年度", "yes 該当", "unknown 不明", "no 非該当", head=True)
    for row in figure["cohorts"]:
        sheet.line(*row)
    sheet.line()
    sheet.line("key", "verdict", "weight", head=True)
    for record in records[:MOST_ROWS]:
        sheet.line(*record)
    if len(records) > MOST_ROWS:
        sheet.line(f"{len(records) - MOST_ROWS} more records are in the bundle. 残りの記録は数値のバンドルにあります。")

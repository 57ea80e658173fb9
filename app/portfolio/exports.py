"""Files of exactly what is seen: the columns in their order, the rows in theirs, and who asked what when."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from flask import Flask

from app.core.clock import now
from app.core.db import reading
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual, in_locale, locale, show_date, show_instant
from app.portfolio import queries
from app.portfolio.choices import Measure
from app.portfolio.definitions.asked import Layout, Selection
from app.portfolio.definitions.columns import COLUMNS
from app.portfolio.definitions.filters import FILTERS

#: A workbook is made whole in the request; above this the file is CSV, which is streamed.
MOST_IN_WORKBOOK = 20_000
#: So many projects are looked up at a time.
PORTION = 1_000
Table = Iterable[Sequence[Any]]


def listed(ids: Sequence[int], selection: Selection, layout: Layout) -> Iterator[Sequence[Any]]:
    """The list with its heading."""
    yield [str(COLUMNS[key].label) for key in layout.columns]
    for line in queries.lines(ids, layout.columns, selection.facts):
        yield line.cells


def streamed(app: Flask, ids: Sequence[int], selection: Selection, layout: Layout) -> Iterator[Sequence[Any]]:
    """The same rows for an answer that is sent as it is made: each portion is looked up in a context of its own, after
    the request's commit, and only reads. Memory holds one portion, whatever the number of rows."""
    language = locale()
    for start in range(0, max(1, len(ids)), PORTION):
        with app.app_context(), in_locale(language), reading():
            table = listed(ids[start : start + PORTION], selection, layout)
            portion = [[_plain(cell, language) for cell in row] for row in table]
        yield from portion[1:] if start else portion


def _plain(cell: Any, language: str) -> Any:
    """A value that needs no language any more."""
    if type(cell) is Bilingual:  # asked for once a file, not once a cell
        return cell.ja if language == "ja" else cell.en
    return cell if cell is None or isinstance(cell, (int, date)) else str(cell)


def crossed(found: queries.Cross) -> list[Sequence[Any]]:
    """A cross table as it is seen: labels, numbers, totals."""
    asked, total = found.asked, str(Bilingual("Total", "合計"))
    rows, across = FILTERS[asked.rows], FILTERS[asked.across] if asked.across else None
    head = [str(rows.label), *(across.name_of(code) for code in found.across if across), total]
    body: list[Sequence[Any]] = [head]
    for code in (*found.rows, None):
        label = rows.name_of(code) if code is not None else total
        cells = [found.cell(code, column).of(asked.measure) for column in (*found.across, None)]
        body.append([label, *cells])
    return body


def mapped(key: str, tiles: dict[str, Any]) -> list[Sequence[Any]]:
    """The table beside the map."""
    spec = FILTERS[key]
    head = [spec.label, Bilingual("Projects", "件数"), Bilingual("Yen", "金額(円)"), Bilingual("Reached", "到達"),
            Bilingual("Not known", "不明"), Bilingual("Counted", "対象")]  # fmt: skip
    body: list[Sequence[Any]] = [[str(word) for word in head]]
    for code, tile in sorted(tiles.items()):
        body.append(
            [spec.name_of(code), tile.all.count, tile.all.of(Measure.yen), tile.yes, tile.unknown, tile.counted]
        )
    return body


def facts_sheet(sentence: str, selection: Selection, who: str, rows: int, reason: str) -> list[Sequence[Any]]:
    """What stands on the second sheet: what was asked, as of when, by whom, and how many rows there are."""
    known = selection.facts.known_at
    return [
        [Bilingual("Asked", "条件"), sentence],
        [Bilingual("As of", "時点"), show_date(selection.facts.as_of_day)],
        [Bilingual("Known by", "把握日"), show_date(known) if known else Bilingual("now", "現在")],
        [Bilingual("Taken by", "出力者"), who],
        [Bilingual("Taken at", "出力日時"), show_instant(now())],
        [Bilingual("Rows", "行数"), rows],
        [Bilingual("Reason", "理由"), reason],
    ]


def refuse_long(rows: int) -> None:
    """Raises Refused for a list that is too long for a workbook made at once."""
    if rows > MOST_IN_WORKBOOK:
        words = Bilingual(
            f"More than {MOST_IN_WORKBOOK:,} rows do not fit a workbook. Take the CSV file.",
            f"{MOST_IN_WORKBOOK:,}行を超えるため、CSVで出力してください。",
        )
        raise Refused([Reason("export-too-long", words, "kind")])


def workbook(name: str, table: Table, facts: Sequence[Sequence[Any]]) -> bytes:
    """An XLSX file of two sheets. Numbers are numbers, days are days, and no text is taken for a formula."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, {**options, "default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(table):
        _write(sheet, place, row, bold if place == 0 else None)
    page = book.add_worksheet(str(Bilingual("About this file", "この表について")))
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 80)
    for place, row in enumerate(facts):
        _write(page, place, row, None)
    book.close()
    return out.getvalue()


def _write(sheet: Any, place: int, row: Sequence[Any], style: Any) -> None:
    for column, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, (int, float)):
            sheet.write_number(place, column, value, style)
        elif isinstance(value, date):
            sheet.write_datetime(place, column, value, style)
        else:
            sheet.write_string(place, column, str(value), style)

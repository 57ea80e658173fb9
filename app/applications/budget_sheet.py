"""The budget as a spreadsheet: organisation x fiscal year x cost item, out as XLSX and in again."""

import io
from collections.abc import Mapping, Sequence
from typing import IO, Any

from app.calls.choices import COST_ITEMS
from app.core import money, workbooks
from app.core.errors import Reason, Refused
from app.core.i18n import _
from app.core.workbooks import whole as _whole
from app.core.workbooks import wrong as _wrong

SHEET = "budget"
INFO = "version"  # from which version of the draft the sheet was made: the ancestor of a merge
FIXED = 4  # member, role, item code, item name; the fiscal years follow
MAX_ROWS = 2_000
MAX_BYTES = workbooks.MAX_BYTES
MAX_UNPACKED = 4_000_000  # bytes; the sheet of 40 members and six years unpacks to about one million


def write(members: Sequence[Any], years: Sequence[int], version: int) -> bytes:
    """The workbook of these members (with their cells), in the order of the page. Formulas add up; inputs are plain."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    bold, money_format = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    heads = [_("Member"), _("Role"), _("Code"), _("Cost item"), *(f"FY{year}" for year in years), _("Total")]
    sheet.write_row(0, 0, [str(head) for head in heads], bold)
    row = 1
    for view in members:
        for code, item in COST_ITEMS.items():
            sheet.write_string(row, 0, f"{view.id} {view.member.organisation.name}")
            sheet.write_row(row, 1, [str(view.member.role.label), code, str(item.name)])
            for position, year in enumerate(years):
                amount = view.cells.get((year, code))
                if amount is not None:
                    sheet.write_number(row, FIXED + position, amount, money_format)
            first, last = (xlsxwriter.utility.xl_rowcol_to_cell(row, FIXED + n) for n in (0, max(0, len(years) - 1)))
            if years:
                sheet.write_formula(row, FIXED + len(years), f"=SUM({first}:{last})", money_format, view.item(code))
            row += 1
    sheet.freeze_panes(1, FIXED)
    sheet.set_column(0, 0, 36)
    sheet.set_column(3, FIXED + len(years), 18)
    book.add_worksheet(INFO).write_row(0, 0, ["version", version])
    book.close()
    return out.getvalue()


def read(stream: IO[bytes]) -> tuple[int, dict[int, dict[str, str]]]:
    """(the version that the sheet was made from, member -> field of its share -> amount as text).

    Raises Refused naming every cell that cannot be read; nothing is guessed.
    """
    data = workbooks.take(stream)
    try:
        book = workbooks.open_book(data, MAX_UNPACKED, max_rows=MAX_ROWS, values=True)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        rows = list(sheet.iter_rows(min_row=1, max_row=MAX_ROWS, max_col=FIXED + 30, values_only=True))
    except workbooks.TooManyRows:
        raise Refused([_wrong("–", f"More than {MAX_ROWS:,} rows.", f"{MAX_ROWS:,}行を超えています。")]) from None
    except Exception:  # whatever a damaged or foreign file makes of the reader: it is not our sheet
        raise Refused([_wrong("–", "This is not the budget sheet (XLSX).", "経費表(XLSX)ではありません。")]) from None
    version = book[INFO]["B1"].value if INFO in book.sheetnames else 0
    years = _years(rows[0] if rows else ())
    wrong: list[Reason] = _without_result(data, sheet, years)
    found: dict[int, dict[str, str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell not in (None, "") for cell in row):
            continue
        _read_row(number, row, years, found, wrong)
    if wrong:
        raise Refused(wrong)
    return (version if isinstance(version, int) else 0), found


def _without_result(data: bytes, sheet: Any, years: Mapping[int, int]) -> list[Reason]:
    """Formulas that no spreadsheet program has calculated yet: they would read as empty, and amounts would be lost."""
    formulas = workbooks.open_book(data, MAX_UNPACKED)[sheet.title]
    words = "The formula has no result yet. Open the file in a spreadsheet program and save it."
    return [
        _wrong(cell.coordinate, words, "計算結果のない数式です。表計算ソフトで開いて保存してください。")
        for row in formulas.iter_rows(min_row=2, max_row=MAX_ROWS)
        for cell in row
        if cell.data_type == "f" and cell.column - 1 in years and sheet.cell(cell.row, cell.column).value is None
    ]


def _years(head: Sequence[Any]) -> dict[int, int]:
    """Column -> fiscal year. Raises Refused where the heading is not ours."""
    years = {}
    for column, cell in enumerate(head):
        text = str(cell or "")
        if column >= FIXED and text.startswith("FY") and text[2:].isascii() and text[2:].isdigit():
            years[column] = int(text[2:])
    if not years:
        raise Refused(
            [_wrong("1", "The heading has no fiscal years (FY2027 …).", "見出しに年度(FY2027 …)がありません。")]
        )
    return years


def _read_row(
    number: int, row: Sequence[Any], years: Mapping[int, int], found: dict[int, dict[str, str]], wrong: list[Reason]
) -> None:
    key, code = str(row[0] or "").split(" ", 1)[0], str(row[2] or "")
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        wrong.append(_wrong(f"A{number}", "No member number in front of the name.", "参加機関の番号がありません。"))
        return
    if code not in COST_ITEMS:
        wrong.append(_wrong(f"C{number}", f"Unknown cost item “{code[:20]}”.", f"費目「{code[:20]}」は不明です。"))
        return
    for column, year in years.items():
        cell = row[column] if column < len(row) else None
        text = "" if cell in (None, "") else (str(int(cell)) if _whole(cell) else str(cell))
        if text:
            try:
                text = str(money.parse_yen(text))
            except ValueError:
                place = f"{chr(65 + column) if column < 26 else '?'}{number}"
                wrong.append(_wrong(place, f"“{text[:30]}” is no whole number of yen.", f"「{text[:30]}」は円単位の整数ではありません。"))  # fmt: skip
                continue
        found.setdefault(int(key), {})[f"b_{year}_{code}"] = "" if text == "0" else text

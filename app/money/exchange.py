"""An organisation's costs as a workbook: a template with its lines out, and in again, all of it or nothing.

The voucher number is the key: a line that stands there as stored is left alone, so the same file twice changes nothing.
A line that is not in the file stays. Lines with a verdict cannot be changed by a file.
"""

import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from app.agreements.models import Contract
from app.calls.choices import COST_ITEMS
from app.core import audit, fiscal, money, workbooks
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused
from app.core.i18n import Bilingual, _
from app.core.workbooks import wrong
from app.money import operations, policy, queries
from app.money.choices import EvidenceStep
from app.money.definitions.chain import steps_of
from app.money.models import Expense
from app.money.operations import ExpenseData
from app.projects import operations as projects

SHEET, STAMP = "costs", "about"
HEAD = 2  # the row of the headings; row 1 says what the sheet is
MAX_ROWS, MAX_UNPACKED = 5_000, 20_000_000
MAX_FAULTS = 200
#: Column names in the file; they stay the same in both languages, a row of words stands above them.
COLUMNS = (
    "voucher", "cost_item", "paid_on", "payee", "description", "quantity", "gross_yen", "net_yen", "eligible_yen",
    "hours", "rate_yen", "no_document",
)  # fmt: skip
LIMITS = {"voucher": 40, "payee": 200, "description": 400}


@dataclass(frozen=True)
class Preview:
    """What a file would do: lines that are new, lines that change, lines that stand as they are."""

    new: int
    changed: int
    same: int
    total_yen: int  # claimed by all lines of the file


@dataclass(frozen=True)
class _Line:
    number: int
    data: ExpenseData
    no_document: str


def _titles() -> list[str]:
    return [
        _("Voucher number"), _("Cost item (code)"), _("Paid on"), _("Paid to"), _("What for"), _("Quantity"),
        _("Amount with tax (yen)"), _("Amount without tax (yen)"), _("Claimed as eligible (yen)"), _("Hours (labour)"),
        _("Hourly rate (yen, labour)"), _("Why documents are missing"),
    ]  # fmt: skip


def write(contract: Contract, organisation_name: str, rows: Sequence[Expense]) -> bytes:
    """The template of one organisation with the lines that it has already, and a sheet that explains it."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": contract.number, "author": "", "company": ""})
    bold, yen = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "#,##0"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, _titles(), bold)
    sheet.write_row(HEAD - 1, 0, COLUMNS)
    for number, row in enumerate(rows, HEAD):
        _write_line(sheet, number, row, day, yen)
    sheet.data_validation(HEAD, 1, MAX_ROWS, 1, {"validate": "list", "source": list(COST_ITEMS)})
    sheet.freeze_panes(HEAD, 1)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    about = book.add_worksheet(STAMP)
    lines = [
        (contract.number, organisation_name),
        (_("Period"), f"{contract.starts_on} – {contract.ends_on}"),
        (_("One line per voucher. The voucher number is the key: a line with a known number changes that line."), ""),
        (_("Labour (LAB, AST): hours and hourly rate; the amounts follow and may be left empty."), ""),
        *((code, str(item.name)) for code, item in COST_ITEMS.items()),
    ]
    for number, cells in enumerate(lines):
        about.write_row(number, 0, cells)
    about.set_column(0, 1, 40)
    book.close()
    return out.getvalue()


def _write_line(sheet: Any, number: int, row: Expense, day: Any, yen: Any) -> None:
    for column, text in ((0, row.voucher), (1, row.cost_item), (3, row.payee), (4, row.description)):
        sheet.write_string(number, column, text)
    sheet.write_datetime(number, 2, datetime.combine(row.paid_on, datetime.min.time()), day)
    for column, value in ((5, row.quantity), (6, row.gross_yen), (7, row.net_yen), (8, row.eligible_yen)):
        sheet.write_number(number, column, value, yen)
    if row.minutes is not None and row.rate_yen is not None:
        sheet.write_string(number, 9, f"{row.minutes // 60}:{row.minutes % 60:02d}")
        sheet.write_number(number, 10, row.rate_yen, yen)


def read(stream: IO[bytes]) -> list[_Line]:
    """The lines of a filled-in workbook. Raises Refused naming every cell that cannot be read; nothing is guessed."""
    data = workbooks.take(stream)
    try:
        book = workbooks.open_book(data, MAX_UNPACKED)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        last = sheet.max_row  # before cells are asked for, which makes them
        rows = list(sheet.iter_rows(max_row=min(last, MAX_ROWS + HEAD), max_col=len(COLUMNS)))
    except Exception:  # whatever a damaged or foreign file makes of the reader: it is not our sheet
        raise Refused(
            [wrong("–", "This is not the workbook of costs (XLSX).", "経費一覧のファイル(XLSX)ではありません。")]
        ) from None
    if len(rows) < HEAD or tuple(str(cell.value or "") for cell in rows[HEAD - 1]) != COLUMNS:
        raise Refused(
            [
                wrong(
                    f"A{HEAD}", "The row of column names is missing or changed.", "列名の行がないか、変更されています。"
                )
            ]
        )
    if last > MAX_ROWS + HEAD:
        raise Refused([wrong("–", f"More than {MAX_ROWS:,} rows.", f"{MAX_ROWS:,}行を超えています。")])
    faults: list[Reason] = []
    found = [
        _line(number, cells, faults)
        for number, cells in enumerate(rows[HEAD:], HEAD + 1)
        if any(cell.value not in (None, "") for cell in cells)
    ]
    if not found and not faults:
        faults.append(wrong("–", "The file holds no line.", "経費の行がありません。"))
    if faults:
        raise Refused(_some(faults))
    return found


def _some(faults: list[Reason]) -> list[Reason]:
    if len(faults) <= MAX_FAULTS:
        return faults
    more = len(faults) - MAX_FAULTS
    return [*faults[:MAX_FAULTS], wrong("–", f"{more:,} more faults.", f"このほか{more:,}件の誤りがあります。")]


def _line(number: int, cells: Sequence[Any], faults: list[Reason]) -> _Line:
    values: dict[str, Any] = {}
    for name, cell in zip(COLUMNS, cells, strict=True):
        try:
            values[name] = _value(name, cell)
        except ValueError:
            shown = str(cell.value)[:30]
            faults.append(wrong(cell.coordinate, f"“{shown}” cannot be read.", f"「{shown}」を読み取れません。"))
            values[name] = None
    minutes = values["hours"]
    data = ExpenseData(
        values["voucher"] or "", (values["cost_item"] or "").upper(), values["paid_on"], values["payee"] or "",
        values["description"] or "", values["quantity"] or 1, values["gross_yen"], values["net_yen"],
        values["eligible_yen"], minutes, values["rate_yen"],
    )  # fmt: skip
    return _Line(number, data, values["no_document"] or "")


def _value(name: str, cell: Any) -> Any:
    """One cell by its column. A formula is refused: what it would give is not known here."""
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "f":
        raise ValueError("a formula")
    if name == "paid_on":
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else fiscal.parse_day(str(value))
    if name == "hours":
        return minutes_of(_clock(value))
    if name in ("quantity", "gross_yen", "net_yen", "eligible_yen", "rate_yen"):
        return money.parse_yen(str(int(value)) if workbooks.whole(value) else str(value))
    text = str(int(value)) if workbooks.whole(value) else str(value)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > LIMITS.get(name, 400) or any(unicodedata.category(c) == "Cc" for c in text):
        raise ValueError("not a line of text")
    return text


def _clock(value: Any) -> str:
    """7:30 typed into a spreadsheet becomes a time of day, 30:00 a span."""
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def minutes_of(text: str) -> int:
    """Hours as people write them: 7.5, 7:30 or 7; whole minutes, at most a year's."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > 20 or not plain.isascii():
        raise ValueError("not hours")
    hours, mark, rest = plain.partition(":")
    if mark:
        if not (hours.isdigit() and rest.isdigit() and len(rest) == 2 and int(rest) < 60):
            raise ValueError("not hours")
        minutes = int(hours) * 60 + int(rest)
    else:
        whole, _point, part = plain.partition(".")
        if not whole.isdigit() or (part and not part.isdigit()) or len(part) > 16:
            raise ValueError("not hours")
        minutes = (
            int(whole) * 60 + (int(part) * 60 + 10 ** len(part) // 2) // 10 ** len(part) if part else int(whole) * 60
        )
    if not 0 < minutes <= operations.MAX_MINUTES:
        raise ValueError("not hours")
    return minutes


def load(contract: Contract, organisation_id: int, lines: Sequence[_Line], actor: Any, *, dry: bool) -> Preview:
    """Compare the lines of a file with what is stored and, unless ``dry``, store them: all of them or none.

    Raises Refused with the number of the line for every fault. Needs the right to write the organisation's costs.
    """
    if not policy.acts_for(actor, contract.award.project, organisation_id):
        raise Forbidden("costs")
    if not policy.is_open(contract):
        raise OutOfOrder(contract, "costs", contract.status)
    if not dry:
        queries.locked_contract(contract.id)
    stored = {row.voucher: row for row in queries.expenses_of(contract.id, {organisation_id})}
    faults: list[Reason] = []
    seen: set[str] = set()
    new, changed, same = [], [], 0
    for line in lines:
        faults += [
            wrong(f"{line.number}", reason.message.en, reason.message.ja)
            for reason in operations.faults(contract, line.data, seen)
        ]
        seen.add(line.data.voucher)
        row = stored.get(line.data.voucher)
        if row is None:
            new.append(line)
        elif _same(row, line):
            same += 1
        elif row.verdict is not None:
            faults.append(wrong(f"{line.number}", "This line has its verdict already.", "この経費は判定済みです。"))
        else:
            changed.append(line)
    if faults:
        raise Refused(_some(faults))
    if not dry and (new or changed):
        _store(contract, organisation_id, [*new, *changed], stored, actor)
    total = sum(line.data.amounts()[2] or 0 for line in lines)
    return Preview(len(new), len(changed), same, total)


def _same(row: Expense, line: _Line) -> bool:
    data = line.data
    names = ("cost_item", "paid_on", "payee", "description", "quantity", "minutes", "rate_yen")
    if any(getattr(row, name) != getattr(data, name) for name in names):
        return False
    if (row.gross_yen, row.net_yen, row.eligible_yen) != data.amounts():
        return False
    reasons = {one.step: one.reason for one in row.evidence}
    return not line.no_document or all(step in reasons for step in steps_of(row.cost_item))


def _store(
    contract: Contract, organisation_id: int, lines: Sequence[_Line], stored: Mapping[str, Expense], actor: Any
) -> None:  # fmt: skip
    pairs = []
    for line in lines:
        row = stored.get(line.data.voucher)
        version = row.version if row is not None else 0
        pairs.append(
            (line, operations.save_expense(
                contract, organisation_id, line.data, actor, expense=row, version=version, quietly=True
            ))
        )  # fmt: skip
    session.flush()
    for line, row in pairs:
        if line.no_document:
            known = {one.step for one in row.evidence}
            for step in steps_of(row.cost_item):
                if step not in known:
                    operations.reason_instead(row, EvidenceStep(step), line.no_document)
    session.flush()
    audit.record(
        contract, "costs imported", actor,
        data={"organisation": organisation_id, "vouchers": [line.data.voucher for line in lines][:500], "lines": len(lines)},
    )  # fmt: skip
    projects.changed([contract.award.project_id])


def words_of(preview: Preview) -> Bilingual:
    """The preview in a sentence."""
    return Bilingual(
        f"{preview.new:,} new lines, {preview.changed:,} changed, {preview.same:,} as stored; {preview.total_yen:,} yen in all.",
        f"新規{preview.new:,}件、変更{preview.changed:,}件、変更なし{preview.same:,}件、合計{preview.total_yen:,}円。",
    )

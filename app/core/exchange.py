"""Import and export of CSV files: one engine, fed by each feature's ``exchange`` with the kinds it knows.

A file is read whole, every cell is checked, what is wrong is collected with its line and column, and only a file
without a fault changes anything. Whether a row is new, changed or as stored is decided by comparing it with what an
export would write, so an import of an export changes nothing.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, bindparam, select

from app.core import money, numbering
from app.core.db import session
from app.core.i18n import Bilingual

#: No report grows beyond this; the last entry then says that there is more.
MAX_PROBLEMS = 10_000
FEW = 500


class Bad(ValueError):
    """A cell that cannot be read."""

    def __init__(self, code: str, en: str, ja: str) -> None:
        self.code, self.message = code, Bilingual(en, ja)
        super().__init__(code)


@dataclass(frozen=True)
class Fault:
    """Something wrong in a row, at a column (empty: the row as a whole)."""

    column: str
    code: str
    message: Bilingual


@dataclass(frozen=True)
class Problem:
    """A fault with the line on which it stands."""

    line: int
    column: str
    code: str
    message: Bilingual


@dataclass(slots=True)
class Row:
    """One good line: the values by column, and the keys of the records that it refers to."""

    line: int
    values: dict[str, Any]
    refs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column of a file; ``read`` gets a text that is not empty and raises Bad."""

    name: str
    read: Callable[[str], Any]
    required: bool = False
    empty: Any = None


def _nothing(row: Row) -> Iterable[Fault]:
    return ()


def _no_references(rows: Sequence[Row]) -> Iterable[tuple[Row, Fault]]:
    return ()


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    ``stored(rows)`` yields (id, values in the order of the columns) of what is in the database: of everything when
    ``rows`` is None, else at least of the records that these rows may mean. ``update`` is None for records that are
    only ever added.
    """

    name: str
    label: Bilingual
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    stored: Callable[[Sequence[Row] | None], Iterable[tuple[int, tuple[Any, ...]]]]
    insert: Callable[[Sequence[Row]], None]
    update: Callable[[Sequence[tuple[int, Row]]], None] | None = None
    check: Callable[[Row], Iterable[Fault]] = _nothing
    resolve: Callable[[Sequence[Row]], Iterable[tuple[Row, Fault]]] = _no_references

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.key)


@dataclass
class Report:
    """What an import did, or would do, or why it did nothing."""

    kind: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[Problem] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.errors

    def add(self, line: int, column: str, code: str, message: Bilingual) -> None:
        if len(self.errors) < MAX_PROBLEMS:
            self.errors.append(Problem(line, column, code, message))
        elif len(self.errors) == MAX_PROBLEMS:
            self.errors.append(
                Problem(
                    line,
                    "",
                    "too-many-errors",
                    Bilingual(
                        f"There is more than the {MAX_PROBLEMS} faults listed here; mend these first.",
                        f"誤りが{MAX_PROBLEMS}件を超えました。まず表示分を修正してください。",
                    ),
                )
            )

    def data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": [
                {"line": e.line, "column": e.column, "code": e.code, "message": str(e.message)} for e in self.errors
            ],
        }


# --- cells -----------------------------------------------------------------------------------------------------------

#: Spreadsheets also compute behind blanks and quotes, and take full-width signs for signs.
_GUARDED = re.compile(r"""'*[ "\n]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]""")


def guard(text: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    return "'" + text if _GUARDED.match(text) else text


def unguard(text: str) -> str:
    """Take away exactly the apostrophe that ``guard`` has put there."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def show(value: Any) -> str:
    """A value as it stands in a file."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return guard(str(value))


def _quoted(text: str) -> str:
    short = text if len(text) <= 40 else text[:39] + "…"
    return "".join(c if c.isprintable() else "�" for c in short)


def text(name: str, limit: int = 200, required: bool = False) -> Column:
    def read(found: str) -> str:
        for c in found:
            category = unicodedata.category(c)
            if category in ("Cc", "Cs") and c != "\t":
                raise Bad(
                    "bad-character",
                    f"the text holds the character U+{ord(c):04X}, which cannot be stored; remove it",
                    f"保存できない文字 U+{ord(c):04X} が含まれています。削除してください",
                )
        if len(found) > limit:
            raise Bad(
                "too-long",
                f"the text has {len(found)} characters; at most {limit} fit",
                f"{len(found)}文字あります。{limit}文字以内にしてください",
            )
        return found

    return Column(name, read, required, empty="")


def optional_text(name: str, limit: int, pattern: str, en: str, ja: str) -> Column:
    """A short code of a given shape, empty when unknown."""
    shape = re.compile(pattern, re.ASCII)

    def read(found: str) -> str:
        if len(found) > limit or not shape.fullmatch(found):
            raise Bad("bad-code", f"“{_quoted(found)}” does not fit; {en}", f"「{_quoted(found)}」は使えません。{ja}")
        return found

    return Column(name, read)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day(name: str, required: bool = False, earliest: date = date(1900, 1, 1)) -> Column:
    """A day in the Western calendar; one before ``earliest`` is taken for a slip."""

    def read(found: str) -> date:
        try:
            if not _DAY.fullmatch(found) or date.fromisoformat(found) < earliest:
                raise ValueError
            return date.fromisoformat(found)
        except ValueError:
            raise Bad(
                "bad-date",
                f"“{_quoted(found)}” is not a date; write YYYY-MM-DD from {earliest} on, such as 2005-12-31",
                f"「{_quoted(found)}」は日付ではありません。2005-12-31 の形式で、{earliest}以降の日を書いてください",
            ) from None

    return Column(name, read, required)


def yen(name: str) -> Column:
    def read(found: str) -> int:
        try:
            return money.parse_yen(found)
        except ValueError:
            raise Bad(
                "bad-amount",
                f"“{_quoted(found)}” is not an amount; write whole yen from 0 to {money.MAX_YEN}",
                f"「{_quoted(found)}」は金額ではありません。0から{money.MAX_YEN}までの整数(円)で書いてください",
            ) from None

    return Column(name, read)


_WHOLE = re.compile(r"[0-9]{1,10}", re.ASCII)


def whole(name: str, low: int, high: int, required: bool = False) -> Column:
    def read(found: str) -> int:
        if not _WHOLE.fullmatch(found) or not low <= int(found) <= high:
            raise Bad(
                "bad-number",
                f"“{_quoted(found)}” does not fit; write a whole number from {low} to {high}",
                f"「{_quoted(found)}」は使えません。{low}から{high}までの整数で書いてください",
            )
        return int(found)

    return Column(name, read, required)


def choice(
    name: str, codes: Iterable[str] | type[StrEnum], required: bool = False, empty: Any = None, kind: Any = None
) -> Column:
    known: dict[str, Any] = {str(code): code for code in codes}
    shown = ", ".join(known) if len(known) <= 30 else ""

    def read(found: str) -> Any:
        if found not in known:
            raise Bad(
                "unknown-code",
                f"“{_quoted(found)}” is not one of the codes" + (f": {shown}" if shown else ""),
                f"「{_quoted(found)}」はコード表にありません" + (f"({shown})" if shown else ""),
            )
        return known[found]

    return Column(name, read, required, empty)


def codes(name: str, known: Iterable[str]) -> Column:
    """Several codes of a list, separated by semicolons."""
    allowed = frozenset(known)

    def read(found: str) -> str:
        parts = list(dict.fromkeys(part.strip() for part in found.split(";") if part.strip()))
        for part in parts:
            if part not in allowed:
                raise Bad(
                    "unknown-code",
                    f"“{_quoted(part)}” is not in the code list; separate several codes by a semicolon",
                    f"「{_quoted(part)}」はコード表にありません。複数のときはセミコロンで区切ってください",
                )
        joined = ";".join(parts)
        if len(joined) > 200:
            raise Bad("too-long", "too many codes for one cell", "コードが多すぎます")
        return joined

    return Column(name, read, empty="")


#: What the decoder makes of bytes that CP932 does not define.
_NOT_IN_CP932 = re.compile("[\u0080\uf8f0-\uf8f3]")

# --- reading a file --------------------------------------------------------------------------------------------------


def decode(data: bytes, report: Report) -> str | None:
    """UTF-8 (with or without a mark at its start) or CP932."""
    marked = data.startswith(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.object.count(b"\n", 0, error.start) + 1
    if not marked:
        try:
            content = data.decode("cp932")
        except UnicodeDecodeError as error:
            at = max(at, error.object.count(b"\n", 0, error.start) + 1)
        else:
            stray = _NOT_IN_CP932.search(content)
            if stray is None:
                return content
            at = content.count("\n", 0, stray.start()) + 1
    report.add(
        at,
        "",
        "encoding",
        Bilingual(
            "the file is neither UTF-8 nor CP932 (Shift_JIS); save it as CSV UTF-8",
            "文字コードがUTF-8でもCP932(Shift_JIS)でもありません。CSV UTF-8で保存してください",
        ),
    )
    return None


def _records(content: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    """(line on which it starts, cells) of every record that is not an empty line."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                en, ja = "a quotation mark is opened here and never closed", "ここで始まる引用符が閉じられていません"
            elif "field limit" in str(error):
                en, ja = "a cell is longer than 131,072 characters", "セルが131,072文字を超えています"
            else:
                en, ja = f"the line cannot be read as CSV ({error})", "CSVとして読み取れない行です"
            report.add(start, "", "csv", Bilingual(en, ja))
            return
        if cells:
            yield start, cells


def _header(kind: Kind, line: int, cells: list[str], report: Report) -> list[Column] | None:
    known = {column.name: column for column in kind.columns}
    names = [cell.strip() for cell in cells]
    before = len(report.errors)
    for name in dict.fromkeys(names):
        shown = _quoted(name)
        if name not in known:
            report.add(
                line,
                shown,
                "unknown-column",
                Bilingual(f"there is no column “{shown}” in a file of {kind.name}", f"列「{shown}」はありません"),
            )
        elif names.count(name) > 1:
            report.add(
                line,
                name,
                "duplicate-column",
                Bilingual(f"the column “{name}” stands here twice", f"列「{name}」が重複しています"),
            )
    for name in known:
        if name not in names:
            report.add(
                line,
                name,
                "missing-column",
                Bilingual(f"the column “{name}” is missing from the header", f"見出しに列「{name}」がありません"),
            )
    return None if len(report.errors) > before else [known[name] for name in names]


def _row(columns: list[Column], line: int, cells: list[str], report: Report) -> Row | None:
    if len(cells) != len(columns):
        report.add(
            line,
            "",
            "row-length",
            Bilingual(
                f"the line has {len(cells)} cells; the header has {len(columns)}",
                f"セルが{len(cells)}個あります。見出しは{len(columns)}個です",
            ),
        )
        return None
    values: dict[str, Any] = {}
    sound = True
    for column, cell in zip(columns, cells, strict=True):
        found = unguard(cell.strip())
        if not found:
            values[column.name] = column.empty
            if column.required:
                sound = False
                report.add(
                    line,
                    column.name,
                    "required",
                    Bilingual(f"“{column.name}” must be filled in", f"「{column.name}」は必須です"),
                )
            continue
        try:
            values[column.name] = column.read(found)
        except Bad as bad:
            sound = False
            report.add(line, column.name, bad.code, bad.message)
    return Row(line, values) if sound else None


def parse(kind: Kind, data: bytes, report: Report) -> list[Row]:
    """The good rows of a file; everything else goes to the report."""
    content = decode(data, report)
    if content is None:
        return []
    columns: list[Column] | None = None
    rows: list[Row] = []
    for line, cells in _records(content, report):
        if columns is None:
            columns = _header(kind, line, cells, report)
            if columns is None:
                return []
            continue
        report.rows += 1
        row = _row(columns, line, cells, report)
        if row is not None:
            rows.append(row)
    if columns is None and report.good:
        report.add(
            1,
            "",
            "empty-file",
            Bilingual(
                f"the file is empty; its first line names the columns {', '.join(kind.names)}",
                f"ファイルが空です。1行目に列名が必要です: {', '.join(kind.names)}",
            ),
        )
    return rows


def _check(kind: Kind, rows: list[Row], report: Report, also: Callable[[Row], Iterable[Fault]]) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        for fault in (*kind.check(row), *also(row)):
            report.add(row.line, fault.column, fault.code, fault.message)
        key = kind.key_of(row.values)
        if key in first:
            report.add(
                row.line,
                kind.key[0],
                "duplicate-key",
                Bilingual(
                    f"this record already stands on line {first[key]}", f"{first[key]}行目と同じ記録が重複しています"
                ),
            )
        else:
            first[key] = row.line
    for row, fault in kind.resolve(rows):
        report.add(row.line, fault.column, fault.code, fault.message)


def run(kind: Kind, data: bytes, *, dry_run: bool = False, also: Callable[[Row], Iterable[Fault]] = _nothing) -> Report:
    """Import a file in the running transaction: all of it when every row is good, else nothing. Commits nothing.

    ``also`` adds the caller's own checks, such as “only my cluster”.
    """
    report = Report(kind.name)
    rows = parse(kind, data, report)
    _check(kind, rows, report, also)
    report.errors.sort(key=lambda problem: problem.line)
    if not report.good:
        return report
    names = kind.names
    where = [names.index(name) for name in kind.key]
    present = {tuple(values[i] for i in where): (id_, values) for id_, values in kind.stored(rows)}
    new: list[Row] = []
    changed: list[tuple[int, Row]] = []
    for row in rows:
        found = present.get(kind.key_of(row.values))
        if found is None:
            new.append(row)
        elif found[1] != tuple(row.values[name] for name in names):
            changed.append((found[0], row))
    report.created, report.updated = len(new), len(changed)
    report.unchanged = len(rows) - len(new) - len(changed)
    if dry_run or not (new or changed):
        return report
    session.flush()
    if changed:
        assert kind.update is not None, f"{kind.name}: every column belongs to the key"
        kind.update(changed)
    if new:
        kind.insert(new)
    numbering.touch()
    session.expire_all()
    return report


def write(kind: Kind, only: Callable[[tuple[Any, ...]], bool] = lambda values: True) -> Iterator[str]:
    """The lines of an export, ordered by the key's text whatever the database's collation."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(kind.names)
    where = [kind.names.index(name) for name in kind.key]
    shown = [[show(value) for value in values] for _id, values in kind.stored(None) if only(values)]
    shown.sort(key=lambda cells: [cells[i] for i in where])
    for cells in shown:
        writer.writerow(cells)
        if buffer.tell() > 60_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


# --- what the kinds of the features share ----------------------------------------------------------------------------


def among(query: Any, column: Any, keys: Iterable[Any]) -> Any:
    """Narrow a query to some keys while they are few; read the whole table when they are many."""
    wanted = sorted({key for key in keys if key is not None})
    return query.where(column.in_(wanted)) if len(wanted) <= FEW else query


def pairs(query: Any) -> dict[Any, Any]:
    """A query of two columns as a mapping from the first to the second."""
    return {key: value for key, value in session.execute(query)}


def references(rows: Sequence[Row], column: str, key: Any, id_: Any, en: str, ja: str) -> Iterator[tuple[Row, Fault]]:
    """Put the id of the record that ``column`` names into each row's ``refs``; yield what is not there."""
    known = pairs(among(select(key, id_), key, (row.values[column] for row in rows)))
    for row in rows:
        wanted = row.values[column]
        if not wanted:
            row.refs[column] = None
        elif wanted in known:
            row.refs[column] = known[wanted]
        else:
            yield (
                row,
                Fault(
                    column,
                    "unknown-key",
                    Bilingual(
                        f"there is no {en} “{_quoted(wanted)}”; import it first",
                        f"{ja}「{_quoted(wanted)}」がありません。先に取り込んでください",
                    ),
                ),
            )


def period(row: Row, start: str, end: str, *, same_day: bool = False) -> Iterator[Fault]:
    """A period must end after it starts (on the same day at the earliest, where that is allowed)."""
    first, last = row.values[start], row.values[end]
    if first is None or last is None or last > first or (same_day and last == first):
        return
    yield Fault(
        end,
        "bad-period",
        Bilingual(
            f"{end} ({last}) must {'not lie before' if same_day else 'lie after'} {start} ({first})",
            f"{end}({last})は{start}({first}){'以降' if same_day else 'より後'}でなければなりません",
        ),
    )


def bulk_update(table: Table, changes: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Set the same columns of many rows; a version counts up."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0][1]}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    statement = table.update().where(table.c.id == bindparam("which")).values(values)
    session.connection().execute(
        statement, [{"which": id_, **{f"new_{k}": v for k, v in found.items()}} for id_, found in changes]
    )


def bulk_insert(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if "version" in table.c:
        rows = [{"version": 1, **row} for row in rows]
    session.connection().execute(table.insert(), list(rows))

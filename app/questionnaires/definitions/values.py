"""Answers as they are stored (plain JSON), as expressions see them, and as people read them.

Stored forms: text, date (ISO) and number (decimal text) are texts, yen is a whole number, yes_no and statement are
true or false, single_choice a code, multiple_choice a list of codes, organisation {"id", "name"}, table a list of
{column: stored value}.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core.i18n import Bilingual
from app.questionnaires.choices import ColumnType, QuestionType
from app.questionnaires.definitions.content import Column, Question
from app.questionnaires.definitions.evaluation import number

T = QuestionType
TEXTS = (T.short_text, T.long_text)
YES, NO = Bilingual("Yes", "はい"), Bilingual("No", "いいえ")
AGREED, NOT_AGREED = Bilingual("Agreed", "同意する"), Bilingual("Not agreed", "同意しない")


def is_empty(stored: Any) -> bool:
    return stored is None or stored == "" or stored == [] or stored == {}


def _decimal(stored: Any) -> Decimal | None:
    if isinstance(stored, bool) or not isinstance(stored, (str, int)):
        return None
    try:
        return number(Decimal(stored))
    except InvalidOperation:
        return None


def _day(stored: Any) -> date | None:
    try:
        return date.fromisoformat(stored) if isinstance(stored, str) else None
    except ValueError:
        return None


def _cell(column: Column, stored: Any) -> Any:
    if column.is_number:
        return _decimal(stored)
    if column.type is ColumnType.date:
        return _day(stored)
    return stored if isinstance(stored, str) and stored else None


def rows_of(question: Question, stored: Any) -> list[dict[str, Any]]:
    """The filled rows of a stored table, cells as expressions see them."""
    if not isinstance(stored, list):
        return []
    rows = [{c.key: _cell(c, row.get(c.key)) for c in question.columns} for row in stored if isinstance(row, dict)]
    return [row for row in rows if any(cell is not None for cell in row.values())]


def value(question: Question, stored: Any) -> Any:
    """A stored answer as expressions see it; None where it is empty or of another kind than the question."""
    if is_empty(stored):
        return None
    t = question.type
    if t in (T.number, T.yen):
        return _decimal(stored)
    if t is T.date:
        return _day(stored)
    if t in (T.yes_no, T.statement):
        return stored if isinstance(stored, bool) else None
    if t is T.single_choice:
        return stored if question.option(stored) else None
    if t is T.multiple_choice:
        codes = [c for c in stored if question.option(c)] if isinstance(stored, list) else []
        return codes or None
    if t is T.organisation:
        return stored.get("name") or None if isinstance(stored, dict) else None
    if t is T.table:
        return rows_of(question, stored) or None
    return stored if isinstance(stored, str) and t in TEXTS else None


def _text(question: Question, stored: Any) -> str:
    if question.type is T.yes_no:
        return {True: "yes", False: "no"}.get(stored, "") if isinstance(stored, bool) else ""
    if question.type is T.statement:
        return "1" if stored is True else ""
    if question.type is T.organisation:
        return str(stored.get("name") or "") if isinstance(stored, dict) else ""
    if isinstance(stored, list):
        return ";".join(sorted(str(one) for one in stored))
    return "" if is_empty(stored) else str(stored)


def texts(question: Question, stored: Any) -> dict[str, str]:
    """A stored answer as the texts of its fields (forms.answering names them), empty ones left out."""
    if question.type is not T.table:
        text = _text(question, stored)
        return {f"q_{question.key}": text} if text else {}
    rows = stored if isinstance(stored, list) else []
    return {
        f"q_{question.key}__{n}__{c.key}": str(row[c.key])
        for n, row in enumerate(rows)
        if isinstance(row, dict)
        for c in question.columns
        if not is_empty(row.get(c.key))
    }


def plain(amount: Decimal) -> str:
    """A number for people: grouped by thousands, without exponent and without needless zeros."""
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_unit(text: str, unit: Bilingual) -> Bilingual:
    return Bilingual(f"{text} {unit.en}".strip(), f"{text}{unit.ja}")


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


def _cell_shown(column: Column, cell: Any) -> Bilingual:
    if cell is None:
        return _same("–")
    if column.type is ColumnType.yen:
        return Bilingual(f"¥{plain(cell)}", f"{plain(cell)}円")
    return _same(plain(cell) if isinstance(cell, Decimal) else cell.isoformat() if isinstance(cell, date) else cell)


def totals(question: Question, stored: Any) -> dict[str, Decimal]:
    """The sum of every column that has one."""
    rows = rows_of(question, stored)
    return {
        column.key: sum((row[column.key] for row in rows if row[column.key] is not None), Decimal(0))
        for column in question.columns
        if column.total
    }


def _table_shown(question: Question, stored: Any) -> Bilingual:
    lines_en, lines_ja = [], []
    for n, row in enumerate(rows_of(question, stored), 1):
        cells = [(c.label, _cell_shown(c, row[c.key])) for c in question.columns]
        lines_en.append(f"{n}. " + "; ".join(f"{label.en}: {cell.en}" for label, cell in cells))
        lines_ja.append(f"{n}. " + "、".join(f"{label.ja}: {cell.ja}" for label, cell in cells))
    for column in question.columns:
        if column.total:
            total = _cell_shown(column, totals(question, stored)[column.key])
            lines_en.append(f"Total, {column.label.en}: {total.en}")
            lines_ja.append(f"合計 {column.label.ja}: {total.ja}")
    return Bilingual("\n".join(lines_en), "\n".join(lines_ja))


def shown(question: Question, stored: Any) -> Bilingual:
    """A stored answer in words, in both languages; a dash where there is none."""
    found = value(question, stored)
    if found is None:
        return _same("–")
    if question.type is T.statement:
        return AGREED if found else NOT_AGREED
    if question.type is T.table:
        return _table_shown(question, stored)
    if question.type is T.multiple_choice:
        labels = [option.label for option in question.options if option.code in found]
        return Bilingual("; ".join(label.en for label in labels), "、".join(label.ja for label in labels))
    if question.type is T.single_choice:
        option = question.option(found)
        return option.label if option else _same("–")
    return in_words(question, found)


def in_words(question: Question, found: Any) -> Bilingual:
    """A value of an expression in words, with the question's unit."""
    if found is None:
        return _same("–")
    if isinstance(found, bool):
        return YES if found else NO
    if isinstance(found, Decimal):
        if question.type is T.yen:
            return Bilingual(f"¥{plain(found)}", f"{plain(found)}円")
        places = round(found, question.decimals) if question.type is T.calculated else found
        return _with_unit(plain(places), question.unit)
    return _same(found.isoformat() if isinstance(found, date) else str(found))


def carried(question: Question, kind: str, stored: Any) -> Any:
    """The stored answer of an earlier version as this question stores it, or None where it does not fit any more.

    Texts fit texts, whole numbers fit yen and numbers each other, one choice fits several; choices must still be
    offered and tables keep the columns that are still there.
    """
    if is_empty(stored) or kind == question.type.value:
        fitted = stored
    elif {kind, question.type.value} <= {"short_text", "long_text"}:
        fitted = stored
    elif (kind, question.type) == ("yen", T.number):
        fitted = str(stored)
    elif (kind, question.type) == ("number", T.yen):
        amount = _decimal(stored)
        fitted = int(amount) if amount is not None and amount == int(amount) and amount >= 0 else None
    elif (kind, question.type) == ("single_choice", T.multiple_choice):
        fitted = [stored]
    else:
        return None
    return fitted if value(question, fitted) is not None else None


def kept(question: Question, stored: Any) -> Any:
    """What of a stored answer still has a meaning here: codes and columns that are gone are left out."""
    if question.type is T.multiple_choice and isinstance(stored, list):
        return [code for code in stored if question.option(code)]
    if question.type is T.table and isinstance(stored, list):
        keys = {column.key for column in question.columns}
        return [{k: v for k, v in row.items() if k in keys} for row in stored if isinstance(row, Mapping)]
    return stored

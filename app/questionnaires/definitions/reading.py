"""Reading a questionnaire from data: every fault is said with the path to it, and nothing half-read comes out."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from app.core.i18n import Bilingual
from app.questionnaires.choices import ColumnType, QuestionType, Severity
from app.questionnaires.definitions.content import (
    FORMAT,
    NOTHING,
    SETTINGS,
    Check,
    Column,
    Content,
    Option,
    Question,
    Section,
)
from app.questionnaires.definitions.expressions import CONSTANTS, FUNCTIONS

KEY = re.compile(r"(?=.{1,40}$)[a-z](?:_?[a-z0-9])*", re.ASCII)  # no double _: forms join keys with it
#: Words that mean something in expressions or to Python's parser.
RESERVED = frozenset({*CONSTANTS, *FUNCTIONS, "if", "facts", "and", "or", "not", "in", "is", "else", "for", "as", "def",
                      "del", "from", "pass", "with", "try", "class", "while", "return", "import", "global", "lambda",
                      "none", "yield", "async", "await", "raise", "break", "assert", "continue", "except", "finally",
                      "elif", "nonlocal"})  # fmt: skip
MAX_SECTIONS, MAX_QUESTIONS = 30, 150
T = TypeVar("T")
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True)
class Fault:
    """Something wrong at one place; ``path`` is written as in ``sections[2].questions[0].label.ja``."""

    path: str
    message: Bilingual

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else str(self.message)


def read(data: Any) -> tuple[Content, list[Fault]]:
    """The content that the data hold and everything that is wrong with their shape (what they mean is checked by
    ``definitions.checking``). The content is to be used only where there are no faults."""
    reader = _Reader()
    table = reader.table(data, "", {"format", "sections"})
    if table.get("format") != FORMAT:
        reader.fault(
            "format",
            f"this is no questionnaire of this system; “{FORMAT}” is expected",
            f"本システムの質問票ではありません(「{FORMAT}」が必要です)",
        )
    sections = reader.rows(table, "sections", "", reader.section, MAX_SECTIONS)
    content = Content(tuple(sections))
    if sum(1 for _q in content.questions()) > MAX_QUESTIONS:
        reader.fault("sections", f"at most {MAX_QUESTIONS} questions", f"設問は{MAX_QUESTIONS}問以内です")
    return content, reader.faults


def read_section(data: Any) -> tuple[Section, list[Fault]]:
    """One section, as ``read`` does it, with paths from the section on."""
    reader = _Reader()
    return reader.section(data, ""), reader.faults


def read_question(data: Any) -> tuple[Question, list[Fault]]:
    """One question, as ``read`` does it, with paths from the question on."""
    reader = _Reader()
    return reader.question(data, ""), reader.faults


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, en: str, ja: str) -> None:
        self.faults.append(Fault(path, Bilingual(en, ja)))

    def table(self, data: Any, path: str, known: set[str]) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fault(path, "an object is expected here", "オブジェクトが必要です")
            return {}
        for name in sorted(set(data) - known, key=str):
            self.fault(_join(path, str(name)[:60]), "unknown field", "未知の項目です")
        return data

    def rows(self, data: dict[str, Any], name: str, path: str, read_one: Callable[[Any, str], T], most: int) -> list[T]:
        found, here = data.get(name, []), _join(path, name)
        if not isinstance(found, list):
            self.fault(here, "a list is expected here", "リストが必要です")
            return []
        if len(found) > most:
            self.fault(here, f"at most {most} entries", f"{most}件以内です")
            return []
        return [read_one(row, f"{here}[{i}]") for i, row in enumerate(found)]

    def text(self, data: dict[str, Any], name: str, path: str, limit: int, *, lines: bool = False) -> str:
        value, here = data.get(name, ""), _join(path, name)
        if not isinstance(value, str):
            self.fault(here, "a text is expected here", "文字列が必要です")
            return ""
        value = value.replace("\r\n", "\n").strip()
        allowed = "\n\t" if lines else ""
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in value):
            self.fault(here, "the text holds a control character", "制御文字が含まれています")
            return ""
        if len(value) > limit:
            self.fault(here, f"at most {limit} characters", f"{limit}文字以内です")
            return ""
        return value

    def both(
        self, data: dict[str, Any], name: str, path: str, limit: int, *, needed: bool = False, lines: bool = False
    ) -> Bilingual:
        here = _join(path, name)
        if name not in data:
            if needed:
                self.fault(here, "missing in both languages", "両言語とも未記入です")
            return NOTHING
        table = self.table(data[name], here, {"en", "ja"})
        text = Bilingual(
            self.text(table, "en", here, limit, lines=lines), self.text(table, "ja", here, limit, lines=lines)
        )
        for code, words in (("en", text.en), ("ja", text.ja)):
            other = text.ja if code == "en" else text.en
            if not words and (needed or other):
                self.fault(_join(here, code), "the text is missing in this language", "この言語の文が未記入です")
        return text

    def key(self, data: dict[str, Any], name: str, path: str, *, in_expressions: bool = True) -> str:
        value = self.text(data, name, path, 40)
        if not KEY.fullmatch(value):
            self.fault(
                _join(path, name),
                "a key is a small letter followed by small letters, digits and _ (at most 40)",
                "キーは英小文字で始まる英小文字・数字・_ 40字以内です",
            )
        elif in_expressions and value in RESERVED:
            self.fault(_join(path, name), f"“{value}” has a meaning in expressions", f"「{value}」は式の予約語です")
        return value

    def whole(self, data: dict[str, Any], name: str, path: str, low: int, high: int, default: int) -> int:
        value = data.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fault(
                _join(path, name), f"a whole number from {low} to {high}", f"{low}から{high}までの整数が必要です"
            )
            return default
        return value

    def flag(self, data: dict[str, Any], name: str, path: str) -> bool:
        value = data.get(name, False)
        if not isinstance(value, bool):
            self.fault(_join(path, name), "true or false", "true 又は false が必要です")
        return value is True

    def code(self, data: dict[str, Any], name: str, path: str, codes: type[Code], default: Code) -> Code:
        value = data.get(name, default.value)
        if value not in [code.value for code in codes]:
            known = ", ".join(code.value for code in codes)
            self.fault(_join(path, name), f"one of {known}", f"次のいずれかです: {known}")
            return default
        return codes(value)

    def decimal(self, data: dict[str, Any], name: str, path: str) -> str:
        value = self.text(data, name, path, 20)
        try:
            if value and not (Decimal(value).is_finite() and -15 <= Decimal(value).adjusted() <= 15):
                raise InvalidOperation
        except InvalidOperation:
            self.fault(_join(path, name), "a number written as text", "数値(文字列)が必要です")
            return ""
        return value

    def day(self, data: dict[str, Any], name: str, path: str) -> str:
        value = self.text(data, name, path, 10)
        try:
            return date.fromisoformat(value).isoformat() if value else ""
        except ValueError:
            self.fault(_join(path, name), "a day such as 2026-04-01", "2026-04-01 のような日付が必要です")
            return ""

    def section(self, data: Any, path: str) -> Section:
        table = self.table(data, path, {"key", "title", "help", "show_when", "questions"})
        return Section(
            self.key(table, "key", path),
            self.both(table, "title", path, 200, needed=True),
            self.both(table, "help", path, 2000, lines=True),
            self.text(table, "show_when", path, 500),
            tuple(self.rows(table, "questions", path, self.question, MAX_QUESTIONS)),
        )

    def question(self, data: Any, path: str) -> Question:
        table = self.table(
            data, path, {"key", "type", "label", "help", "required", "show_when", "was", "settings", "checks"}
        )
        kind = self.code(table, "type", path, QuestionType, QuestionType.short_text)
        if "type" not in table:
            self.fault(_join(path, "type"), "missing", "未記入です")
        return Question(
            self.key(table, "key", path),
            kind,
            self.both(table, "label", path, 300, needed=True),
            self.both(table, "help", path, 2000, lines=True),
            self.flag(table, "required", path),
            self.text(table, "show_when", path, 500),
            self.key(table, "was", path) if table.get("was") else "",
            tuple(self.rows(table, "checks", path, self.check, 10)),
            **self.settings(table.get("settings", {}), _join(path, "settings"), kind),
        )

    def settings(self, data: Any, path: str, kind: QuestionType) -> dict[str, Any]:
        names = SETTINGS[kind]
        table = self.table(data, path, set(names))
        readers: dict[str, Callable[[str], Any]] = {
            "unit": lambda name: self.both(table, name, path, 40),
            "text": lambda name: self.both(table, name, path, 4000, needed=True, lines=True),
            "decimals": lambda name: self.whole(table, name, path, 0, 6, 0),
            "minimum": lambda name: self.decimal(table, name, path),
            "maximum": lambda name: self.decimal(table, name, path),
            "earliest": lambda name: self.day(table, name, path),
            "latest": lambda name: self.day(table, name, path),
            "min_characters": lambda name: self.whole(table, name, path, 0, 20_000, 0),
            "max_characters": lambda name: self.whole(
                table, name, path, 0, 200 if kind is QuestionType.short_text else 20_000, 0
            ),
            "options": lambda name: tuple(self.rows(table, name, path, self.option, 60)),
            "max_choices": lambda name: self.whole(table, name, path, 0, 60, 0),
            "columns": lambda name: tuple(self.rows(table, name, path, self.column, 10)),
            "min_rows": lambda name: self.whole(table, name, path, 0, 50, 0),
            "max_rows": lambda name: self.whole(table, name, path, 1, 50, 10),
            "expression": lambda name: self.text(table, name, path, 500),
        }
        return {name: readers[name](name) for name in names}

    def option(self, data: Any, path: str) -> Option:
        table = self.table(data, path, {"code", "label"})
        return Option(
            self.key(table, "code", path, in_expressions=False), self.both(table, "label", path, 200, needed=True)
        )

    def column(self, data: Any, path: str) -> Column:
        table = self.table(data, path, {"key", "label", "type", "total"})
        return Column(
            self.key(table, "key", path),
            self.both(table, "label", path, 200, needed=True),
            self.code(table, "type", path, ColumnType, ColumnType.text),
            self.flag(table, "total", path),
        )

    def check(self, data: Any, path: str) -> Check:
        table = self.table(data, path, {"expression", "message", "severity"})
        return Check(
            self.text(table, "expression", path, 500),
            self.both(table, "message", path, 500, needed=True),
            self.code(table, "severity", path, Severity, Severity.error),
        )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

"""What a questionnaire holds: sections of questions as plain data, in two languages."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.i18n import Bilingual
from app.questionnaires.choices import ColumnType, QuestionType, Severity

FORMAT = "renkei-questionnaire/1"
NOTHING = Bilingual("", "")
#: The settings that each type has, in the order in which forms and files show them.
SETTINGS: dict[QuestionType, tuple[str, ...]] = {
    QuestionType.short_text: ("max_characters",),
    QuestionType.long_text: ("min_characters", "max_characters"),
    QuestionType.number: ("unit", "decimals", "minimum", "maximum"),
    QuestionType.yen: ("minimum", "maximum"),
    QuestionType.date: ("earliest", "latest"),
    QuestionType.yes_no: (),
    QuestionType.single_choice: ("options",),
    QuestionType.multiple_choice: ("options", "max_choices"),
    QuestionType.organisation: (),
    QuestionType.table: ("columns", "min_rows", "max_rows"),
    QuestionType.file: (),
    QuestionType.statement: ("text",),
    QuestionType.calculated: ("expression", "unit", "decimals"),
}
#: Where a setting is not given.
MAX_CHARACTERS = {QuestionType.short_text: 100, QuestionType.long_text: 2000}


@dataclass(frozen=True)
class Option:
    """One choice: its code is stored, its label is shown."""

    code: str
    label: Bilingual


@dataclass(frozen=True)
class Column:
    """A column of a table; ``total`` shows its sum below."""

    key: str
    label: Bilingual
    type: ColumnType = ColumnType.text
    total: bool = False

    @property
    def is_number(self) -> bool:
        return self.type in (ColumnType.number, ColumnType.yen)


@dataclass(frozen=True)
class Check:
    """``expression`` must not be known to be false; otherwise ``message`` says what to do."""

    expression: str
    message: Bilingual
    severity: Severity = Severity.error


@dataclass(frozen=True)
class Question:
    """One question. Its key is what answers are stored under; ``was`` names the key it had in an earlier version.

    Which of the settings from ``unit`` on apply depends on the type (SETTINGS). Limits of characters are counted as
    readers count (definitions.counting); ``minimum`` and ``maximum`` are decimal texts or empty; days are ISO texts.
    """

    key: str
    type: QuestionType
    label: Bilingual
    help: Bilingual = NOTHING
    required: bool = False
    show_when: str = ""
    was: str = ""
    checks: tuple[Check, ...] = ()
    unit: Bilingual = NOTHING
    decimals: int = 0
    minimum: str = ""
    maximum: str = ""
    earliest: str = ""
    latest: str = ""
    min_characters: int = 0
    max_characters: int = 0
    options: tuple[Option, ...] = ()
    max_choices: int = 0
    columns: tuple[Column, ...] = ()
    min_rows: int = 0
    max_rows: int = 10
    text: Bilingual = NOTHING
    expression: str = ""

    @property
    def limit(self) -> int:
        """Characters that fit, 0 for types that are no text."""
        return self.max_characters or MAX_CHARACTERS.get(self.type, 0)

    @property
    def is_typed(self) -> bool:
        """Is there anything to type? Calculated values are shown and files are uploaded elsewhere."""
        return self.type not in (QuestionType.calculated, QuestionType.file)

    @property
    def document_code(self) -> str:
        """The code of the required document that a question of type file stands for."""
        return f"q-{self.key}"

    def option(self, code: Any) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True)
class Section:
    key: str
    title: Bilingual
    help: Bilingual = NOTHING
    show_when: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Content:
    """A whole questionnaire. Immutable: a change makes a new one, which is checked before it replaces the old."""

    sections: tuple[Section, ...] = field(default=())

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def question(self, key: str) -> Question | None:
        return next((q for q in self.questions() if q.key == key), None)

    def section(self, key: str) -> Section | None:
        return next((s for s in self.sections if s.key == key), None)

    def section_of(self, key: str) -> Section | None:
        """The section in which a question stands."""
        return next((s for s in self.sections if any(q.key == key for q in s.questions)), None)

    def with_section(self, section: Section, key: str | None = None) -> "Content":
        """This content with one section replaced (by its old key) or added at the end."""
        if key is None or self.section(key) is None:
            return replace(self, sections=(*self.sections, section))
        return replace(self, sections=tuple(section if s.key == key else s for s in self.sections))


def both(text: Bilingual) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def question_as_json(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {"key": question.key, "type": question.type.value, "label": both(question.label)}
    if question.help != NOTHING:
        found["help"] = both(question.help)
    found["required"] = question.required
    for name in ("show_when", "was"):
        if getattr(question, name):
            found[name] = getattr(question, name)
    settings = {name: _setting(question, name) for name in SETTINGS[question.type]}
    settings = {name: value for name, value in settings.items() if value not in ("", 0, None)}
    if settings:
        found["settings"] = settings
    if question.checks:
        found["checks"] = [
            {"expression": c.expression, "message": both(c.message), "severity": c.severity.value}
            for c in question.checks
        ]
    return found


def _setting(question: Question, name: str) -> Any:
    value = getattr(question, name)
    if name == "options":
        return [{"code": option.code, "label": both(option.label)} for option in value]
    if name == "columns":
        return [
            {"key": c.key, "label": both(c.label), "type": c.type.value, **({"total": True} if c.total else {})}
            for c in value
        ]
    if isinstance(value, Bilingual):
        return None if value == NOTHING else both(value)
    return value


def as_json(content: Content) -> dict[str, Any]:
    """The content as stored and exported: only what is set, always in the same order."""
    sections = []
    for section in content.sections:
        row: dict[str, Any] = {"key": section.key, "title": both(section.title)}
        if section.help != NOTHING:
            row["help"] = both(section.help)
        if section.show_when:
            row["show_when"] = section.show_when
        row["questions"] = [question_as_json(q) for q in section.questions]
        sections.append(row)
    return {"format": FORMAT, "sections": sections}


def content_hash(content: Content) -> str:
    """SHA-256 of the canonical JSON: the same form has the same hash on every database."""
    text = json.dumps(as_json(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

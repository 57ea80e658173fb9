"""A questionnaire together with answers: what is shown, what is calculated, what is still open."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.i18n import Bilingual
from app.questionnaires.choices import QuestionType, Severity
from app.questionnaires.definitions.content import Content, Question, Section
from app.questionnaires.definitions.counting import count_characters
from app.questionnaires.definitions.evaluation import evaluate, holds
from app.questionnaires.definitions.values import in_words, is_empty, shown, totals, value

T = QuestionType


@dataclass(frozen=True)
class Open:
    """One thing to be mended: the question, what is missing and what would satisfy it."""

    section: Section
    question: Question
    message: Bilingual
    severity: Severity = Severity.error
    is_gap: bool = False  # nothing is answered yet; otherwise what is answered breaks a limit or a check

    @property
    def rule_id(self) -> str:
        return f"Q-{self.question.key}"

    @property
    def anchor(self) -> str:
        """The field on the section's page."""
        return f"q_{self.question.key}"


@dataclass(frozen=True)
class Asked:
    """A question that applies, with its stored answer and that answer in words."""

    question: Question
    stored: Any
    words: Bilingual
    totals: dict[str, Decimal]

    @property
    def is_answered(self) -> bool:
        return not is_empty(self.stored)


@dataclass(frozen=True)
class Part:
    """A section that applies, with the questions that apply."""

    section: Section
    asked: tuple[Asked, ...]
    open: tuple[Open, ...]

    @property
    def is_started(self) -> bool:
        return any(a.is_answered for a in self.asked if a.question.is_typed)


@dataclass(frozen=True)
class Assessment:
    parts: tuple[Part, ...]
    values: Mapping[str, Any]

    @property
    def open(self) -> list[Open]:
        return [one for part in self.parts for one in part.open]

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the questions that apply."""
        return frozenset(a.question.key for part in self.parts for a in part.asked)

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.section.key == key), None)


def assess(
    content: Content,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
    attached: Collection[str] = (),
) -> Assessment:
    """What applies and what is open. ``answers`` are stored answers by question key, ``attached`` the codes of the
    documents that are there. Answers of hidden questions are unknown to every expression."""
    return _Assessing(content, answers, facts or {}, attached).whole()


class _Assessing:
    def __init__(
        self, content: Content, answers: Mapping[str, Any], facts: Mapping[str, Any], attached: Collection[str]
    ) -> None:
        self.content, self.answers, self.facts, self.attached = content, answers, facts, attached
        self.sections = {q.key: s for s in content.sections for q in s.questions}
        self.questions = {q.key: q for q in content.questions()}
        self.known: dict[str, Any] = {}
        self.visible: dict[str, bool] = {}

    def whole(self) -> Assessment:
        parts = []
        for section in self.content.sections:
            if not holds(section.show_when, _Lazy(self), self.facts):
                continue
            questions = [q for q in section.questions if self.is_visible(q.key)]
            found = [one for q in questions for one in self.open_points(section, q)]
            parts.append(Part(section, tuple(self.asked(q) for q in questions), tuple(found)))
        return Assessment(tuple(parts), {key: self.value(key) for key in self.questions})

    def is_visible(self, key: str) -> bool:
        if key not in self.visible:
            self.visible[key] = False  # a circle, which no saved form has, would end here
            question, values = self.questions[key], _Lazy(self)
            self.visible[key] = holds(self.sections[key].show_when, values, self.facts) and holds(
                question.show_when, values, self.facts
            )
        return self.visible[key]

    def value(self, key: str) -> Any:
        if key not in self.known:
            self.known[key] = None
            question = self.questions.get(key)
            if question is not None and self.is_visible(key):
                self.known[key] = self._value(question)
        return self.known[key]

    def _value(self, question: Question) -> Any:
        if question.type is T.calculated:
            return evaluate(question.expression, _Lazy(self), self.facts)
        if question.type is T.file:
            return True if question.document_code in self.attached else None
        return value(question, self.answers.get(question.key))

    def asked(self, question: Question) -> Asked:
        stored = self.answers.get(question.key)
        if question.type is T.calculated:
            return Asked(question, None, in_words(question, self.value(question.key)), {})
        if question.type is T.file:
            there = self.value(question.key) is True
            words = Bilingual("attached", "添付済み") if there else Bilingual("not attached", "未添付")
            return Asked(question, there or None, words, {})
        return Asked(question, stored, shown(question, stored), totals(question, stored))

    def open_points(self, section: Section, question: Question) -> Iterator[Open]:
        found = self.value(question.key)
        if question.required and (found is None or (question.type is T.statement and found is not True)):
            yield Open(section, question, _missing(question), is_gap=True)
        elif found is not None:
            for message in _limits(question, found):
                yield Open(section, question, message)
        for check in question.checks:
            if evaluate(check.expression, _Lazy(self), self.facts) is False:
                yield Open(section, question, check.message, check.severity)


class _Lazy(Mapping[str, Any]):
    """The values of the questions, each worked out when an expression asks for it."""

    def __init__(self, assessing: _Assessing) -> None:
        self.assessing = assessing

    def __getitem__(self, key: str) -> Any:
        return self.assessing.value(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.assessing.questions)

    def __len__(self) -> int:
        return len(self.assessing.questions)


def _missing(question: Question) -> Bilingual:
    label = question.label
    if question.type is T.statement:
        return Bilingual(f"“{label.en}” needs your agreement.", f"「{label.ja}」への同意が必要です。")
    if question.type is T.file:
        return Bilingual(f"“{label.en}” is not attached.", f"「{label.ja}」が添付されていません。")
    if question.type is T.table:
        n = max(1, question.min_rows)
        return Bilingual(f"“{label.en}” needs at least {n} row(s).", f"「{label.ja}」は{n}行以上必要です。")
    return Bilingual(f"“{label.en}” is not answered.", f"「{label.ja}」が未記入です。")


def _limits(question: Question, found: Any) -> Iterator[Bilingual]:
    label = question.label
    if isinstance(found, str) and question.limit:
        n = count_characters(found)
        if n > question.limit:
            yield Bilingual(
                f"“{label.en}” has {n:,} characters; at most {question.limit:,} fit.",
                f"「{label.ja}」は{n:,}文字です。{question.limit:,}文字以内にしてください。",
            )
        if n < question.min_characters:
            yield Bilingual(
                f"“{label.en}” has {n:,} characters; at least {question.min_characters:,} are needed.",
                f"「{label.ja}」は{n:,}文字です。{question.min_characters:,}文字以上必要です。",
            )
    if isinstance(found, Decimal):
        yield from _range(question, found)
    if question.type is T.date:
        yield from _days(question, found.isoformat())
    if question.type is T.multiple_choice and question.max_choices and len(found) > question.max_choices:
        yield Bilingual(
            f"“{label.en}”: at most {question.max_choices} may be chosen.",
            f"「{label.ja}」は{question.max_choices}つまで選択できます。",
        )
    if question.type is T.table:
        if len(found) < question.min_rows:
            yield _missing(question)
        if len(found) > question.max_rows:
            yield Bilingual(
                f"“{label.en}” has {len(found)} rows; at most {question.max_rows} fit.",
                f"「{label.ja}」は{len(found)}行です。{question.max_rows}行以内にしてください。",
            )


def _range(question: Question, found: Decimal) -> Iterator[Bilingual]:
    low, high = question.minimum, question.maximum
    if (low and found < Decimal(low)) or (high and found > Decimal(high)):
        yield Bilingual(
            f"“{question.label.en}” lies outside {low or '–'} to {high or '–'}.",
            f"「{question.label.ja}」は {low or '–'} から {high or '–'} までの値にしてください。",
        )
    if question.type is T.number and found != round(found, question.decimals):
        yield Bilingual(
            f"“{question.label.en}” takes at most {question.decimals} decimal(s).",
            f"「{question.label.ja}」の小数は{question.decimals}桁までです。",
        )


def _days(question: Question, found: str) -> Iterator[Bilingual]:
    low, high = question.earliest, question.latest
    if (low and found < low) or (high and found > high):
        yield Bilingual(
            f"“{question.label.en}” lies outside {low or '–'} to {high or '–'}.",
            f"「{question.label.ja}」は {low or '–'} から {high or '–'} までの日付にしてください。",
        )

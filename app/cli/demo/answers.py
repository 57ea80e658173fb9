"""Plausible answers to any questionnaire: for the demonstration, and for tests that need a complete proposal."""

from collections.abc import Collection, Mapping
from typing import Any

from app.questionnaires.choices import ColumnType, QuestionType, Severity
from app.questionnaires.definitions import Column, Content, Question, assess

T = QuestionType
WORDS = (
    "Measured results of the last two years carry this plan; figures stand in the attached documents. "
    "過去2年間の測定結果に基づき計画しており、詳細は添付書類に記載しています。"
)
ROUNDS = 12


def example_answers(
    content: Content, facts: Mapping[str, Any] | None = None, attached: Collection[str] = ()
) -> dict[str, Any]:
    """Stored answers by question key that leave nothing open but files, however the questions depend on each other.

    Raises ValueError naming what it could not satisfy.
    """
    answers: dict[str, Any] = {}
    for _round in range(ROUNDS):
        found = _open(content, answers, facts, attached)
        if not found:
            return answers
        for question in found:
            answers[question.key] = _best(content, question, answers, facts, attached)
    raise ValueError("no example answer for: " + ", ".join(question.key for question in found))


def _open(
    content: Content, answers: Mapping[str, Any], facts: Mapping[str, Any] | None, attached: Collection[str]
) -> list[Question]:
    return [
        one.question
        for one in assess(content, answers, facts, attached).open
        if one.severity is Severity.error and one.question.is_typed
    ]


def _best(
    content: Content, question: Question, answers: dict[str, Any], facts: Mapping[str, Any] | None,
    attached: Collection[str],
) -> Any:  # fmt: skip
    """The first candidate with which this question is no longer open, else the first."""
    candidates = _candidates(question)
    for candidate in candidates:
        still = _open(content, {**answers, question.key: candidate}, facts, attached)
        if question.key not in [q.key for q in still]:
            return candidate
    return candidates[0]


def _candidates(question: Question) -> list[Any]:
    t = question.type
    if t in (T.short_text, T.long_text):
        wanted = max(question.min_characters, min(60, question.limit))
        return [(WORDS * (wanted // len(WORDS) + 1))[:wanted].rstrip() + "." * (wanted > 60)]
    if t is T.number:
        return [question.minimum or question.maximum or "1"]
    if t is T.yen:
        return [int(float(question.minimum or question.maximum or 1_000_000))]
    if t is T.date:
        return [question.earliest or question.latest or "2026-04-01"]
    if t is T.yes_no:
        return [False, True]
    if t is T.statement:
        return [True]
    if t is T.single_choice:
        return [option.code for option in question.options]
    if t is T.multiple_choice:
        return [[option.code] for option in reversed(question.options)]
    if t is T.organisation:
        return [{"id": 0, "name": "合成産業振興財団"}]
    return [[{c.key: _cell(c, n) for c in question.columns} for n in range(max(1, question.min_rows))]]


def _cell(column: Column, n: int) -> Any:
    if column.type is ColumnType.yen:
        return 1_000_000 * (n + 1)
    if column.type is ColumnType.number:
        return str(n + 1)
    return "2027-03-31" if column.type is ColumnType.date else f"{column.label.ja} {n + 1}"

"""Questions on a call: asked by applicants, answered and published by the programme office."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts import queries as accounts
from app.calls import policy, queries
from app.calls.definitions import OPEN_QUESTIONS_EACH
from app.calls.models import Call, CallQuestion
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual


@dataclass(frozen=True)
class AnswerValues:
    """The public wording and the answer; one language is enough for each."""

    question_en: str
    question_ja: str
    answer_en: str
    answer_ja: str


def ask(call: Call, text: str, *, actor: Any, arrived: datetime) -> CallQuestion:
    """Ask the office. Raises Refused after the time for questions, or when too many of one person wait."""
    if not (actor.is_authenticated and actor.has_role("applicant")):
        raise Forbidden("ask")
    if not policy.takes_questions(call, arrived):
        words = Bilingual("The time for questions is over.", "質問の受付は終了しました。")
        raise Refused([Reason("questions-closed", words, "text")])
    if not text:
        words = Bilingual("Write your question.", "質問を記入してください。")
        raise Refused([Reason("question-missing", words, "text")])
    if queries.waiting_of(call.id, actor.id) >= OPEN_QUESTIONS_EACH:
        words = Bilingual(
            "Many of your questions wait for an answer. Wait for those first.",
            "回答待ちの質問が多数あります。回答後に改めてお尋ねください。",
        )
        raise Refused([Reason("too-many", words, "text")])
    row = CallQuestion(call_id=call.id, asked_by_id=actor.id, asked=text)
    session.add(row)
    session.flush()
    audit.record(row, "asked", actor)
    return row


def save_answer(question: CallQuestion, values: AnswerValues, version: int, *, actor: Any) -> None:
    """Write the answer and the public wording; what is public already is corrected in public, and says so.

    Raises Stale when somebody was faster, Refused when a public question would lose its answer.
    """
    if not policy.is_officer(actor):
        raise Forbidden("answer")
    if version != question.version:
        raise Stale(
            {"en": values.answer_en, "ja": values.answer_ja}, {"en": question.answer_en, "ja": question.answer_ja}
        )
    if question.published_at is not None:
        _is_answered(values)
    before = AnswerValues(question.question_en, question.question_ja, question.answer_en, question.answer_ja)
    if before == values:
        return
    question.question_en, question.question_ja = values.question_en, values.question_ja
    question.answer_en, question.answer_ja = values.answer_en, values.answer_ja
    question.answered_by_id = actor.actor_id
    if question.published_at is not None:
        question.corrected_at = now()
    session.flush()
    audit.record(question, "answered" if question.published_at is None else "answer corrected", actor)


def _is_answered(values: Any) -> None:
    if not (values.answer_en or values.answer_ja):
        words = Bilingual(
            "Write the answer in one language at least.", "少なくとも一方の言語で回答を記入してください。"
        )
        raise Refused([Reason("answer-missing", words, "answer_ja")])


def publish_answer(question: CallQuestion, *, actor: Any) -> None:
    """Put question and answer on the public page and tell the asker; once more does nothing.

    The call's row must be locked by the caller, so that no two questions get one number.
    """
    if not policy.is_officer(actor):
        raise Forbidden("publish")
    if question.published_at is not None:
        return
    _is_answered(question)
    if not (question.question_en or question.question_ja):
        question.question_en = question.question_ja = question.asked
    question.number = queries.last_question_number(question.call_id) + 1
    question.published_at = now()
    session.flush()
    audit.record(question, "published", actor, data={"number": question.number})
    asker = accounts.get(question.asked_by_id)
    if asker is not None and asker.active:
        mail.queue(
            "calls/answered", asker.email, asker.locale, f"question-answered:{question.id}",
            name=asker.name, call=question.call.title, call_id=question.call_id, number=question.number,
        )  # fmt: skip

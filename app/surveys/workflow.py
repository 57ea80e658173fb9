"""The life of a wave, and of one organisation's answer."""

from collections.abc import Iterable
from typing import Any

from app.core.clock import today
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.surveys import policy, queries
from app.surveys.choices import Basis, WaveKind
from app.surveys.choices import ResponseStatus as R
from app.surveys.choices import WaveStatus as W


def _reason(code: str, en: str, ja: str, where: str | None = None) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def is_ready(wave: Any) -> Iterable[Reason]:
    """A wave that is let go asks something, of somebody, within days that are still to come."""
    if wave.kind is WaveKind.effect and not queries.waves.items(wave):
        yield _reason("no-items", "Choose at least one question.", "質問を1つ以上選択してください。", "items")
    if wave.closes_on < today():
        yield _reason("days-past", "Its last day is past.", "回答期限が過ぎています。", "closes_on")
    if wave.basis is Basis.clusters and not wave.clusters:
        yield _reason(
            "no-clusters", "Choose at least one cluster.", "クラスターを1つ以上選択してください。", "clusters"
        )
    elif not queries.waves.drawn(wave):
        yield _reason(
            "nobody", "On that day no company belongs to it: nobody would be asked.",
            "基準日に該当する企業がなく、依頼先がありません。", "as_of",
        )  # fmt: skip


def is_day(wave: Any) -> Iterable[Reason]:
    if wave.opens_on > today():
        yield _reason("too-early", "Its first day has not come.", "開始日前です。", "opens_on")


def is_answerable(response: Any) -> Iterable[Reason]:
    """The wave takes answers today."""
    wave = response.asked.wave
    if wave.status is not W.open or not wave.opens_on <= today() <= wave.closes_on:
        yield _reason("wave-closed", "The survey takes no answers now.", "現在、回答を受け付けていません。")


def says_something(response: Any) -> Iterable[Reason]:
    if not response.answers:
        yield _reason("empty", "Answer at least one question.", "少なくとも1問に回答してください。")


WAVE = Machine(
    "survey_wave",
    W,
    W.draft,
    (
        Transition("release", sources(W.draft), W.scheduled, policy.may_run, (is_ready,), Bilingual("Let it go", "実施を確定する")),
        Transition("recall", sources(W.scheduled), W.draft, policy.may_run, (), Bilingual("Back to composing", "作成中に戻す")),
        Transition("start", sources(W.scheduled), W.open, policy.may_move, (is_day,), Bilingual("Open now", "受付を開始する")),
        Transition("close", sources(W.open), W.closed, policy.may_move, (), Bilingual("Close", "締め切る")),
    ),
)  # fmt: skip

RESPONSE = Machine(
    "survey_response",
    R,
    R.draft,
    (
        Transition("send", sources(R.draft), R.sent, policy.may_answer, (is_answerable, says_something), Bilingual("Send", "送信する")),
        Transition("change", sources(R.sent), R.draft, policy.may_answer, (is_answerable,), Bilingual("Change the answer", "回答を修正する")),
        Transition("withdraw", sources(R.draft, R.sent), R.withdrawn, policy.may_answer, (is_answerable,), Bilingual("Take it back for good", "回答を取り下げる")),
    ),
)  # fmt: skip

MACHINES = (WAVE, RESPONSE)

"""The life of a call. *Open* and *closed* are no states: they are read off the clock (policy.phase)."""

from collections.abc import Iterator
from typing import Any

from app.calls import policy
from app.calls.choices import CallStatus
from app.core.clock import now
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources


def weights_total_100(call: Any) -> Iterator[Reason]:
    total = sum(criterion.weight for criterion in call.criteria)
    if total != 100:
        yield Reason(
            "weights",
            Bilingual(
                f"The weights of the criteria sum to {total}; they must sum to 100.",
                f"評価項目の配点の合計が{total}です。100にしてください。",
            ),
            "weights",
        )


def window_lies_ahead(call: Any) -> Iterator[Reason]:
    if call.closes_at <= now():
        yield Reason(
            "window",
            Bilingual(
                "The closing time has passed. Set a window in the future.", "締切が過去です。将来の日時にしてください。"
            ),
            "closes_at",
        )


def has_a_frame(call: Any) -> Iterator[Reason]:
    if not call.frames:
        yield Reason("frames", Bilingual("A call needs at least one frame.", "公募枠が1つ以上必要です。"), "frames")


MACHINE = Machine(
    "call",
    CallStatus,
    CallStatus.draft,
    (
        Transition(
            "publish",
            sources(CallStatus.draft),
            CallStatus.published,
            policy.is_officer_or_system,
            (weights_total_100, window_lies_ahead, has_a_frame),
            Bilingual("Publish", "公表する"),
        ),
        Transition(
            "decide",
            sources(CallStatus.published),
            CallStatus.decided,
            policy.is_officer_or_system,
            (),
            Bilingual("Mark the results as released", "採択結果の公表済みにする"),
        ),
        Transition(
            "archive",
            sources(CallStatus.decided),
            CallStatus.archived,
            policy.is_officer_or_system,
            (),
            Bilingual("Archive", "保存する"),
        ),
    ),
)

"""The life of an item on an agenda."""

from collections.abc import Iterable
from typing import Any

from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.panels import policy, queries
from app.panels.choices import ItemStatus as S


def minutes_are_written(item: Any) -> Iterable[Reason]:
    if queries.minutes.of_item(item.id) is None:
        yield Reason("minutes-missing", Bilingual("Write the minutes first.", "先に議事録を作成してください。"))


ITEM = Machine(
    "agenda_item",
    S,
    S.waiting,
    (
        Transition(
            "begin", sources(S.waiting, S.postponed), S.discussing, policy.is_officer,
            label=Bilingual("Begin", "審議を開始する"),
        ),
        Transition(
            "finish", sources(S.discussing), S.done, policy.is_officer, label=Bilingual("Finish", "審議を終了する")
        ),
        Transition(
            "postpone", sources(S.waiting, S.discussing), S.postponed, policy.is_officer,
            label=Bilingual("Postpone", "後回しにする"),
        ),
        Transition(
            "put_back", sources(S.discussing), S.waiting, policy.is_officer, label=Bilingual("Put back", "待機に戻す")
        ),
        Transition(
            "resume", sources(S.done), S.discussing, policy.is_officer, label=Bilingual("Resume", "審議を再開する")
        ),
        Transition(
            "sign", sources(S.done), S.signed, policy.may_sign, (minutes_are_written,),
            label=Bilingual("Sign the minutes", "議事録を確定する"),
        ),
    ),
)  # fmt: skip
MACHINES = (ITEM,)

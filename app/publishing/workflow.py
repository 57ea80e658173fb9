"""The life of a figure (domain.md 12) and of a publication."""

from collections.abc import Iterable
from typing import Any

from app.analytics.definitions import Count
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.publishing import policy, queries
from app.publishing.choices import PublicationStatus as P
from app.publishing.choices import SnapshotStatus as S
from app.publishing.definitions import suppression


def no_small_cell(snapshot: Any) -> Iterable[Reason]:
    """CR-14, of the figure itself; a sum in yen is judged by the units behind it."""
    return suppression.small_cell(Count(snapshot.units_yes or 0, snapshot.units_unknown or 0, snapshot.units_no or 0))


def no_difference_tells(snapshot: Any) -> Iterable[Reason]:
    """CR-14 against differencing: together with what is public already, the figure tells of no small cell."""
    others = queries.same_rule(snapshot)
    if not others:
        return
    mine = queries.counted(snapshot.id)
    for other in others:
        if suppression.parts_tell(mine, queries.counted(other.id)):
            yield suppression.differencing(other.code)


def nothing_else_published(snapshot: Any) -> Iterable[Reason]:
    """Of one subject one figure is public; another one takes its place and says why."""
    known = queries.published_of(snapshot.subject)
    if known is not None and known.id not in (snapshot.id, snapshot.replaces_id):
        yield Reason(
            "already-published",
            Bilingual(
                f"{known.code} answers the same question. Say that this figure replaces it, and why.",
                f"同じ問いに対する{known.code}が公表済みです。差替えとして理由を記入してください。",
            ),
            "replaces",
        )


SNAPSHOT = Machine(
    name="metric_snapshot",
    states=S,
    initial=S.draft,
    transitions=(
        Transition("freeze", sources(S.draft), S.frozen, policy.is_system, label=Bilingual("Freeze", "確定")),
        Transition(
            "publish", sources(S.frozen), S.published, policy.may_publish,
            (no_small_cell, nothing_else_published, no_difference_tells), Bilingual("Publish", "公表"),
        ),
        Transition(
            "supersede", sources(S.published), S.superseded, policy.replaces, label=Bilingual("Supersede", "差替え")
        ),
        Transition(
            "discard", sources(S.draft, S.frozen), S.discarded, policy.is_officer, label=Bilingual("Discard", "取下げ")
        ),
    ),
)  # fmt: skip

PUBLICATION = Machine(
    name="publication",
    states=P,
    initial=P.ordered,
    transitions=(
        Transition("begin", sources(P.ordered, P.making), P.making, policy.is_system, label=Bilingual("Begin", "着手")),
        Transition("finish", sources(P.making), P.ready, policy.is_system, label=Bilingual("Finish", "完成")),
        Transition("fail", sources(P.making), P.failed, policy.is_system, label=Bilingual("Fail", "失敗")),
        Transition("retry", sources(P.failed), P.ordered, policy.is_officer, label=Bilingual("Try again", "再作成")),
        Transition("publish", sources(P.ready), P.published, policy.may_release, label=Bilingual("Publish", "公表")),
        Transition(
            "supersede", sources(P.published), P.superseded, policy.replaces, label=Bilingual("Supersede", "差替え")
        ),
        Transition(
            "discard", sources(P.ready, P.failed), P.discarded, policy.is_officer, label=Bilingual("Discard", "取下げ")
        ),
    ),
)
MACHINES = (SNAPSHOT, PUBLICATION)

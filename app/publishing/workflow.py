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
    """CR-14 against differencing: together with all that is public, old figures and reports too, the figure tells of no
    small cell. Of one rule a wider population says more: what it adds must not be all of one verdict either."""
    others = queries.same_rule(snapshot)
    mine = queries.counted(snapshot.id) if others else {}
    told = [other.code for other in others if suppression.parts_tell(mine, queries.counted(other.id))]
    told = list(dict.fromkeys([*told, *queries.told_by(snapshot)]))
    if told:
        yield suppression.differencing(told)


def report_tells_nothing(publication: Any) -> Iterable[Reason]:
    """CR-14, of a report: what became public after it was made may tell together with it."""
    if told := queries.told_by_report(publication):
        yield suppression.differencing(told)
        yield Reason(
            "order-anew",
            Bilingual(
                "Order the report anew: what would tell is then withheld in it.",
                "報告書を作成し直してください。特定につながる数値は非表示になります。",
            ),
        )


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
        Transition(
            "publish",
            sources(P.ready),
            P.published,
            policy.may_release,
            (report_tells_nothing,),
            Bilingual("Publish", "公表"),
        ),
        Transition(
            "supersede", sources(P.published), P.superseded, policy.replaces, label=Bilingual("Supersede", "差替え")
        ),
        Transition(
            "discard", sources(P.ready, P.failed), P.discarded, policy.is_officer, label=Bilingual("Discard", "取下げ")
        ),
    ),
)
MACHINES = (SNAPSHOT, PUBLICATION)

"""Verbs of figures: set a target, a forecast or a report; change it; withdraw it."""

from dataclasses import dataclass
from datetime import date

from app.clusters.choices import FigureKind, Indicator
from app.clusters.models import Cluster, Target
from app.clusters.operations.registers import must_record, refuse
from app.clusters.queries import figures
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Reason, Refused, Stale
from app.core.i18n import Bilingual


@dataclass(frozen=True)
class TargetValues:
    """``valid_to`` is the first day after the period."""

    indicator: Indicator
    kind: FigureKind
    value: int
    baseline: int | None
    valid_from: date
    valid_to: date
    cumulative: bool
    counted_from: date | None
    source: str


def _check(values: TargetValues) -> None:
    reasons = []

    def no(code: str, en: str, ja: str, where: str) -> None:
        reasons.append(Reason(code, Bilingual(en, ja), where))

    if values.valid_to <= values.valid_from:
        no(
            "period",
            "The period must end after it began.",
            "期間の終わりは始まりより後でなければなりません。",
            "valid_to",
        )
    if values.counted_from and not values.cumulative:
        no(
            "counted-from",
            "Only a cumulative figure counts from an earlier day.",
            "累計の場合にのみ起算日を指定できます。",
            "counted_from",
        )
    if values.counted_from and values.counted_from > values.valid_from:
        no(
            "counted-late",
            "Counting must not begin after the period.",
            "起算日は期間の開始日以前でなければなりません。",
            "counted_from",
        )
    if values.kind is not FigureKind.target and values.baseline is not None:
        no(
            "baseline",
            "Only a target has a level from which it starts.",
            "出発点の値は目標にのみ設定できます。",
            "baseline",
        )
    if values.kind is FigureKind.actual and values.indicator.from_records:
        no("from-records", "The actual figure of this indicator is counted from records; it cannot be typed.",
           "この指標の実績は記録から集計されるため、入力できません。", "kind")  # fmt: skip
    if reasons:
        raise Refused(reasons)


def save(
    cluster: Cluster | None, row: Target | None, values: TargetValues, version: int | None, actor: audit.Actor
) -> Target:
    """Set a figure of a cluster, or of all together, or change it. Raises Refused, Stale, Forbidden.

    Two figures of one kind, indicator and manner of counting must not overlap: nobody could say which holds.
    """
    must_record(actor, cluster)
    if row is not None and row.version != version:
        raise Stale({"": str(values.value)}, {"": str(row.value)})
    _check(values)
    before = None if row is None else row.value
    with session.no_autoflush:
        wanted = Target(cluster_id=cluster.id if cluster else None, id=row.id if row else None, **vars(values))
        other = figures.doubles(wanted)
    if other is not None:
        raise refuse(
            "overlap", "Such a figure stands already for a part of this period. Change or withdraw that one.",
            "期間が重なる同種の数値が既に登録されています。そちらを変更または取り下げてください。", "valid_from",
        )  # fmt: skip
    if row is None:
        row = wanted
        session.add(row)
    else:
        for name, value in vars(values).items():
            setattr(row, name, value)
    session.flush()
    data = {"indicator": values.indicator.value, "kind": values.kind.value, "value": [before, values.value]}
    audit.record(row, "figure saved", actor, data=data)
    return row


def withdraw(cluster: Cluster | None, row: Target, reason: str, version: int | None, actor: audit.Actor) -> None:
    """The figure no longer holds; it stays on record. Raises Refused without a reason, Stale, Forbidden."""
    must_record(actor, cluster)
    if row.version != version:
        raise Stale({"": ""}, {"": str(row.value)})
    if not reason.strip():
        raise refuse("no-reason", "Say why it is withdrawn.", "取り下げる理由を記入してください。", "reason")
    row.withdrawn_at = now()
    session.flush()
    audit.record(row, "figure withdrawn", actor, reason=reason.strip())

"""Verbs of the counter of new businesses (CR-15): record one, change it, retract it."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.exc import IntegrityError

from app.clusters.choices import BusinessType, FigureKind
from app.clusters.definitions.counting import Alike, name_key
from app.clusters.models import Cluster, NewBusiness
from app.clusters.operations.registers import must_record, organisation_named, refuse
from app.clusters.queries import businesses
from app.core import audit, numbering
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Reason, Refused, Stale
from app.core.i18n import Bilingual


class LikelyDouble(Refused):
    """The business looks like one that is counted already. ``alike`` are the records; a person has to decide."""

    def __init__(self, alike: list[Alike]) -> None:
        self.alike = alike
        message = Bilingual(
            "This may be a business that is counted already. Look at the records shown; when it is another one, say so.",
            "既に計上されている事業の可能性があります。表示された記録を確認し、別の事業であればその旨を選んでください。",
        )
        super().__init__([Reason("likely-double", message, "distinct")])


@dataclass(frozen=True)
class BusinessValues:
    """``organisation`` is a key or corporate number; ``distinct`` are keys of records judged to be other businesses."""

    organisation: str
    name_ja: str
    name_en: str
    type: BusinessType
    kind: FigureKind
    started_on: date
    evidence: str
    distinct: frozenset[str] = field(default_factory=frozenset)


def save(
    cluster: Cluster, row: NewBusiness | None, values: BusinessValues, version: int | None, actor: audit.Actor
) -> NewBusiness:
    """Record a new business or change its record.

    Raises Refused when it is counted already (by whatever cluster), LikelyDouble when it may be and nobody has said
    that it is another one, Stale, Forbidden.
    """
    must_record(actor, cluster)
    if row is not None and row.version != version:
        raise Stale({"": values.name_ja or values.name_en}, {"": str(row.name)})
    firm = organisation_named(values.organisation)
    _check(values)
    key = name_key(values.name_ja, values.name_en)
    same = businesses.the_same(firm.id, values.type, key)
    if same is not None and same is not row:
        raise counted_already(same)
    own = row.business_key if row else ""
    known = {*values.distinct, *(row.distinct_from if row else ())}
    alike = businesses.likely_doubles(firm.id, key, values.type, known, own)
    if alike:
        raise LikelyDouble(alike)
    if row is None:
        number = numbering.next_number("new_business")
        row = NewBusiness(
            business_key=f"B-{number:06d}", cluster_id=cluster.id, recorded_at=now(), distinct_from=[], counts=True
        )
        session.add(row)
    row.organisation_id, row.name_ja, row.name_en = firm.id, values.name_ja, values.name_en
    row.type, row.kind, row.started_on, row.evidence = values.type, values.kind, values.started_on, values.evidence
    row.name_key, row.distinct_from = key, sorted(known)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:  # somebody was quicker
        raise refuse(
            "double", "This business was recorded a moment ago.", "この事業は直前に登録されました。", "name_ja"
        ) from None
    data = {"kind": values.kind.value, "type": values.type.value, "distinct": sorted(values.distinct)}
    audit.record(row, "new business recorded", actor, data=data)
    return row


def _check(values: BusinessValues) -> None:
    reasons = []
    if not (values.name_ja or values.name_en):
        reasons.append(
            Reason("no-name", Bilingual("Give a name in one language at least.", "名称を入力してください。"), "name_ja")
        )
    if values.kind is FigureKind.target:
        message = Bilingual(
            "A single business is expected or has begun; what is aimed at is a figure.",
            "個々の事業は見込みか実績です。目標は数値として登録します。",
        )
        reasons.append(Reason("kind", message, "kind"))
    if values.kind is FigureKind.actual:
        if values.started_on > today():
            message = Bilingual(
                "The day lies ahead: this is a forecast still.", "将来の日付です。見込みとして登録してください。"
            )
            reasons.append(Reason("ahead", message, "started_on"))
        if not values.evidence:
            message = Bilingual("An actual business needs evidence: where can one see it?", "実績には根拠が必要です。")
            reasons.append(Reason("evidence", message, "evidence"))
    if reasons:
        raise Refused(reasons)


def counted_already(same: NewBusiness) -> Refused:
    return refuse(
        "double",
        f"This business is counted already: {same.business_key} ({same.cluster.name_en}). No two clusters count it twice.",
        f"この事業は{same.business_key}({same.cluster.name_ja})として計上済みです。複数のクラスターで重複して計上できません。",
        "name_ja",
    )


def retract(cluster: Cluster, row: NewBusiness, reason: str, version: int | None, actor: audit.Actor) -> None:
    """The record was wrong and no longer counts; it stays. Raises Refused without a reason, Stale, Forbidden."""
    must_record(actor, cluster)
    if row.version != version:
        raise Stale({"": ""}, {"": str(row.name)})
    if not reason.strip():
        raise refuse("no-reason", "Say why it does not count.", "計上しない理由を記入してください。", "reason")
    row.retracted_at, row.counts = now(), None
    session.flush()
    audit.record(row, "new business retracted", actor, reason=reason.strip())

"""Files of new businesses: a double, and what may be one, is a fault of its line, so that a person decides (CR-15)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from app.clusters.choices import BusinessType, FigureKind
from app.clusters.definitions.counting import alike, name_key
from app.clusters.models import Cluster, NewBusiness
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.exchange import (
    FEW,
    Fault,
    Kind,
    Report,
    Row,
    among,
    bulk_insert,
    bulk_update,
    choice,
    day,
    references,
    run,
    text,
    write,
)
from app.core.i18n import Bilingual
from app.organisations.exchange import merged_away
from app.organisations.models import Organisation
from app.organisations.queries.families import families

_TABLE: Any = NewBusiness.__table__
KINDS_OF_RECORDS = {kind.value: kind for kind in (FigureKind.forecast, FigureKind.actual)}

COLUMNS = (
    text("business_key", 60, required=True),
    text("cluster_code", 60, required=True),
    text("org_key", 60, required=True),
    text("name_en"),
    text("name_ja"),
    choice("type", BusinessType, required=True),
    choice("kind", [KINDS_OF_RECORDS["forecast"], KINDS_OF_RECORDS["actual"]], required=True),
    day("started_on", required=True),
    text("evidence", 400),
    text("distinct_from", 400),
)


def _several(found: str) -> list[str]:
    return sorted({part.strip() for part in found.split(";") if part.strip()})


def _stored(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = (
        select(
            NewBusiness.id, NewBusiness.business_key, Cluster.cluster_code, Organisation.org_key, NewBusiness.name_en,
            NewBusiness.name_ja, NewBusiness.type, NewBusiness.kind, NewBusiness.started_on, NewBusiness.evidence,
            NewBusiness.distinct_from,
        )
        .join(Cluster, Cluster.id == NewBusiness.cluster_id)
        .join(Organisation, Organisation.id == NewBusiness.organisation_id)
        .where(NewBusiness.retracted_at.is_(None))
    )  # fmt: skip
    if rows is not None:
        query = among(query, NewBusiness.business_key, (row.values["business_key"] for row in rows))
    for id_, *values, distinct in session.execute(query):
        yield id_, (*values, ";".join(distinct))


def _check(row: Row) -> Iterator[Fault]:
    values = row.values
    values["distinct_from"] = ";".join(_several(values["distinct_from"]))
    if not values["name_ja"] and not values["name_en"]:
        yield Fault(
            "name_ja",
            "required",
            Bilingual("give a name in one language at least", "名称は少なくとも一方の言語で必須です"),
        )
    if values["kind"] is FigureKind.actual:
        if values["started_on"] > today():
            yield Fault(
                "started_on",
                "ahead",
                Bilingual("the day lies ahead: this is a forecast", "将来の日付です。見込みにしてください"),
            )
        if not values["evidence"]:
            yield Fault(
                "evidence", "required", Bilingual("an actual business needs evidence", "実績には根拠が必要です")
            )


def _resolve(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    yield from references(rows, "cluster_code", Cluster.cluster_code, Cluster.id, "cluster", "クラスター")
    yield from references(rows, "org_key", Organisation.org_key, Organisation.id, "organisation", "機関")
    yield from merged_away(rows)
    for row in rows:
        row.refs["name"] = name_key(row.values["name_ja"], row.values["name_en"])
    known = [row for row in rows if row.refs.get("org_key")]
    if known:
        yield from _doubles(known)


class _Compared:
    """A line of the file or a record of the counter, as the comparison sees both."""

    def __init__(
        self, key: str, organisation_id: int, name: str, kind: str, distinct: Collection[str], where: str
    ) -> None:
        self.business_key, self.organisation_id, self.name_key, self.type = key, organisation_id, name, kind
        self.distinct, self.where = distinct, where


def _others(rows: Sequence[Row], firms: Collection[int]) -> list[_Compared]:
    """Records that lines of the file may repeat; those that the file itself renews are left out."""
    renewed = {row.values["business_key"] for row in rows}
    query = select(
        NewBusiness.business_key, NewBusiness.organisation_id, NewBusiness.name_key, NewBusiness.type,
        NewBusiness.distinct_from, Cluster.cluster_code, NewBusiness.retracted_at,
    ).join(Cluster, Cluster.id == NewBusiness.cluster_id)  # fmt: skip
    names = {row.refs["name"] for row in rows}
    if len(firms) + len(names) <= FEW:
        query = query.where(
            or_(NewBusiness.organisation_id.in_(sorted(firms)), NewBusiness.name_key.in_(sorted(names)))
        )
    return [
        _Compared(key, firm, name, kind, distinct, cluster)
        for key, firm, name, kind, distinct, cluster, retracted in session.execute(query.order_by(NewBusiness.id))
        if retracted is None and key not in renewed
    ]


def _doubles(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    yield from _retracted(rows)
    family = families({row.refs["org_key"] for row in rows})
    firms = frozenset().union(*family.values())
    by_firm: dict[int, list[_Compared]] = {}
    by_name: dict[str, list[_Compared]] = {}

    def note(one: _Compared) -> None:
        by_firm.setdefault(one.organisation_id, []).append(one)
        by_name.setdefault(one.name_key, []).append(one)

    for other in _others(rows, firms):
        note(other)
    for row in rows:
        firm, values = row.refs["org_key"], row.values
        distinct = _several(values["distinct_from"])
        mine = _Compared(
            values["business_key"], firm, row.refs["name"], values["type"], distinct, values["cluster_code"]
        )
        near = [other for id_ in sorted(family[firm]) for other in by_firm.get(id_, ())]
        near += [other for other in by_name.get(mine.name_key, ()) if other not in near]
        for other in near:
            fault = _compare(mine, other, family[firm])
            if fault is not None:
                yield row, fault
        note(mine)


def _compare(mine: _Compared, other: _Compared, family: frozenset[int]) -> Fault | None:
    shown = f"{other.business_key} ({other.where})"
    if (mine.organisation_id, mine.name_key, mine.type) == (other.organisation_id, other.name_key, other.type):
        return Fault(
            "name_ja", "double",
            Bilingual(f"this business is counted already as {shown}", f"この事業は{shown}として計上済みです"),
        )  # fmt: skip
    if other.business_key in mine.distinct or mine.business_key in other.distinct:
        return None
    found = alike(family, mine.name_key, mine.type, other)
    if found is None:
        return None
    return Fault(
        "distinct_from", "likely-double",
        Bilingual(
            f"this may be the business {shown}: {found.why.en}; when it is another one, write that key into distinct_from",
            f"{shown}と同じ事業の可能性があります({found.why.ja})。別の事業であれば、そのキーをdistinct_fromに書いてください",
        ),
    )  # fmt: skip


def _retracted(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    query = select(NewBusiness.business_key).where(NewBusiness.retracted_at.is_not(None))
    gone = set(session.scalars(among(query, NewBusiness.business_key, (row.values["business_key"] for row in rows))))
    for row in rows:
        if row.values["business_key"] in gone:
            message = Bilingual(
                "this record was retracted; a new one needs another key",
                "この記録は取り下げられています。別のキーにしてください",
            )
            yield row, Fault("business_key", "retracted", message)


def _values(row: Row) -> dict[str, Any]:
    plain = {name: row.values[name] for name in ("name_en", "name_ja", "type", "kind", "started_on", "evidence")}
    return {
        **plain,
        "cluster_id": row.refs["cluster_code"],
        "organisation_id": row.refs["org_key"],
        "name_key": row.refs["name"],
        "distinct_from": _several(row.values["distinct_from"]),
    }


def _insert(rows: Sequence[Row]) -> None:
    fixed = {"recorded_at": now(), "counts": True, "retracted_at": None, "is_synthetic": False}
    bulk_insert(_TABLE, [{"business_key": row.values["business_key"], **fixed, **_values(row)} for row in rows])


BUSINESSES = Kind(
    "new_businesses",
    Bilingual("New businesses", "新事業"),
    COLUMNS,
    ("business_key",),
    _stored,
    _insert,
    lambda rows: bulk_update(_TABLE, [(id_, _values(row)) for id_, row in rows]),
    _check,
    _resolve,
)


def import_businesses(cluster: Cluster, data: bytes, actor: Any, *, dry_run: bool) -> Report:
    """Import a file of new businesses that may name this cluster only; what was done goes on the record."""

    def own(row: Row) -> Iterator[Fault]:
        if row.values["cluster_code"] != cluster.cluster_code:
            yield Fault(
                "cluster_code",
                "other-cluster",
                Bilingual(
                    f"this file may name only the cluster {cluster.cluster_code}",
                    f"クラスター{cluster.cluster_code}の行だけを取り込めます",
                ),
            )
        elif (held := _held_elsewhere.get(row.values["business_key"])) is not None and held != cluster.cluster_code:
            yield Fault(
                "business_key",
                "other-cluster",
                Bilingual("this key belongs to another cluster", "他のクラスターのキーです"),
            )

    _held_elsewhere = {
        key: code
        for key, code in session.execute(
            select(NewBusiness.business_key, Cluster.cluster_code)
            .join(Cluster, Cluster.id == NewBusiness.cluster_id)
            .where(NewBusiness.cluster_id != cluster.id)
        )
    }
    report = run(BUSINESSES, data, dry_run=dry_run, also=own)
    if report.good and not dry_run and (report.created or report.updated):
        audit.record(
            cluster, "new businesses imported", actor, data={"created": report.created, "updated": report.updated}
        )
    return report


def export_businesses(codes: Collection[str] | None) -> Iterator[str]:
    """The file of these clusters' businesses (None: of all)."""
    return write(BUSINESSES, lambda values: codes is None or values[1] in codes)

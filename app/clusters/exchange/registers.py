"""Files of clusters, their lineage and their members."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.clusters.choices import FIELDS, LinkKind
from app.clusters.models import Cluster, ClusterArea, ClusterLink, Membership
from app.core import audit
from app.core.db import session
from app.core.exchange import (
    Fault,
    Kind,
    Report,
    Row,
    among,
    bulk_insert,
    bulk_update,
    choice,
    codes,
    day,
    optional_text,
    period,
    references,
    run,
    text,
    whole,
    write,
)
from app.core.i18n import Bilingual
from app.organisations.choices import BUREAUS
from app.organisations.exchange import merged_away
from app.organisations.models import Organisation

Stored = Iterator[tuple[int, tuple[Any, ...]]]
_CLUSTER: Any = Cluster.__table__
_LINK: Any = ClusterLink.__table__
_MEMBERSHIP: Any = Membership.__table__

CLUSTER_COLUMNS = (
    text("cluster_code", 60, required=True),
    text("name_en"),
    text("name_ja"),
    whole("phase", 1, 3, required=True),
    choice("bureau", BUREAUS, required=True),
    codes("fields", FIELDS),
    day("valid_from"),
    day("valid_to"),
)


def _rows(query: Any) -> Stored:
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _stored_clusters(rows: Sequence[Row] | None) -> Stored:
    return _rows(select(Cluster.id, *(getattr(Cluster, column.name) for column in CLUSTER_COLUMNS)))


CLUSTERS = Kind(
    "clusters",
    Bilingual("Clusters", "クラスター"),
    CLUSTER_COLUMNS,
    ("cluster_code",),
    _stored_clusters,
    lambda rows: bulk_insert(_CLUSTER, [row.values for row in rows]),
    lambda rows: bulk_update(_CLUSTER, [(id_, row.values) for id_, row in rows]),
    lambda row: period(row, "valid_from", "valid_to"),
)


def _stored_links(rows: Sequence[Row] | None) -> Stored:
    start, end = aliased(Cluster), aliased(Cluster)
    query = (
        select(ClusterLink.id, start.cluster_code, end.cluster_code, ClusterLink.kind)
        .outerjoin(start, start.id == ClusterLink.from_id)
        .outerjoin(end, end.id == ClusterLink.to_id)
    )
    return ((id_, (first or "", last or "", kind)) for id_, first, last, kind in session.execute(query))


def _check_link(row: Row) -> Iterator[Fault]:
    kind = row.values["kind"]
    for column, free in (("from_code", LinkKind.new), ("to_code", LinkKind.ended)):
        if not row.values[column] and kind is not free:
            yield Fault(
                column,
                "required",
                Bilingual(f"a link of the kind “{kind}” needs {column}", f"種別「{kind}」には{column}が必要です"),
            )


def _resolve_links(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    for column in ("from_code", "to_code"):
        yield from references(rows, column, Cluster.cluster_code, Cluster.id, "cluster", "クラスター")


CLUSTER_LINKS = Kind(
    "cluster_links",
    Bilingual("Lineage of clusters", "クラスターの継承関係"),
    (text("from_code", 60), text("to_code", 60), choice("kind", LinkKind, required=True)),
    ("from_code", "to_code", "kind"),
    _stored_links,
    lambda rows: bulk_insert(
        _LINK,
        [{"from_id": row.refs["from_code"], "to_id": row.refs["to_code"], "kind": row.values["kind"]} for row in rows],
    ),
    check=_check_link,
    resolve=_resolve_links,
)


def _stored_memberships(rows: Sequence[Row] | None) -> Stored:
    query = (
        select(
            Membership.id,
            Organisation.org_key,
            Cluster.cluster_code,
            Membership.valid_from,
            Membership.valid_to,
            Membership.evidence,
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Cluster, Cluster.id == Membership.cluster_id)
    )
    if rows is not None:
        query = among(query, Organisation.org_key, (row.values["org_key"] for row in rows))
    return _rows(query)


def _resolve_memberships(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    yield from references(rows, "org_key", Organisation.org_key, Organisation.id, "organisation", "機関")
    yield from merged_away(rows)
    yield from references(rows, "cluster_code", Cluster.cluster_code, Cluster.id, "cluster", "クラスター")


def _period_and_evidence(row: Row) -> dict[str, Any]:
    return {"valid_to": row.values["valid_to"], "evidence": row.values["evidence"]}


MEMBERSHIPS = Kind(
    "memberships",
    Bilingual("Cluster memberships", "クラスター参加"),
    (
        text("org_key", 60, required=True),
        text("cluster_code", 60, required=True),
        day("valid_from", required=True),
        day("valid_to"),
        text("evidence", 400),
    ),
    ("org_key", "cluster_code", "valid_from"),
    _stored_memberships,
    lambda rows: bulk_insert(
        _MEMBERSHIP,
        [
            {
                "organisation_id": row.refs["org_key"],
                "cluster_id": row.refs["cluster_code"],
                "valid_from": row.values["valid_from"],
                **_period_and_evidence(row),
            }
            for row in rows
        ],
    ),
    lambda rows: bulk_update(_MEMBERSHIP, [(id_, _period_and_evidence(row)) for id_, row in rows]),
    lambda row: period(row, "valid_from", "valid_to"),
    _resolve_memberships,
)

AREA_COLUMNS = (
    text("cluster_code", 60, required=True),
    optional_text(
        "area_code", 60, r"[0-9A-Za-z_-]+", "write letters, digits and hyphens", "英数字とハイフンで書いてください"
    ),
    text("name_en"),
    text("name_ja"),
    text("places", 400),
    day("valid_from"),
    day("valid_to"),
    text("source", 400),
)
_AREA: Any = ClusterArea.__table__


def _stored_areas(rows: Sequence[Row] | None) -> Stored:
    columns = [getattr(ClusterArea, column.name) for column in AREA_COLUMNS[1:]]
    return _rows(
        select(ClusterArea.id, Cluster.cluster_code, *columns).join(Cluster, Cluster.id == ClusterArea.cluster_id)
    )


def _area(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.values.items() if name != "cluster_code"}


AREAS = Kind(
    "cluster_areas",
    Bilingual("Areas of clusters", "クラスターの地域"),
    AREA_COLUMNS,
    ("cluster_code", "area_code"),
    _stored_areas,
    lambda rows: bulk_insert(_AREA, [{"cluster_id": row.refs["cluster_code"], **_area(row)} for row in rows]),
    lambda rows: bulk_update(_AREA, [(id_, _area(row)) for id_, row in rows]),
    lambda row: (
        *(
            []
            if row.values["area_code"]
            else [Fault("area_code", "required", Bilingual("give a code", "コードは必須です"))]
        ),
        *period(row, "valid_from", "valid_to"),
    ),
    lambda rows: references(rows, "cluster_code", Cluster.cluster_code, Cluster.id, "cluster", "クラスター"),
)

KINDS = (CLUSTERS, CLUSTER_LINKS, MEMBERSHIPS, AREAS)


def import_members(cluster: Cluster, data: bytes, actor: Any, *, dry_run: bool) -> Report:
    """Import a file of memberships that may name this cluster only; what was done goes on the record."""

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

    report = run(MEMBERSHIPS, data, dry_run=dry_run, also=own)
    if report.good and not dry_run and (report.created or report.updated):
        audit.record(
            cluster, "memberships imported", actor, data={"created": report.created, "updated": report.updated}
        )
    return report


def export_members(cluster_code: str) -> Iterator[str]:
    return write(MEMBERSHIPS, lambda values: values[1] == cluster_code)

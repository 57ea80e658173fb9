"""Verbs of the registers: areas, and the organisations that run a cluster."""

from dataclasses import dataclass
from datetime import date

from app.clusters import policy, queries
from app.clusters.choices import BaseRole
from app.clusters.models import BaseOrganisation, Cluster, ClusterArea
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual, show_date
from app.organisations import queries as organisations
from app.organisations.models import Organisation


def refuse(code: str, en: str, ja: str, where: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def must_record(actor: audit.Actor, cluster: Cluster | None) -> None:
    if not policy.may_record(actor, cluster):
        raise Forbidden("another cluster's records")


def organisation_named(text: str, where: str = "organisation") -> Organisation:
    """An organisation by its key or corporate number, followed to the entry that stands for it. Raises Refused."""
    named = text.strip()
    row = organisations.by_key(named) or organisations.by_corporate_number(named.replace("-", "").removeprefix("T"))
    if row is None:
        raise refuse(
            "unknown-organisation",
            "No organisation of the register has this key or corporate number.",
            "この機関キーまたは法人番号の機関は登録されていません。",
            where,
        )
    return organisations.current(row)


@dataclass(frozen=True)
class AreaValues:
    area_code: str
    name_ja: str
    name_en: str
    places: str
    valid_from: date | None
    valid_to: date | None
    source: str


def save_area(
    cluster: Cluster, row: ClusterArea | None, values: AreaValues, version: int | None, actor: audit.Actor
) -> ClusterArea:
    """Add an area or change it. Raises Refused for a code that is taken or a period that runs backwards, Stale."""
    must_record(actor, cluster)
    if row is not None and row.version != version:
        raise Stale({"": values.name_ja or values.name_en}, {"": str(row.name)})
    reasons = []
    if not (values.name_ja or values.name_en):
        reasons.append(
            Reason("no-name", Bilingual("Give a name in one language at least.", "名称を入力してください。"), "name_ja")
        )
    if values.valid_from and values.valid_to and values.valid_to <= values.valid_from:
        reasons.append(
            Reason(
                "period",
                Bilingual("The area must end after it began.", "終了日は開始日より後でなければなりません。"),
                "valid_to",
            )
        )
    other = queries.registers.area_by_code(cluster.id, values.area_code)
    if other is not None and other is not row:
        reasons.append(
            Reason("taken", Bilingual("Another area has this code.", "このコードは使われています。"), "area_code")
        )
    if reasons:
        raise Refused(reasons)
    if row is None:
        row = ClusterArea(cluster_id=cluster.id, **vars(values))
        session.add(row)
    else:
        for name, value in vars(values).items():
            setattr(row, name, value)
    session.flush()
    audit.record(cluster, "area saved", actor, data={"area": values.area_code})
    return row


def add_base(
    cluster: Cluster, organisation: str, role: BaseRole, start: date, evidence: str, actor: audit.Actor
) -> BaseOrganisation:
    """From a day on an organisation runs the cluster's network, or is its base. Raises Refused."""
    must_record(actor, cluster)
    firm = organisation_named(organisation)
    running = [
        row for row in queries.registers.bases_of(cluster) if row.organisation_id == firm.id and row.role is role
    ]
    if any(row.valid_to is None or row.valid_to > start for row in running):
        raise refuse(
            "overlap",
            "It has this role on or after that day already.",
            "その日以降、既に同じ役割で登録されています。",
            "valid_from",
        )
    row = BaseOrganisation(
        cluster_id=cluster.id, organisation_id=firm.id, area_id=None, role=role, valid_from=start, valid_to=None,
        evidence=evidence,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(cluster, "base organisation added", actor, data={"organisation": firm.org_key, "role": role.value})
    return row


def end_base(cluster: Cluster, row: BaseOrganisation, last: date, version: int | None, actor: audit.Actor) -> None:
    """From a day on it no longer has the role. Raises Refused when that lies before its beginning, Stale."""
    must_record(actor, cluster)
    if row.version != version:
        raise Stale({"": show_date(last)}, {"": show_date(row.valid_to)})
    if last <= row.valid_from:
        raise refuse("period", "It must end after it began.", "終了日は開始日より後でなければなりません。", "valid_to")
    row.valid_to = last
    session.flush()
    audit.record(
        cluster, "base organisation ended", actor, data={"organisation": row.organisation.org_key, "to": str(last)}
    )

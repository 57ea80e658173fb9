"""Verbs of a cluster's manager: take in a member, end a membership."""

from datetime import date

from app.clusters import policy, queries
from app.clusters.models import Cluster, Membership, WaitingMember
from app.core import audit, numbering
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual, show_date
from app.organisations import operations as naming
from app.organisations import queries as organisations
from app.organisations.choices import NameContext

EVIDENCE = 400


def _refuse(code: str, en: str, ja: str, where: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _own(actor: audit.Actor, cluster: Cluster) -> None:
    if not policy.may_manage(actor, cluster):
        raise Forbidden("another cluster's members")


def add_member(cluster: Cluster, organisation: str, start: date, evidence: str, actor: audit.Actor) -> Membership:
    """Take in an organisation, named by its key or corporate number. Raises Refused when that cannot be."""
    _own(actor, cluster)
    named = organisation.strip()
    row = organisations.by_key(named) or organisations.by_corporate_number(named.replace("-", ""))
    if row is None:
        raise _refuse(
            "unknown-organisation",
            "No organisation of the register has this key or corporate number. Ask an officer to add it.",
            "この機関キーまたは法人番号の機関は登録されていません。担当官に登録を依頼してください。",
            "organisation",
        )
    row = organisations.current(row)
    if queries.overlapping(cluster.id, row.id, start) is not None:
        raise _refuse(
            "overlap",
            "This organisation already has a membership on or after that day.",
            "この機関は、その日以降に有効な参加記録が既にあります。",
            "valid_from",
        )
    membership = Membership(
        organisation_id=row.id, cluster_id=cluster.id, valid_from=start, valid_to=None, evidence=evidence
    )
    session.add(membership)
    session.flush()
    audit.record(membership, "membership added", actor, data={"organisation": row.org_key, "from": str(start)})
    numbering.touch()
    return membership


def end_membership(
    cluster: Cluster, membership: Membership, last: date, reason: str, version: int | None, actor: audit.Actor
) -> None:
    """End a membership: from that day on it no longer holds. Raises Stale when it was changed since ``version``."""
    _own(actor, cluster)
    if membership.version != version:
        label = Bilingual("Ends on", "終了日")
        note = Bilingual("Reason and evidence", "理由・根拠")
        raise Stale(
            {str(label): show_date(last), str(note): reason},
            {str(label): show_date(membership.valid_to), str(note): membership.evidence},
        )
    if last <= membership.valid_from:
        raise _refuse(
            "period",
            "The membership must end after it began.",
            "終了日は開始日より後でなければなりません。",
            "valid_to",
        )
    evidence = "; ".join(part for part in (membership.evidence, reason) if part)
    if len(evidence) > EVIDENCE:
        raise _refuse(
            "too-long",
            f"With the evidence that is there already, the text passes {EVIDENCE} characters.",
            f"既存の根拠と合わせて{EVIDENCE}文字を超えます。",
            "reason",
        )
    membership.valid_to, membership.evidence = last, evidence
    session.flush()
    audit.record(membership, "membership ended", actor, reason=reason, data={"to": str(last)})
    numbering.touch()


def report_name(
    cluster: Cluster, name: str, number: str, prefecture: str | None, start: date, evidence: str, actor: audit.Actor
) -> WaitingMember:
    """A member whose entry nobody has found yet: the name goes into the queue, the membership waits for it.

    Raises Refused for a number that cannot be one, or a name that waits already.
    """
    _own(actor, cluster)
    queued = naming.resolving.receive(
        name,
        NameContext.membership,
        actor,
        number=number,
        prefecture=prefecture,
        scope=cluster.cluster_code,
        note=evidence,
    )
    if queries.waiting.of_name(cluster.id, queued.id) is not None:
        raise _refuse("waiting", "This name waits already.", "この名称は既に照合待ちです。", "name")
    row = WaitingMember(cluster_id=cluster.id, name_id=queued.id, valid_from=start, evidence=evidence)
    session.add(row)
    session.flush()
    audit.record(cluster, "member reported by name", actor, data={"name": name})
    return row


def take_in(cluster: Cluster, row: WaitingMember, actor: audit.Actor) -> Membership:
    """Make a membership of a reported name, now that somebody has said which organisation it is. Raises Refused."""
    _own(actor, cluster)
    if row.membership_id is not None or row.name.organisation is None:
        raise _refuse(
            "not-ready", "The name is not matched, or taken in already.", "名称が未照合か、既に登録済みです。", "name"
        )
    membership = add_member(cluster, row.name.organisation.org_key, row.valid_from, row.evidence, actor)
    row.membership_id = membership.id
    session.flush()
    return membership

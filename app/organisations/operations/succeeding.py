"""Verbs over time: a new name from a day on, a further name, one organisation going on in another, and taking that back."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.core import audit, numbering
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.organisations import policy
from app.organisations.choices import NameKind, SuccessionKind
from app.organisations.models import Affiliation, Organisation, OrganisationName, Succession
from app.organisations.queries import families


def _refuse(code: str, en: str, ja: str, where: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _officer(actor: audit.Actor) -> None:
    if not policy.is_officer(actor):
        raise Forbidden("the history of organisations")


def rename(
    row: Organisation, name_ja: str, name_en: str, on: date, evidence: str, version: int, actor: audit.Actor
) -> OrganisationName:
    """From a day on the organisation bears another name; what happened before stays under the old one (B26).

    Raises Refused when nothing changes, or the day lies ahead or before the last change; Stale.
    """
    _officer(actor)
    if row.version != version:
        raise Stale({"": f"{name_ja} {name_en}"}, {"": str(row.name)})
    if not (name_ja or name_en) or (name_ja, name_en) == (row.name_ja, row.name_en):
        raise _refuse(
            "same-name", "Give the new name; it is the old one still.", "新しい名称を入力してください。", "name_ja"
        )
    if on > today():
        raise _refuse(
            "ahead",
            "The day lies ahead. Record the change when it has happened.",
            "将来の日付です。変更後に記録してください。",
            "on",
        )
    former = families.names_of(row.id)
    last = max((one.valid_to for one in former if one.valid_to and one.kind is NameKind.former), default=None)
    if last is not None and on <= last:
        raise _refuse(
            "before-the-last", f"The last change of the name was on {last}; this one must be later.",
            f"直近の名称変更は{last}です。それより後の日付にしてください。", "on",
        )  # fmt: skip
    begun = last or row.established_on
    old = OrganisationName(
        organisation_id=row.id, kind=NameKind.former, name_ja=row.name_ja, name_en=row.name_en,
        valid_from=begun if begun and begun < on else None, valid_to=on, source=evidence[:400],
    )  # fmt: skip
    session.add(old)
    before = [row.name_ja, row.name_en]
    row.name_ja, row.name_en = name_ja, name_en
    session.flush()
    audit.record(row, "renamed", actor, reason=evidence, data={"on": str(on), "name": [before, [name_ja, name_en]]})
    numbering.touch()
    return old


def add_alias(row: Organisation, name_ja: str, name_en: str, source: str, actor: audit.Actor) -> OrganisationName:
    """Another name under which the organisation comes in; the matching then knows it. Raises Refused without one."""
    _officer(actor)
    if not (name_ja or name_en):
        raise _refuse("no-name", "Give a name in one language at least.", "名称を入力してください。", "name_ja")
    alias = OrganisationName(
        organisation_id=row.id, kind=NameKind.alias, name_ja=name_ja, name_en=name_en, valid_from=None, valid_to=None,
        source=source[:400],
    )  # fmt: skip
    session.add(alias)
    session.flush()
    audit.record(row, "further name added", actor, data={"name": [name_ja, name_en]})
    return alias


def succeed(
    predecessor: Organisation,
    successor: Organisation,
    kind: SuccessionKind,
    on: date,
    evidence: str,
    actor: audit.Actor,
) -> Succession:
    """One organisation goes on in another from a day on (B26).

    In a merger the people who act for the predecessor act for the successor from that day, and the predecessor is
    closed. After a split or a transfer both live, and people are told apart by hand. No record moves: history stays
    under the old name, and the successor's people may see to it (``queries.acting_for``). Raises Refused.
    """
    _officer(actor)
    if predecessor.merged_into_id or successor.merged_into_id:
        raise _refuse(
            "merged",
            "One of the two entries was merged into another; use that one.",
            "統合済みの登録です。統合先を指定してください。",
            "successor",
        )
    if predecessor.id == successor.id or successor.id in families.family_of(predecessor.id):
        raise _refuse("circle", "The two are connected already.", "既に承継関係にあります。", "successor")
    if on > today():
        raise _refuse(
            "ahead",
            "The day lies ahead. Record it when it has happened.",
            "将来の日付です。発生後に記録してください。",
            "on",
        )
    passed: dict[str, Any] = {
        "closed_on": str(predecessor.closed_on) if predecessor.closed_on else None,
        "affiliations": [],
    }
    if kind is SuccessionKind.merger:
        passed["affiliations"] = _pass_people(predecessor, successor, on)
        predecessor.closed_on = predecessor.closed_on or on
    row = Succession(
        predecessor_id=predecessor.id, successor_id=successor.id, kind=kind, effective_on=on, evidence=evidence[:400],
        passed_on=passed, recorded_at=now(), recorded_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for one, other in ((predecessor, successor), (successor, predecessor)):
        data = {"succession": row.id, "kind": kind.value, "on": str(on), "other": other.org_key}
        audit.record(one, "succession recorded", actor, reason=evidence, data=data)
    numbering.touch()
    return row


def _pass_people(predecessor: Organisation, successor: Organisation, on: date) -> list[list[int | None]]:
    """People of the predecessor are the successor's from that day: [ended, begun] of each."""
    passed: list[list[int | None]] = []
    theirs = session.scalars(
        select(Affiliation)
        .where(Affiliation.organisation_id == predecessor.id, Affiliation.valid_from < on)
        .where(or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > on))
        .order_by(Affiliation.id)
    ).all()
    already = set(
        session.scalars(
            select(Affiliation.user_id)
            .where(Affiliation.organisation_id == successor.id, Affiliation.valid_from <= on)
            .where(or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > on))
        )
    )
    for row in theirs:
        begun = None
        if row.user_id not in already:
            begun = Affiliation(user_id=row.user_id, organisation_id=successor.id, valid_from=on, valid_to=row.valid_to)
            session.add(begun)
        until, row.valid_to = row.valid_to, on
        session.flush()
        passed.append([row.id, begun.id if begun else None, until.isoformat() if until else None])  # type: ignore[list-item]
    return passed


def take_back(row: Succession, reason: str, actor: audit.Actor) -> None:
    """Remove a succession that was recorded in error; people are affiliated as before. Raises Refused without a reason."""
    _officer(actor)
    if not reason.strip():
        raise _refuse("no-reason", "Say why it is taken back.", "取り消す理由を記入してください。", "reason")
    for ended, begun, until in row.passed_on.get("affiliations", []):
        first, second = session.get(Affiliation, ended), session.get(Affiliation, begun or 0)
        if first is not None and first.valid_to == row.effective_on:
            first.valid_to = date.fromisoformat(until) if until else None
        if second is not None:
            session.delete(second)
    if row.kind is SuccessionKind.merger and row.predecessor.closed_on == row.effective_on:
        before = row.passed_on.get("closed_on")
        row.predecessor.closed_on = date.fromisoformat(before) if before else None
    for one, other in ((row.predecessor, row.successor), (row.successor, row.predecessor)):
        audit.record(one, "succession taken back", actor, reason=reason, data={"other": other.org_key})
    session.delete(row)
    session.flush()
    numbering.touch()

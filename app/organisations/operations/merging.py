"""Two entries are one organisation: every reference moves to the entry kept, and can be moved back exactly.

Which tables refer to organisations is read off the schema, so a new feature's tables are moved without a word here.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, UniqueConstraint, and_, func, select
from sqlalchemy.exc import IntegrityError

from app.core import audit, numbering
from app.core.clock import now
from app.core.db import db, session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.organisations import policy
from app.organisations.choices import ClusterMatch
from app.organisations.models import Merge, Organisation
from app.organisations.queries import families

#: What the entry kept takes over where it has nothing itself.
TAKEN_OVER = (
    "corporate_number", "name_ja", "name_en", "prefecture", "jsic", "jsic_revision", "capital_yen", "employees",
    "established_on",
)  # fmt: skip
_ORGANISATION: Any = Organisation.__table__
#: Floors above look again at what these organisations take part in: after a merge and after its undo.
LISTENERS: list[Callable[[Collection[int]], object]] = []


@dataclass
class Plan:
    """What a merge would do: rows to move, rows that would stand twice, and what forbids it."""

    moved: list[tuple[Table, Any, tuple[Any, ...]]] = field(default_factory=list)
    twice: list[tuple[Table, dict[str, Any]]] = field(default_factory=list)
    blocked: list[Reason] = field(default_factory=list)

    def counts(self) -> dict[str, tuple[int, int]]:
        """By table: rows that move, rows that would stand twice."""
        found: dict[str, list[int]] = {}
        for table, _column, _key in self.moved:
            found.setdefault(table.name, [0, 0])[0] += 1
        for table, _values in self.twice:
            found.setdefault(table.name, [0, 0])[1] += 1
        return {name: (moved, twice) for name, (moved, twice) in sorted(found.items())}


def references() -> Iterator[tuple[Table, Any]]:
    """Every column of the schema that names an organisation, the record of merges aside."""
    for table in db.metadata.sorted_tables:
        if table.name == Merge.__tablename__:
            continue
        for column in table.columns:
            if any(key.column.table is _ORGANISATION for key in column.foreign_keys):
                yield table, column


def _key(table: Table, row: Any) -> tuple[Any, ...]:
    return tuple(row._mapping[column] for column in table.primary_key.columns)


def _uniques(table: Table, column: Any) -> Iterator[list[Any]]:
    """The other columns of each key that the column belongs to."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and column in list(constraint.columns):
            yield [other for other in constraint.columns if other is not column]
    for index in table.indexes:
        if index.unique and column in list(index.columns):
            yield [other for other in index.columns if other is not column]


def _standing_twice(table: Table, column: Any, rows: Sequence[Any], kept_id: int) -> list[Any]:
    """Those of the rows for which the entry kept has the same already (an empty value is never the same)."""
    found = []
    theirs = session.execute(select(*table.columns).where(column == kept_id)).all() if rows else []
    for others in _uniques(table, column):
        taken = {tuple(row._mapping[other] for other in others) for row in theirs}
        found += [
            row
            for row in rows
            if (values := tuple(row._mapping[other] for other in others)) in taken and None not in values
        ]
    return list({_key(table, row): row for row in found}.values())


def _pointed_at(table: Table, row: Any) -> str | None:
    """The table of a row that refers to this one, if there is any."""
    for other in db.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and session.scalar(
                select(func.count()).select_from(other).where(key.parent == row._mapping[key.column])
            ):
                return str(other.name)
    return None


def plan(kept: Organisation, dropped: Organisation) -> Plan:
    """What merging ``dropped`` into ``kept`` would do; nothing is written."""
    found = Plan()
    _forbidden(kept, dropped, found)
    for table, column in references():
        rows = session.execute(select(*table.columns).where(column == dropped.id)).all()
        twice = {_key(table, row): row for row in _standing_twice(table, column, rows, kept.id)}
        for row in rows:
            key = _key(table, row)
            if key not in twice:
                found.moved.append((table, column, key))
                continue
            pointing = _pointed_at(table, row)
            if pointing is None:
                found.twice.append((table, dict(row._mapping)))
            else:
                found.blocked.append(_both_in(table.name, pointing))
    return found


def _forbidden(kept: Organisation, dropped: Organisation, found: Plan) -> None:
    def no(code: str, en: str, ja: str) -> None:
        found.blocked.append(Reason(code, Bilingual(en, ja), "organisation"))

    if kept.id == dropped.id:
        no("same-entry", "This is the entry itself.", "同じ登録です。")
    elif kept.merged_into_id or dropped.merged_into_id:
        no("merged-already", "One of the two has been merged already.", "いずれかは既に統合されています。")
    elif kept.id in families.family_of(dropped.id):
        no("successor", "One succeeded the other: they are two organisations, and their history stays apart.",
           "一方が他方を承継しています。別の機関であり、履歴は分けて残します。")  # fmt: skip
    elif kept.corporate_number and dropped.corporate_number:
        no("two-numbers", "Both have a corporate number: they are two corporations. Mend the wrong number first.",
           "双方に法人番号があり、別の法人です。誤っている番号を先に訂正してください。")  # fmt: skip
    elif kept.is_synthetic != dropped.is_synthetic:
        no("synthetic", "One of the two is made up.", "一方は合成データです。")


def _both_in(table: str, pointing: str) -> Reason:
    return Reason(
        "both-in-one",
        Bilingual(
            f"Both entries stand in the same place ({table}), and other records ({pointing}) depend on it. "
            "Take one of them out there first.",
            f"両方が同じ箇所({table})に登録され、他の記録({pointing})が依存しています。先に一方を外してください。",
        ),
        "organisation",
    )


def merge(kept: Organisation, dropped: Organisation, reason: str, actor: audit.Actor) -> Merge:
    """Make ``kept`` stand for both. Raises Refused with everything that forbids it, Forbidden."""
    if not policy.is_officer(actor):
        raise Forbidden("merging organisations")
    if not reason.strip():
        raise Refused(
            [Reason("no-reason", Bilingual("Say why the two are one.", "同一である理由を記入してください。"), "reason")]
        )
    session.scalars(
        select(Organisation)
        .where(Organisation.id.in_([kept.id, dropped.id]))
        .order_by(Organisation.id)
        .with_for_update()
    ).all()
    session.flush()
    wanted = plan(kept, dropped)
    if wanted.blocked:
        raise Refused(wanted.blocked)
    row = Merge(
        kept_id=kept.id, dropped_id=dropped.id, reason=reason.strip(), merged_at=now(), merged_by_id=actor.actor_id,
        moved=[[table.name, column.name, list(key)] for table, column, key in wanted.moved],
        set_aside=[[table.name, {name: _plain(value) for name, value in values.items()}] for table, values in wanted.twice],
        changed=_changes(kept, dropped),
    )  # fmt: skip
    try:
        with session.begin_nested():
            for table, values in wanted.twice:
                session.execute(table.delete().where(_is(table, [values[c.name] for c in table.primary_key.columns])))
            for table, column, key in wanted.moved:
                session.execute(table.update().where(_is(table, key)).values({column: kept.id}))
            for which, id_ in (
                ("dropped", dropped.id),
                ("kept", kept.id),
            ):  # the number must be free before it is taken
                after = {name: pair[1] for name, pair in row.changed[which].items()}
                session.execute(
                    _ORGANISATION.update().where(_ORGANISATION.c.id == id_).values(_typed(_ORGANISATION, after))
                )
    except IntegrityError:
        raise Refused([_both_in("?", "?")]) from None
    session.add(row)
    session.flush()
    session.expire_all()
    audit.record(kept, "entry merged", actor, reason=reason, data={"merge": row.id, "with": dropped.org_key})
    audit.record(
        dropped, "merged into another entry", actor, reason=reason, data={"merge": row.id, "into": kept.org_key}
    )
    _tell(row)
    return row


def _tell(row: Merge) -> None:
    numbering.touch()
    for listener in LISTENERS:
        listener((row.kept_id, row.dropped_id))


def _changes(kept: Organisation, dropped: Organisation) -> dict[str, Any]:
    """What changes in the two entries, before and after."""
    ours: dict[str, Any] = {"version": [kept.version, kept.version + 1]}
    theirs: dict[str, Any] = {
        "version": [dropped.version, dropped.version + 1],
        "merged_into_id": [None, kept.id],
    }
    for name in TAKEN_OVER:
        mine, other = getattr(kept, name), getattr(dropped, name)
        if mine in (None, "") and other not in (None, ""):
            ours[name] = [_plain(mine), _plain(other)]
    if "corporate_number" in ours:
        theirs["corporate_number"] = [dropped.corporate_number, None]
    if kept.cluster_match is ClusterMatch.unmatched and dropped.cluster_match is ClusterMatch.matched:
        ours["cluster_match"] = [ClusterMatch.unmatched.value, ClusterMatch.matched.value]
    return {"kept": ours, "dropped": theirs}


@dataclass(frozen=True)
class Undone:
    """How an undo went: references put back, and those that somebody changed or removed since (left as they are)."""

    back: int
    left: list[list[Any]]


def undo(row: Merge, reason: str, actor: audit.Actor) -> Undone:
    """Take a merge apart again: every moved reference, every row set aside and both entries as they were.

    What was changed since stays changed and is named. Raises Refused when it is undone already or a later merge builds
    on it, Forbidden.
    """
    if not policy.is_officer(actor):
        raise Forbidden("undoing a merge")
    _may_be_undone(row, reason)
    back, left = 0, []
    for name, column, key in row.moved:
        table = db.metadata.tables[name]
        put = session.execute(
            table.update().where(_is(table, key), table.c[column] == row.kept_id).values({column: row.dropped_id})
        )
        if put.rowcount:  # type: ignore[attr-defined]
            back += 1
        else:
            left.append([name, column, key])
    for which, id_ in (("kept", row.kept_id), ("dropped", row.dropped_id)):
        left += _restore(which, id_, row.changed[which])
    for name, stored in row.set_aside:
        table = db.metadata.tables[name]
        values = _typed(table, stored)
        if session.execute(select(func.count()).select_from(table).where(_is(table, [values["id"]]))).scalar():
            values.pop("id")  # the key was given to another row meanwhile
            left.append([name, "id", [stored["id"]]])
        session.execute(table.insert().values(values))
        back += 1
    row.undone_at, row.undone_by_id, row.undo_reason = now(), actor.actor_id, reason.strip()
    session.flush()
    session.expire_all()
    data = {"merge": row.id, "back": back, "left": left[:50]}
    audit.record(row.kept, "merge undone", actor, reason=reason, data=data)
    audit.record(row.dropped, "merge undone", actor, reason=reason, data=data)
    _tell(row)
    return Undone(back, left)


def _may_be_undone(row: Merge, reason: str) -> None:
    reasons = []
    if not reason.strip():
        reasons.append(
            Reason(
                "no-reason",
                Bilingual("Say why the two are not one.", "別の機関である理由を記入してください。"),
                "reason",
            )
        )
    if row.undone_at is not None:
        reasons.append(
            Reason("undone", Bilingual("This merge is undone already.", "この統合は既に取り消されています。"), "reason")
        )
    if (later := families.later_merge(row)) is not None:
        message = Bilingual(
            f"A later merge ({later.dropped.org_key} into {later.kept.org_key}) builds on this one; undo it first.",
            f"後の統合({later.dropped.org_key}→{later.kept.org_key})が先に取り消される必要があります。",
        )
        reasons.append(Reason("later-merge", message, "reason"))
    if reasons:
        raise Refused(reasons)


def _restore(which: str, id_: int, changed: dict[str, Any]) -> list[list[Any]]:
    """Put an entry back; when somebody has edited it since, only what still is as the merge left it."""
    table = _ORGANISATION
    stands = session.execute(select(*table.columns).where(table.c.id == id_)).one()._mapping
    untouched = stands["version"] == changed["version"][1]
    values, left = {}, []
    for name, (before, after) in changed.items():
        if untouched or (name != "version" and _plain(stands[name]) == after):
            values[name] = before
        elif name != "version":
            left.append([table.name, name, [id_]])
    if not untouched:
        values["version"] = stands["version"] + 1
    session.execute(table.update().where(table.c.id == id_).values(_typed(table, values)))
    return left


def _is(table: Table, key: Sequence[Any]) -> Any:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))


def _plain(value: Any) -> Any:
    """A stored value as JSON keeps it."""
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value  # an instant is a date, too


def _typed(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Values out of JSON as the columns want them."""
    found = {}
    for name, value in values.items():
        kind = table.c[name].type
        if value is not None and getattr(kind, "enum_class", None) is not None:
            value = kind.enum_class(value)  # type: ignore[attr-defined]
        elif isinstance(value, str) and kind.python_type in (date, datetime):
            value = kind.python_type.fromisoformat(value)
        found[name] = value
    return found

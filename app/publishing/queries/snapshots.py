"""Look-ups of figures: the office's, the public's, and who may see the records behind them."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import joinedload, load_only

from app.accounts.models import User
from app.analytics.definitions import Verdict
from app.core import tables
from app.core.audit import Event
from app.core.db import session
from app.core.storage import StoredFile
from app.core.tables import Page, keyset
from app.projects import queries as projects
from app.projects.models import Project
from app.publishing.choices import SnapshotStatus
from app.publishing.models import Snapshot, SnapshotUnit

PUBLIC = (SnapshotStatus.published, SnapshotStatus.superseded)


_CODE = re.compile(r"[FRD][0-9]{4}-[0-9]{4,8}", re.ASCII)


def is_code(text: str) -> bool:
    """Does this look like a number of ours? Nothing else is asked of the database."""
    return _CODE.fullmatch(text) is not None


def visible_to(actor: Any) -> Select[Any]:
    """The office's people see every figure; nobody else sees one that is not public."""
    query = select(Snapshot).options(joinedload(Snapshot.replaces))
    return query if actor.has_role("officer", "auditor") else query.where(Snapshot.status.in_(PUBLIC))


def get_for(actor: Any, snapshot_id: int, *, lock: bool = False) -> Snapshot | None:
    if not 0 < snapshot_id < 2**31:
        return None
    query = visible_to(actor).where(Snapshot.id == snapshot_id)
    return session.scalar(query.with_for_update(of=Snapshot) if lock else query)


def get(snapshot_id: int, *, lock: bool = False) -> Snapshot | None:
    """For the worker."""
    return session.get(Snapshot, snapshot_id, with_for_update=lock or None, populate_existing=lock)


def public(code: str) -> Snapshot | None:
    """A figure that is, or was, public."""
    if not is_code(code):
        return None
    return session.scalar(
        select(Snapshot)
        .options(joinedload(Snapshot.replaces), joinedload(Snapshot.public_file))
        .where(Snapshot.code == code, Snapshot.status.in_(PUBLIC))
    )


def successor(snapshot_id: int) -> Snapshot | None:
    """The public figure that took this one's place."""
    return session.scalar(select(Snapshot).where(Snapshot.replaces_id == snapshot_id, Snapshot.status.in_(PUBLIC)))


def current() -> Sequence[Snapshot]:
    """What is published now, by programme and definition; the dashboard's only question."""
    return session.scalars(
        select(Snapshot)
        .where(Snapshot.status == SnapshotStatus.published)
        .order_by(Snapshot.programme.asc().nulls_first(), Snapshot.definition, Snapshot.code)
        .limit(500)
    ).all()


def archive(after: str | None, before: str | None) -> Page[Any]:
    """Everything that is or was public."""
    return keyset(select(Snapshot).where(Snapshot.status.in_(PUBLIC)), [Snapshot.code], after, before)


def listing(status: SnapshotStatus | None, after: str | None, before: str | None) -> Page[Any]:
    query = select(Snapshot)
    return keyset(query.where(Snapshot.status == status) if status else query, [Snapshot.code], after, before)


def published_of(subject: str) -> Snapshot | None:
    return session.scalar(
        select(Snapshot).where(Snapshot.subject == subject, Snapshot.status == SnapshotStatus.published)
    )


def published_by_subject(subjects: Sequence[str]) -> dict[str, Snapshot]:
    rows = session.scalars(
        select(Snapshot).where(Snapshot.subject.in_(subjects), Snapshot.status == SnapshotStatus.published)
    )
    return {row.subject: row for row in rows}


def same_rule(snapshot: Snapshot) -> Sequence[Snapshot]:
    """Public figures, old ones too, that this one can be set off against, those it replaces among them."""
    rows = session.scalars(
        select(Snapshot)
        .options(load_only(Snapshot.code, Snapshot.subject))
        .where(
            Snapshot.rule == snapshot.rule,
            Snapshot.status.in_(PUBLIC),
            Snapshot.id != snapshot.id,
        )
        .order_by(Snapshot.id)
    )
    return rows.all()


def counted(snapshot_id: int) -> dict[str, Verdict]:
    """The verdict of each unit by its key."""
    rows = session.execute(
        select(SnapshotUnit.key, SnapshotUnit.verdict).where(SnapshotUnit.snapshot_id == snapshot_id)
    )
    return {key: verdict for key, verdict in rows}


def units(snapshot_id: int) -> dict[str, tuple[Verdict, int]]:
    rows = session.execute(
        select(SnapshotUnit.key, SnapshotUnit.verdict, SnapshotUnit.weight).where(
            SnapshotUnit.snapshot_id == snapshot_id
        )
    )
    return {key: (verdict, int(weight)) for key, verdict, weight in rows}


def unit_page(snapshot_id: int, verdict: Verdict, after: str | None, before: str | None) -> Page[Any]:
    query: tables.AnySelect = select(SnapshotUnit.weight).where(
        SnapshotUnit.snapshot_id == snapshot_id, SnapshotUnit.verdict == verdict
    )
    return keyset(query, [SnapshotUnit.key], after, before)


def number_of_units(snapshot_id: int) -> dict[Verdict, int]:
    rows = session.execute(
        select(SnapshotUnit.verdict, func.count())
        .where(SnapshotUnit.snapshot_id == snapshot_id)
        .group_by(SnapshotUnit.verdict)
    )
    return {verdict: int(n) for verdict, n in rows}


def kept_out_of(actor: Any, project_ids: Sequence[int]) -> bool:
    """Is this officer recused from one of these projects? Then the list of records is not for them."""
    hidden = set(session.scalars(select(Project.id).where(not_(projects.not_recused(actor)))))
    return bool(hidden & set(project_ids)) if hidden else False


def may_see_records(actor: Any, snapshot: Snapshot) -> bool:
    if not actor.has_role("officer", "auditor"):
        return False
    hidden = set(session.scalars(select(Project.id).where(not_(projects.not_recused(actor)))))
    return not hidden or not hidden & set(snapshot.project_ids)


def office_file(snapshot: Snapshot) -> StoredFile | None:
    return session.get(StoredFile, snapshot.office_file_id) if snapshot.office_file_id else None


def names(*ids: int | None) -> dict[int, str]:
    known = [id_ for id_ in ids if id_]
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(known)))}


def actors_of(table: str, subject_id: int) -> dict[int, str]:
    """Names of everybody in a record of events."""
    ids = select(Event.actor_id).where(Event.subject_type == table, Event.subject_id == subject_id)
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def to_check(limit: int = 200) -> Sequence[int]:
    """Published figures, those first that were checked longest ago."""
    return session.scalars(
        select(Snapshot.id)
        .where(Snapshot.status == SnapshotStatus.published)
        .order_by(Snapshot.checked_at.asc().nulls_first(), Snapshot.id)
        .limit(limit)
    ).all()

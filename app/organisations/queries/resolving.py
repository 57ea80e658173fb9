"""Names that came in and wait for a decision, and what the register suggests."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import tables
from app.core.db import session
from app.organisations.choices import NameStatus
from app.organisations.definitions.matching import Entry, Incoming, Match, Register
from app.organisations.models import IncomingName, Organisation, OrganisationName

_register: tuple[Any, Register] | None = None


def page(status: NameStatus, scope: str, after: str | None, before: str | None) -> tables.Page[Any]:
    """Names in the order of their coming."""
    query = select(
        IncomingName.name,
        IncomingName.corporate_number,
        IncomingName.prefecture,
        IncomingName.context,
        IncomingName.scope,
        IncomingName.note,
        IncomingName.came_at,
        IncomingName.decision,
        Organisation.name_en,
        Organisation.name_ja,
    ).outerjoin(Organisation, Organisation.id == IncomingName.organisation_id)
    query = query.where(IncomingName.status == status)
    if scope:
        query = query.where(IncomingName.scope == scope)
    return tables.keyset(query, [IncomingName.id], after, before)


def get(name_id: int, *, lock: bool = False) -> IncomingName | None:
    if not 0 < name_id < 2**31:
        return None
    query = (
        select(IncomingName)
        .options(joinedload(IncomingName.organisation), joinedload(IncomingName.decided_by))
        .where(IncomingName.id == name_id)
    )
    return session.scalar(query.with_for_update(of=IncomingName) if lock else query)


def waiting_count(scope: str | None = None) -> int:
    """How many names wait: all of them, or those of one cluster."""
    query = select(func.count(IncomingName.id)).where(IncomingName.status == NameStatus.waiting)
    return session.scalar(query if scope is None else query.where(IncomingName.scope == scope)) or 0


def waiting_like(name: str, number: str | None, scope: str) -> IncomingName | None:
    """The same name, waiting already from the same place."""
    return session.scalar(
        select(IncomingName)
        .where(IncomingName.status == NameStatus.waiting, IncomingName.scope == scope, IncomingName.name == name)
        .where(IncomingName.corporate_number == number)
        .limit(1)
    )


def register() -> Register:
    """The register made ready for comparing; kept by the process until any entry or further name changes."""
    global _register
    stamp = (
        str(session.get_bind().engine.url),
        *session.execute(
            select(func.count(Organisation.id), func.max(Organisation.id), func.sum(Organisation.version),
                   func.count(Organisation.merged_into_id))
        ).one(),
        *session.execute(select(func.count(OrganisationName.id), func.max(OrganisationName.id))).one(),
    )  # fmt: skip
    if _register is None or _register[0] != stamp:
        _register = (stamp, Register(_entries()))
    return _register[1]


def _entries() -> list[Entry]:
    others: dict[int, list[str]] = {}
    query = select(OrganisationName.organisation_id, OrganisationName.name_ja, OrganisationName.name_en)
    for id_, ja, en in session.execute(query.order_by(OrganisationName.id)):
        others.setdefault(id_, []).extend(name for name in (ja, en) if name)
    rows = session.execute(
        select(
            Organisation.id, Organisation.name_ja, Organisation.name_en, Organisation.corporate_number,
            Organisation.prefecture, Organisation.merged_into_id,
        ).order_by(Organisation.merged_into_id.is_(None), Organisation.id.desc())
    ).all()  # fmt: skip
    found = []
    for id_, ja, en, number, prefecture, into in rows:  # merged ones first: what they are known by is handed on
        if into is not None:
            others.setdefault(into, []).extend([ja, en, *others.get(id_, ())])
        else:
            found.append(Entry(id_, (ja, en), number, prefecture, tuple(others.get(id_, ()))))
    return found


def candidates(row: IncomingName) -> list[tuple[Match, Organisation]]:
    """What the register suggests for a name, the likeliest first."""
    found = register().candidates(Incoming(row.name, row.corporate_number, row.prefecture))
    return with_organisations(found)


def with_organisations(found: Sequence[Match]) -> list[tuple[Match, Organisation]]:
    rows = {
        row.id: row
        for row in session.scalars(select(Organisation).where(Organisation.id.in_([m.organisation_id for m in found])))
    }
    return [(match, rows[match.organisation_id]) for match in found if match.organisation_id in rows]

"""Lists: an applicant's own, and the office's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from app.applications.choices import WRITABLE, ApplicationStatus
from app.applications.models import (
    Application,
    ConsortiumMember,
    Correction,
    MemberPerson,
)
from app.applications.queries.facts import findings, is_confirmed
from app.applications.queries.visibility import FULL, handed_in, ids_of, not_kept_out
from app.calls.models import Frame
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.search import contains
from app.core.tables import Page, keyset
from app.organisations.models import Organisation


@dataclass(frozen=True)
class MyLine:
    """One of my applications: what is missing, and whether my organisation has confirmed its share."""

    application: Application
    missing: int
    unconfirmed: list[ConsortiumMember]
    lead: bool
    correction_due: datetime | None = None  # of sections that the office sent back


def mine(actor: Any) -> list[MyLine]:
    """The applications that an applicant works on, newest first."""
    rows = session.scalars(
        select(Application).where(Application.id.in_(ids_of(actor))).options(*FULL).order_by(Application.id.desc())
    ).all()
    acting = {
        row.member_id
        for row in session.execute(
            select(MemberPerson.member_id).where(MemberPerson.user_id == actor.id, MemberPerson.ended_at.is_(None))
        )
    }
    open_ones = [row.id for row in rows if row.status == ApplicationStatus.correcting]
    due: dict[int, datetime | None] = {}
    if open_ones:
        query = select(Correction.application_id, Correction.due_at).where(Correction.closed_at.is_(None))
        found = session.execute(query.where(Correction.application_id.in_(open_ones)))
        due = {row[0]: row[1] for row in found}
    lines = []
    for row in rows:
        draft = row.status in WRITABLE
        lines.append(
            MyLine(
                row,
                len([f for f in findings(row) if f.blocks]) if draft else 0,
                [m for m in row.members if m.id in acting and not is_confirmed(m)] if draft else [],
                any(m.id in acting and m.organisation_id == row.lead_organisation_id for m in row.members),
                due.get(row.id),
            )
        )
    return lines


@dataclass(frozen=True)
class Filters:
    """What the officer's list can be narrowed to."""

    call_id: int | None = None
    status: ApplicationStatus | None = None
    frame: str | None = None
    text: str = ""


#: The open correction of an application: while it lasts the office sees the version that counts, not what is written.
UNDER_CORRECTION = and_(Correction.application_id == Application.id, Correction.closed_at.is_(None))


def as_sealed(name: str) -> Any:
    """What the office knows under a column's name (title_en, title_ja, total_yen, frame_id, lead_id); the query has to
    join ``Correction`` outer on UNDER_CORRECTION."""
    live = Application.lead_organisation_id if name == "lead_id" else getattr(Application, name)
    return case((Correction.id.is_not(None), getattr(Correction, f"sealed_{name}")), else_=live)


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    """Narrow a list or count in which ``Correction`` is joined."""
    if filters.call_id is not None:
        query = query.where(Application.call_id == filters.call_id)
    if filters.status is not None:
        query = query.where(Application.status == filters.status)
    if filters.frame is not None:
        query = query.where(as_sealed("frame_id").in_(select(Frame.id).where(Frame.code == filters.frame)))
    if filters.text:
        columns = (Application.number, as_sealed("title_ja"), as_sealed("title_en"))
        query = query.where(or_(*(contains(column, filters.text) for column in columns)))
    return query


def _list_columns(actor: Any) -> Select[Any]:
    query: Any = (
        select(
            Application.id.label("id"),
            as_sealed("title_en").label("title_en"),
            as_sealed("title_ja").label("title_ja"),
            Application.status,
            as_sealed("total_yen").label("total_yen"),
            Application.submitted_at,
            Application.is_synthetic,
            Frame.name_en.label("frame_en"),
            Frame.name_ja.label("frame_ja"),
            Organisation.name_en.label("lead_en"),
            Organisation.name_ja.label("lead_ja"),
            Organisation.prefecture,
            Application.number.label("application_number"),
        )
        .outerjoin(Correction, UNDER_CORRECTION)
        .join(Frame, Frame.id == as_sealed("frame_id"))
        .join(Organisation, Organisation.id == as_sealed("lead_id"))
        .where(handed_in(), not_kept_out(actor))
    )
    return query


def sealed_title(application: Application) -> Bilingual:
    """The title as the office knows it."""
    if application.status != ApplicationStatus.correcting:
        return application.title
    query = select(Correction.sealed_title_en, Correction.sealed_title_ja)
    row = session.execute(
        query.where(Correction.application_id == application.id, Correction.closed_at.is_(None))
    ).first()
    en, ja = row or ("", "")
    return Bilingual(en or ja, ja or en)


def officer_page(actor: Any, filters: Filters, after: str | None = None, before: str | None = None) -> Page[Any]:
    """One page of everything that was handed in and that this reader may know of, by number."""
    return keyset(_filtered(_list_columns(actor), filters), [Application.number], after, before)


def officer_count(actor: Any, filters: Filters) -> int:
    """How many there are; without a text or frame to look for, an index alone answers (ix_application_counted)."""
    query: Any = select(func.count()).select_from(Application)
    if filters.text or filters.frame is not None:
        query = query.outerjoin(Correction, UNDER_CORRECTION)
    query = query.where(handed_in(), not_kept_out(actor))
    return session.scalar(_filtered(query, filters)) or 0


def officer_export(actor: Any, filters: Filters) -> Any:
    """All rows of the list, fetched in portions."""
    query = _filtered(_list_columns(actor), filters).order_by(Application.number)
    return session.execute(query.execution_options(yield_per=500))

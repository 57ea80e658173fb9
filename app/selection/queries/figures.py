"""The printed figures of a round, counted over what the reader may see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, or_, true

from app.applications.choices import ApplicationStatus as S
from app.applications.models import Application
from app.applications.queries import visible_to
from app.calls.models import Frame
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.tables import keyset
from app.organisations.choices import BUREAUS, COMPANY_TYPES, PREFECTURES, UNIVERSITY_TYPES
from app.organisations.models import Organisation
from app.reviews.choices import DecisionStatus, Outcome
from app.reviews.models import Decision
from app.selection.definitions.rounds import KINDS, Count, grouped

BY = ("frame", "region", "kind")
APPLIED = (S.submitted, S.correcting, S.under_review, S.ineligible, S.adopted, S.reserve, S.rejected)
ELIGIBLE = (S.under_review, S.adopted, S.reserve, S.rejected)
UNKNOWN = Bilingual("Unknown", "不明")


@dataclass(frozen=True)
class Group:
    """One printed row; ``filters`` leads to the records behind it where the officer's list can show them."""

    key: str
    name: Bilingual
    count: Count


def figures(actor: Any, call_id: int) -> dict[str, list[Group]]:
    """Figures by frame, by region (the bureau of the lead's prefecture) and by kind of the lead, in one statement."""
    released = (Decision.status == DecisionStatus.released) & (Decision.outcome == Outcome.adopted)
    columns = (Frame.code, Frame.name_en, Frame.name_ja, Organisation.prefecture, Organisation.org_type)
    rows = session.execute(
        visible_to(actor)
        .with_only_columns(
            *columns,
            func.count().label("applied"),
            func.sum(Application.status.in_(ELIGIBLE).cast(Integer)).label("eligible"),
            func.sum((Application.status == S.adopted).cast(Integer)).label("adopted"),
            func.sum(Application.total_yen).label("asked"),
            func.sum(case((released, Decision.amount_yen), else_=0)).label("granted"),
        )
        .join(Frame, Frame.id == Application.frame_id)
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(Application.call_id == call_id, Application.status.in_(APPLIED))
        .group_by(*columns)
    ).all()
    counted = [
        (row, Count(row.applied, int(row.eligible), int(row.adopted), int(row.asked), int(row.granted))) for row in rows
    ]
    names = {row.code: Bilingual(row.name_en, row.name_ja) for row in rows}
    frames = grouped((row.code, count) for row, count in counted)
    regions = grouped((_region(row.prefecture), count) for row, count in counted)
    kinds = grouped((_kind(row.org_type), count) for row, count in counted)
    return {
        "frame": [Group(key, names[key], frames[key]) for key in sorted(frames)],
        "region": [
            Group(key, BUREAUS[key].name if key in BUREAUS else UNKNOWN, regions[key])
            for key in (*BUREAUS, "")
            if key in regions
        ],
        "kind": [Group(key, KINDS[key], kinds[key]) for key in KINDS if key in kinds],
    }


def _region(prefecture: str | None) -> str:
    found = PREFECTURES.get(prefecture or "")
    return str(found.extra["bureau"]) if found else ""


def _kind(org_type: str) -> str:
    if org_type in COMPANY_TYPES:
        return "company"
    return "university" if org_type in UNIVERSITY_TYPES else "other"


def records(actor: Any, call_id: int, by: str, group: str, figure: str, after: str | None, before: str | None) -> Any:
    """The applications behind one printed number, fifty at a time: the same predicate as the number."""
    status = {"applied": APPLIED, "eligible": ELIGIBLE, "adopted": (S.adopted,)}[figure]
    query = (
        visible_to(actor)
        .with_only_columns(
            Application.id.label("id"), Application.number.label("application_number"), Application.title_en,
            Application.title_ja, Application.status, Application.total_yen.label("asked"), Organisation.name_en,
            Organisation.name_ja,
        )
        .join(Frame, Frame.id == Application.frame_id)
        .join(Organisation, Organisation.id == Application.lead_organisation_id)
        .where(Application.call_id == call_id, Application.status.in_(status), _belongs(by, group))
    )  # fmt: skip
    return keyset(query, [Application.number], after, before)


def _belongs(by: str, group: str) -> ColumnElement[bool]:
    if by == "frame":
        return Frame.code == group
    if by == "region":
        known = [code for code, entry in PREFECTURES.items() if entry.extra["bureau"] == group]
        if group:
            return Organisation.prefecture.in_(known)
        return or_(Organisation.prefecture.is_(None), Organisation.prefecture.not_in(list(PREFECTURES)))
    if by == "kind":
        if group == "other":
            return Organisation.org_type.not_in((*COMPANY_TYPES, *UNIVERSITY_TYPES))
        return Organisation.org_type.in_(COMPANY_TYPES if group == "company" else UNIVERSITY_TYPES)
    return true()

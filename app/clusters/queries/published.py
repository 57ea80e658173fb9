"""What our records say to the activity figures that the slides print. The two stand side by side and never mix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.clusters.choices import ActivityKind, AttendeeRole, FigureKind, TrainingProgramme
from app.clusters.models import (
    Activity,
    Attendance,
    IncubationFacility,
    IncubationManager,
    Membership,
    NewBusiness,
)
from app.clusters.queries.registers import valid_on
from app.core import tables
from app.core.db import session
from app.core.i18n import Bilingual
from app.organisations.choices import COMPANY_TYPES, UNIVERSITY_TYPES
from app.organisations.models import IncomingName, Organisation

AnySelect = Select[Any]


def _organisations(ids: Any) -> Any:
    """Organisations, each once; the columns are the same for every list."""
    return select(
        Organisation.name_en, Organisation.name_ja, Organisation.org_key.label("note"), Organisation.is_synthetic
    ).where(Organisation.id.in_(ids)), Organisation.id


def _members(types: tuple[str, ...], day: date) -> Any:
    query, key = _organisations(select(Membership.organisation_id).where(valid_on(day)))
    return query.where(Organisation.org_type.in_(types)), key


def _businesses(day: date) -> Any:
    query = select(
        NewBusiness.name_en, NewBusiness.name_ja, NewBusiness.business_key.label("note"), NewBusiness.is_synthetic
    )
    return (
        query.where(
            NewBusiness.kind == FigureKind.actual, NewBusiness.retracted_at.is_(None), NewBusiness.started_on <= day
        ),
        NewBusiness.id,
    )


def _activities(day: date, *conditions: Any) -> Any:
    query = select(
        Activity.title_en.label("name_en"), Activity.title_ja.label("name_ja"), Activity.activity_key.label("note"),
        Activity.is_synthetic,
    )  # fmt: skip
    return query.where(Activity.held_on <= day, *conditions), Activity.id


def _conferences(day: date) -> Any:
    return _activities(day, Activity.kind == ActivityKind.finance_conference)


def _blocks(day: date) -> Any:
    """The first conference of each block stands for it."""
    first = (
        select(func.min(Activity.id))
        .where(Activity.kind == ActivityKind.finance_conference, Activity.held_on <= day)
        .group_by(func.lower(Activity.block))
    )
    query = select(
        Activity.block.label("name_en"), Activity.block.label("name_ja"), Activity.activity_key.label("note"),
        Activity.is_synthetic,
    )  # fmt: skip
    return query.where(Activity.id.in_(first)), Activity.id


def _banks(day: date) -> Any:
    whose = func.coalesce(Attendance.organisation_id, IncomingName.organisation_id)
    ids = (
        select(whose)
        .select_from(Attendance)
        .join(Activity, Activity.id == Attendance.activity_id)
        .outerjoin(IncomingName, IncomingName.id == Attendance.name_id)
        .where(Activity.kind == ActivityKind.finance_conference, Activity.held_on <= day)
        .where(Attendance.role == AttendeeRole.bank, whose.is_not(None))
    )
    return _organisations(ids)


def _facilities(day: date) -> Any:
    row = IncubationFacility
    query = select(row.name_en, row.name_ja, row.prefecture.label("note"), row.is_synthetic)
    return query.where(row.opened_on <= day, or_(row.closed_on.is_(None), row.closed_on > day)), row.id


def _managers(day: date) -> Any:
    row = IncubationManager
    query = select(
        row.person_name.label("name_en"),
        row.person_name.label("name_ja"),
        row.programme.label("note"),
        row.is_synthetic,
    )
    return query.where(row.qualified_on <= day, or_(row.left_on.is_(None), row.left_on > day)), row.id


def _trainees(day: date) -> Any:
    """Trainings of incubation managers with their trainees; the figure is the sum of persons."""
    im = (TrainingProgramme.im_training, TrainingProgramme.im_instructor)
    persons = func.sum(Attendance.persons).label("persons")
    found = (
        select(Attendance.activity_id.label("activity"), persons)
        .where(Attendance.role == AttendeeRole.trainee)
        .group_by(Attendance.activity_id)
        .subquery()
    )
    query = (
        select(
            Activity.title_en.label("name_en"), Activity.title_ja.label("name_ja"), found.c.persons.label("note"),
            Activity.is_synthetic,
        )
        .join(found, found.c.activity == Activity.id)
        .where(Activity.kind == ActivityKind.training, Activity.programme.in_(im))
        .where(Activity.held_on >= date(2002, 4, 1), Activity.held_on <= min(day, date(2006, 3, 31)))
    )  # fmt: skip
    return query, Activity.id


def _projects(programme: TrainingProgramme) -> Callable[[date], Any]:
    return lambda day: _activities(
        min(day, date(2007, 3, 31)), Activity.programme == programme, Activity.held_on >= date(2006, 4, 1)
    )


@dataclass(frozen=True)
class Ours:
    """How our records answer a published figure: in words, and as the list that is counted (or summed)."""

    definition: Bilingual
    rows: Callable[[date], Any]
    sums: bool = False


OURS: Mapping[str, Ours] = {
    "firms": Ours(
        Bilingual(
            "Companies with a membership in any cluster on the day, each once.",
            "その日にいずれかのクラスターに参加する企業(重複を除く)。",
        ),
        lambda day: _members(COMPANY_TYPES, day),
    ),
    "universities": Ours(
        Bilingual(
            "Universities, junior and technical colleges with a membership on the day, each once.",
            "その日に参加する大学・短大・高専(重複を除く)。",
        ),
        lambda day: _members(UNIVERSITY_TYPES, day),
    ),
    "new_businesses": Ours(
        Bilingual(
            "Records of new businesses that have begun by the day: actual ones, no forecasts.",
            "その日までに始まった新事業の記録(実績のみ。見込みを含まない)。",
        ),
        _businesses,
    ),
    "finance_blocks": Ours(
        Bilingual(
            "Blocks named in records of financial support conferences by the day, each once.",
            "その日までの金融会議の記録にあるブロック(重複を除く)。",
        ),
        _blocks,
    ),
    "finance_banks": Ours(
        Bilingual(
            "Organisations recorded as banks at these conferences by the day, each once; unmatched names are not counted.",
            "その日までの金融会議に金融機関として記録された機関(重複・未照合の名称を除く)。",
        ),
        _banks,
    ),
    "finance_meetings": Ours(
        Bilingual(
            "Records of financial support conferences held by the day.", "その日までに開催された金融会議の記録。"
        ),
        _conferences,
    ),
    "incubation_facilities": Ours(
        Bilingual(
            "Incubation facilities on record that are open on the day.",
            "その日に開設されているインキュベーション施設の記録。",
        ),
        _facilities,
    ),
    "incubation_managers": Ours(
        Bilingual(
            "Incubation managers on record, qualified by the day.",
            "その日までに資格を得たインキュベーションマネージャーの記録。",
        ),
        _managers,
    ),
    "im_trained": Ours(
        Bilingual(
            "Trainees at recorded IM trainings and IM instructor trainings of FY2002 to FY2005; who came twice counts twice.",
            "平成14~17年度のIM養成研修・インストラクター研修の記録にある受講者(延べ)。",
        ),
        _trainees,
        sums=True,
    ),
    "hr_core": Ours(
        Bilingual("Recorded trainings of this programme in FY2006.", "平成18年度のこの事業の研修の記録。"),
        _projects(TrainingProgramme.hr_core),
    ),
    "hr_colleges": Ours(
        Bilingual("Recorded trainings of this programme in FY2006.", "平成18年度のこの事業の研修の記録。"),
        _projects(TrainingProgramme.hr_colleges),
    ),
}


@dataclass(frozen=True)
class Value:
    """What our records give, and how many of the records behind it are made up."""

    value: int
    synthetic: int


def values(day: date) -> dict[str, Value]:
    """Every figure from our records on a day, in one statement."""
    columns = []
    for code, ours in OURS.items():
        found = ours.rows(day)[0].subquery()
        total = func.coalesce(func.sum(found.c.note), 0) if ours.sums else func.count()
        columns.append(select(total).select_from(found).scalar_subquery().label(code))
        made_up = select(func.count()).select_from(found).where(found.c.is_synthetic)
        columns.append(made_up.scalar_subquery().label(f"{code}_s"))
    row = session.execute(select(*columns)).one()._mapping
    return {code: Value(int(row[code]), int(row[f"{code}_s"])) for code in OURS}


def page(code: str, day: date, after: str | None, before: str | None) -> tables.Page[Any]:
    """The records behind a figure."""
    query, key = OURS[code].rows(day)
    return tables.keyset(query, [key], after, before)

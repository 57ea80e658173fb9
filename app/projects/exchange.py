"""Files of projects and participants."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.applications.choices import MemberRole
from app.calls.choices import FrameCode, Programme
from app.clusters.choices import FIELDS
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.exchange import (
    Fault,
    Kind,
    Row,
    among,
    bulk_insert,
    bulk_update,
    choice,
    codes,
    day,
    pairs,
    period,
    references,
    text,
    yen,
)
from app.core.i18n import Bilingual
from app.organisations.choices import BUREAUS
from app.organisations.exchange import merged_away
from app.organisations.models import Organisation
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project

Stored = Iterator[tuple[int, tuple[Any, ...]]]
_PROJECT: Any = Project.__table__
_PARTICIPANT: Any = Participant.__table__
_EVENT: Any = Event.__table__

PROJECT_COLUMNS = (
    text("project_key", 60, required=True),
    choice("programme", Programme, required=True),
    choice("frame", [code.value for code in FrameCode], empty=""),
    text("title_en"),
    text("title_ja"),
    choice("region", BUREAUS),
    codes("field", FIELDS),
    day("adopted_on", required=True),
    day("started_on"),
    day("completed_on"),
    choice("status", ProjectStatus, required=True),
    yen("amount_yen"),
    day("observed_from"),
)


def _stored_projects(rows: Sequence[Row] | None) -> Stored:
    query = select(Project.id, *(getattr(Project, column.name) for column in PROJECT_COLUMNS))
    if rows is not None:
        query = among(query, Project.project_key, (row.values["project_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def record_states(changes: Iterable[tuple[int, str | None, str]], reason: str = "import") -> None:
    """Put on record, in bulk, how projects came into their state: (project id, from, to)."""
    at = now()
    rows: list[dict[str, Any]] = [
        {
            "at": at,
            "actor_id": None,
            "subject_type": "project",
            "subject_id": id_,
            "name": "restored",
            "from_status": before,
            "to_status": after,
            "reason": reason,
            "data": {},
        }
        for id_, before, after in changes
    ]
    if rows:
        session.connection().execute(_EVENT.insert(), rows)


def _insert_projects(rows: Sequence[Row]) -> None:
    bulk_insert(_PROJECT, [{"is_synthetic": False, "followup_years": 5, **row.values} for row in rows])
    query = select(Project.project_key, Project.id)
    ids = pairs(among(query, Project.project_key, (row.values["project_key"] for row in rows)))
    record_states((ids[row.values["project_key"]], None, row.values["status"].value) for row in rows)


def _update_projects(rows: Sequence[tuple[int, Row]]) -> None:
    query = select(Project.id, Project.status)
    before = pairs(among(query, Project.id, (id_ for id_, _row in rows)))
    bulk_update(_PROJECT, [(id_, row.values) for id_, row in rows])
    record_states(
        (id_, before[id_].value, row.values["status"].value) for id_, row in rows if before[id_] != row.values["status"]
    )


PROJECTS = Kind(
    "projects",
    Bilingual("Projects", "プロジェクト"),
    PROJECT_COLUMNS,
    ("project_key",),
    _stored_projects,
    _insert_projects,
    _update_projects,
    lambda row: period(row, "started_on", "completed_on", same_day=True),
)


def _stored_participants(rows: Sequence[Row] | None) -> Stored:
    query = (
        select(
            Participant.id,
            Project.project_key,
            Organisation.org_key,
            Participant.role,
            Participant.allocation_yen,
            Participant.valid_from,
            Participant.valid_to,
        )
        .join(Project, Project.id == Participant.project_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
    )
    if rows is not None:
        query = among(query, Project.project_key, (row.values["project_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _resolve_participants(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    yield from references(rows, "project_key", Project.project_key, Project.id, "project", "プロジェクト")
    yield from references(rows, "org_key", Organisation.org_key, Organisation.id, "organisation", "機関")
    yield from merged_away(rows)


def _part(row: Row) -> dict[str, Any]:
    return {"allocation_yen": row.values["allocation_yen"], "valid_to": row.values["valid_to"]}


PARTICIPANTS = Kind(
    "participants",
    Bilingual("Participants", "参加機関"),
    (
        text("project_key", 60, required=True),
        text("org_key", 60, required=True),
        choice("role", MemberRole, required=True),
        yen("allocation_yen"),
        day("valid_from"),
        day("valid_to"),
    ),
    ("project_key", "org_key", "role", "valid_from"),
    _stored_participants,
    lambda rows: bulk_insert(
        _PARTICIPANT,
        [
            {
                "project_id": row.refs["project_key"],
                "organisation_id": row.refs["org_key"],
                "role": row.values["role"],
                "valid_from": row.values["valid_from"],
                **_part(row),
            }
            for row in rows
        ],
    ),
    lambda rows: bulk_update(_PARTICIPANT, [(id_, _part(row)) for id_, row in rows]),
    lambda row: period(row, "valid_from", "valid_to"),
    _resolve_participants,
)

KINDS = (PROJECTS, PARTICIPANTS)

"""Files of observations of outcomes. They are only ever added; a correction is a row with a later recorded_on."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.core.exchange import Fault, Kind, Row, among, bulk_insert, choice, day, references, text, whole
from app.core.i18n import Bilingual
from app.outcomes.choices import DevState
from app.outcomes.models import Observation
from app.projects.models import Project

_TABLE: Any = Observation.__table__
COLUMNS = (
    text("project_key", 60, required=True),
    day("observed_on", required=True),
    day("recorded_on", required=True),
    choice("dev_state", DevState, required=True),
    whole("stage", 0, 5, required=True),
    whole("evidence_level", 0, 3, required=True),
    text("product_key", 60),
    text("source", 200),
)
_OWN = [column.name for column in COLUMNS[1:]]


def _stored(rows: Sequence[Row] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = select(Observation.id, Project.project_key, *(getattr(Observation, name) for name in _OWN)).join(
        Project, Project.id == Observation.project_id
    )
    if rows is not None:
        query = among(query, Project.project_key, (row.values["project_key"] for row in rows))
    return ((found[0], tuple(found[1:])) for found in session.execute(query))


def _resolve(rows: Sequence[Row]) -> Iterator[tuple[Row, Fault]]:
    return references(rows, "project_key", Project.project_key, Project.id, "project", "プロジェクト")


OUTCOMES = Kind(
    "outcomes",
    Bilingual("Outcomes", "成果の観測"),
    COLUMNS,
    tuple(column.name for column in COLUMNS),
    _stored,
    lambda rows: bulk_insert(
        _TABLE,
        [{"project_id": row.refs["project_key"], **{name: row.values[name] for name in _OWN}} for row in rows],
    ),
    resolve=_resolve,
)

KINDS = (OUTCOMES,)

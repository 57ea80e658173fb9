"""The lists behind the numbers: the same units, with names, a page at a time; and the documents made of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.analytics.definitions import Question, Verdict
from app.analytics.definitions.figures import Part, Within
from app.analytics.queries.answers import count_of
from app.analytics.queries.breakdowns import condition, placed
from app.analytics.queries.units import units
from app.analytics.queries.units.base import CODES, VERDICTS, YES
from app.analytics.queries.units.commercialization import EVENT
from app.core import tables
from app.core.db import session
from app.core.pdf import Document
from app.organisations.models import Organisation, PopulationList
from app.projects.models import Project

Narrowed = Part | Within | None


def keys(question: Question) -> list[str]:
    """The keys counted in the numerator, sorted by their text."""
    unit = units(question)
    return sorted(session.scalars(select(unit.c.key).where(unit.c.verdict == YES)))


def _narrowed(question: Question, part: Narrowed) -> tuple[Any, Any, list[Any]]:
    """(units, what to select from, conditions)."""
    if isinstance(part, Part):
        unit, source, place = placed(question, part.by)
        return unit, source, [condition(part, place)]
    unit = units(question)
    if isinstance(part, Within):
        return unit, unit, [unit.c.cohort == part.cohort, unit.c.ended == EVENT, unit.c.time <= part.t]
    return unit, unit, []


def all_units(question: Question, part: Narrowed = None) -> list[tuple[str, Verdict, int]]:
    """Every unit with its verdict and weight, in the order of the keys."""
    unit, source, conditions = _narrowed(question, part)
    rows = session.execute(select(unit.c.key, unit.c.verdict, unit.c.weight).select_from(source).where(*conditions))
    return sorted((key, VERDICTS[verdict], int(weight)) for key, verdict, weight in rows)


def records(
    question: Question, verdict: Verdict, after: str | None, before: str | None, part: Narrowed = None
) -> tables.Page[Any]:
    """The list behind a number: the units with this verdict, with names, a page at a time."""
    unit, source, conditions = _narrowed(question, part)
    inner = select(unit).select_from(source).where(unit.c.verdict == CODES[verdict], *conditions).subquery("listed")
    query = (
        select(
            *(column for column in inner.c if column.name != "key"),
            Project.project_key,
            Project.title_en,
            Project.title_ja,
            Organisation.org_key,
            Organisation.name_en,
            Organisation.name_ja,
        )
        .select_from(inner)
        .outerjoin(Project, Project.id == inner.c.project_id)
        .outerjoin(Organisation, Organisation.id == inner.c.organisation_id)
    )
    return tables.keyset(query, [inner.c.key], after, before)


def counted(question: Question, part: Narrowed) -> Any:
    """How many there are of each verdict in a narrowed list."""
    unit, source, conditions = _narrowed(question, part)
    rows = session.execute(
        select(unit.c.verdict, func.sum(unit.c.weight)).select_from(source).where(*conditions).group_by(unit.c.verdict)
    )
    return count_of([tuple(row) for row in rows])


def document_of(actor: Any, document_id: int) -> Document | None:
    """A document that this person has ordered; others' do not exist."""
    if not 0 < document_id < 2**31:
        return None
    return session.scalar(
        select(Document)
        .options(joinedload(Document.file))
        .where(
            Document.id == document_id, Document.owner_id == actor.actor_id, Document.template.startswith("analytics/")
        )  # a dossier is read through its application, by those who still work on it
    )


def document_by_occasion(dedupe_key: str) -> Document | None:
    return session.scalar(select(Document).where(Document.dedupe_key == dedupe_key))


def lists() -> Sequence[PopulationList]:
    return session.scalars(select(PopulationList).order_by(PopulationList.list_code)).all()


def list_exists(code: str) -> bool:
    return session.scalar(select(PopulationList.id).where(PopulationList.list_code == code)) is not None

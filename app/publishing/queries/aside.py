"""Officers and auditors who stand aside from a project that is counted (CON-14): what they see before it is public."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import not_, select
from sqlalchemy.orm import undefer

from app.analytics.definitions import Count
from app.analytics.definitions.disclosure import FEWEST
from app.core.db import session
from app.projects import queries as projects
from app.projects.models import Project
from app.publishing.choices import PublicationKind
from app.publishing.definitions import suppression
from app.publishing.models import Publication, Snapshot
from app.publishing.queries.cells import LET_OUT, PUBLIC, told_by
from app.publishing.queries.datasets import released


def hidden_from(actor: Any) -> frozenset[int]:
    """The projects from which this officer or auditor stands aside."""
    return frozenset(session.scalars(select(Project.id).where(not_(projects.not_recused(actor)))))


def _too_close(hidden: Collection[int], counted: Sequence[int]) -> bool:
    """Is the group theirs: fewer than three others beside what they stand aside from, or something undecided in it?"""
    mine = set(hidden) & set(counted)
    if not mine:
        return False
    if len(set(counted) - mine) < FEWEST:
        return True
    return session.scalar(select(Project.id).where(Project.id.in_(mine), not_(released())).limit(1)) is not None


def withheld_from(actor: Any, row: Snapshot) -> bool:
    """Is the answer kept from this reader until it is public? So it is where it counts something that they stand aside
    from and that is not decided yet, where hardly anything else is counted, and where the figure tells of single
    projects: what is not fit for everybody is not fit for them."""
    if row.frozen_at is None or row.status in PUBLIC:
        return False
    hidden = hidden_from(actor)
    if not hidden & set(row.project_ids):
        return False
    units = Count(row.units_yes or 0, row.units_unknown or 0, row.units_no or 0)
    return _too_close(hidden, row.project_ids) or bool(suppression.small_cell(units)) or bool(told_by(row))


def withheld_among(actor: Any, rows: Sequence[Snapshot]) -> set[int]:
    """Of a page of figures those whose answer a list does not show to this reader: all that are not public and count
    something that they stand aside from."""
    hidden = hidden_from(actor)
    asked = [row.id for row in rows if row.frozen_at is not None and row.status not in PUBLIC]
    if not hidden or not asked:
        return set()
    found = session.scalars(select(Snapshot).where(Snapshot.id.in_(asked)).options(undefer(Snapshot.project_ids)))
    return {row.id for row in found if hidden & set(row.project_ids)}


def made_without(actor: Any, row: Publication) -> bool:
    """Is a report, or are datasets, kept from this reader until public? Reports hold what may be told to everybody, so
    only what is undecided or theirs alone counts; datasets name every project."""
    if row.status in LET_OUT:
        return False
    hidden = hidden_from(actor)
    if row.kind is PublicationKind.datasets:
        return bool(hidden)
    return _too_close(hidden, row.project_ids)

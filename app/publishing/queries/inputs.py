"""The records that a question looks at, as they stand now: what a bundle holds."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from app.analytics.definitions import Participation, Question
from app.clusters.models import Membership
from app.core import tables
from app.core.db import session
from app.core.fiscal import fiscal_year_end, fiscal_year_start
from app.organisations.choices import COMPANY_TYPES
from app.organisations.models import Organisation, PopulationList, PopulationMember
from app.outcomes.models import Observation
from app.outcomes.queries import standing
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project
from app.publishing.definitions.bundles import Table

#: More than this does not become one figure: the records would not fit the memory of a small machine.
MOST_UNITS, MOST_ROWS = 60_000, 800_000


class TooLarge(Exception):
    """More records than one figure may hold."""


@dataclass(frozen=True)
class Inputs:
    """Tables by name (columns: ``definitions.bundles.COLUMNS``), and the keys of all projects in them."""

    tables: dict[str, Table]
    project_ids: list[int]


def _population(question: Question) -> tables.AnySelect:
    by_adoption = isinstance(question, Participation) and question.population == "adopted"
    by: Any = Project.adopted_on if by_adoption else Project.completed_on
    right = Project.status != ProjectStatus.withdrawn if by_adoption else Project.status == ProjectStatus.completed
    query = select(Project.id).where(
        right, by >= fiscal_year_start(question.first_year), by <= fiscal_year_end(question.last_year)
    )
    return query.where(Project.programme == question.programme) if question.programme else query


def _rows(query: tables.AnySelect) -> Table:
    if (session.scalar(select(func.count()).select_from(query.subquery())) or 0) > MOST_ROWS:
        raise TooLarge
    return [tuple(row) for row in session.execute(query)]


def _projects(population: tables.AnySelect) -> tuple[Table, list[int]]:
    query = select(
        Project.id, Project.project_key, Project.programme, Project.status, Project.adopted_on, Project.started_on,
        Project.completed_on, Project.observed_from, Project.amount_yen,
    )  # fmt: skip
    rows = _rows(query.where(Project.id.in_(population)))
    if len(rows) > MOST_UNITS:
        raise TooLarge
    return [row[1:] for row in rows], sorted(row[0] for row in rows)


def projects_of(question: Question) -> list[int]:
    """The keys of the projects that a question about projects looks at."""
    return sorted(session.scalars(_population(question)))


def inputs(question: Question) -> Inputs:
    """Everything that the question needs, no more. Raises TooLarge."""
    if isinstance(question, Participation) and question.definition == "PR-8":
        return _listed(question)
    population = _population(question)
    projects, ids = _projects(population)
    if not isinstance(question, Participation):
        gone = standing(question.known_at).subquery("disputed")  # what a dispute left of the evidence (-1: nothing)
        query = (
            select(
                Project.project_key, Observation.observed_on, Observation.recorded_on, Observation.dev_state,
                Observation.stage, func.coalesce(gone.c.level, Observation.evidence_level),
            )
            .join(Project, Project.id == Observation.project_id)
            .outerjoin(gone, gone.c.row_id == Observation.id)
            .where(Observation.project_id.in_(population), Observation.observed_on <= question.as_of)
        )  # fmt: skip
        if question.known_at is not None:
            query = query.where(Observation.recorded_on <= question.known_at)
        return Inputs({"projects": projects, "observations": _rows(query)}, ids)
    participants = (
        select(
            Project.project_key, Organisation.org_key, Participant.role, Participant.allocation_yen,
            Participant.valid_from, Participant.valid_to,
        )
        .join(Project, Project.id == Participant.project_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.project_id.in_(population))
    )  # fmt: skip
    concerned: Any = Organisation.id.in_(
        select(Participant.organisation_id).where(Participant.project_id.in_(population))
    )
    if question.definition == "PR-7":
        members = select(Membership.organisation_id)
        concerned = or_(concerned, Organisation.org_type.in_(COMPANY_TYPES) & Organisation.id.in_(members))
    found = {"projects": projects, "participants": _rows(participants), **_organisations(concerned)}
    return Inputs(found, ids)


def _organisations(concerned: Any) -> dict[str, Table]:
    organisations = select(Organisation.org_key, Organisation.org_type, Organisation.cluster_match).where(concerned)
    memberships = (
        select(Organisation.org_key, Membership.valid_from, Membership.valid_to)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(concerned)
    )
    return {"organisations": _rows(organisations), "memberships": _rows(memberships)}


def _listed(question: Participation) -> Inputs:
    members = (
        select(PopulationMember.organisation_id)
        .join(PopulationList, PopulationList.id == PopulationMember.list_id)
        .where(PopulationList.list_code == question.list_code)
    )
    concerned = Organisation.id.in_(members)
    listed = _rows(select(Organisation.org_key).where(concerned))
    return Inputs({"list_members": listed, **_organisations(concerned)}, [])

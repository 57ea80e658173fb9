"""Look-ups of projects; ``visible_to`` is the root of all that a page shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.applications import queries as applications
from app.applications.choices import MemberRole
from app.applications.models import Application, BudgetLine, ConsortiumMember, MemberPerson
from app.core.db import session
from app.core.search import contains
from app.core.tables import Page, keyset
from app.organisations.models import Organisation
from app.projects.models import AgreedBudgetLine, Participant, Project


def visible_to(actor: Any) -> Select[Any]:
    """Officers and auditors see every project but those made of applications from which they are recused; applicants
    those whose application they work on."""
    allowed: list[ColumnElement[bool]] = []
    if actor.has_role("officer", "auditor"):
        allowed.append(not_recused(actor))
    if actor.has_role("applicant"):
        mine = (
            select(ConsortiumMember.application_id)
            .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
            .where(MemberPerson.user_id == actor.actor_id, MemberPerson.ended_at.is_(None))
        )
        allowed.append(Project.application_id.in_(mine))
    return select(Project).where(or_(*allowed) if allowed else false())


def not_recused(actor: Any) -> ColumnElement[bool]:
    """The condition for the agency's look-ups that do not start from ``visible_to``."""
    return applications.not_kept_out(actor, Project.application_id)


def get_for(actor: Any, project_id: int, *, lock: bool = False) -> Project | None:
    """A project with its participants, or None when the actor may not know of it."""
    query = (
        visible_to(actor)
        .where(Project.id == project_id)
        .options(
            selectinload(Project.participants).joinedload(Participant.organisation), joinedload(Project.application)
        )
    )
    return session.scalar(query.with_for_update(of=Project) if lock else query)


def mine(actor: Any) -> Sequence[Project]:
    return session.scalars(visible_to(actor).order_by(Project.adopted_on.desc(), Project.project_key)).all()


def page(actor: Any, filters: dict[str, str], after: str | None, before: str | None) -> Page[Any]:
    """One page of projects by key; filters: programme, status, region, text (key or title)."""
    query = visible_to(actor)
    for name in ("programme", "status", "region"):
        if filters.get(name):
            query = query.where(getattr(Project, name) == filters[name])
    if text := filters.get("text"):
        query = query.where(
            or_(contains(Project.project_key, text), contains(Project.title_ja, text), contains(Project.title_en, text))
        )
    return keyset(query, [Project.project_key], after, before)


def by_application(application_id: int) -> Project | None:
    return session.scalar(select(Project).where(Project.application_id == application_id))


def lead_person_ids(project: Project) -> set[int]:
    """People who act for the lead organisation of the project's application."""
    return set(
        session.scalars(
            select(MemberPerson.user_id)
            .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
            .join(Application, Application.id == ConsortiumMember.application_id)
            .where(
                Application.id == project.application_id,
                ConsortiumMember.organisation_id == Application.lead_organisation_id,
                ConsortiumMember.role.in_((MemberRole.managing_organisation, MemberRole.core_company)),
                MemberPerson.ended_at.is_(None),
            )
        )
    )


def budget_of(project_id: int) -> Sequence[AgreedBudgetLine]:
    return session.scalars(
        select(AgreedBudgetLine)
        .where(AgreedBudgetLine.project_id == project_id)
        .options(joinedload(AgreedBudgetLine.organisation))
        .order_by(AgreedBudgetLine.organisation_id, AgreedBudgetLine.fiscal_year, AgreedBudgetLine.cost_item)
    ).all()


def lead_name(project: Project) -> str | None:
    """The organisation on whose behalf the recipient's people report, as the record of events names it."""
    return session.scalar(
        select(Organisation.name_ja)
        .join(Application, Application.lead_organisation_id == Organisation.id)
        .where(Application.id == project.application_id)
    )


def proposed_budget(application_id: int) -> Sequence[tuple[int, int, str, int]]:
    """The proposal's lines as (organisation id, fiscal year, cost item, yen)."""
    rows = session.execute(
        select(ConsortiumMember.organisation_id, BudgetLine.fiscal_year, BudgetLine.cost_item, BudgetLine.amount_yen)
        .join(BudgetLine, BudgetLine.member_id == ConsortiumMember.id)
        .where(ConsortiumMember.application_id == application_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]

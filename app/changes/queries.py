"""Look-ups of change requests, and how a project stands."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.agreements import queries as agreements
from app.agreements.choices import ContractStatus
from app.agreements.models import Award
from app.applications.models import CommercializationPlan, ConsortiumMember, MemberPerson
from app.changes.choices import IN_FORCE, ChangeKind, ChangeStatus
from app.changes.definitions import BudgetKey, Milestone, Part, Standing
from app.changes.models import ChangeItem, ChangeRequest
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.tables import Page, keyset
from app.milestones import queries as milestones
from app.milestones.choices import MilestoneStatus
from app.money import queries as money
from app.money.definitions import transfers
from app.organisations.models import Affiliation, Organisation
from app.projects import queries as projects
from app.projects.choices import Regime
from app.projects.definitions import ToDo
from app.projects.models import Participant, Project

#: Of a milestone of which nothing changes any more.
DONE = (MilestoneStatus.accepted, MilestoneStatus.dropped)


def get_for(actor: Any, request_id: int, *, lock: bool = False) -> ChangeRequest | None:
    """A request of a project that this person may know of; drafts are for those who write them."""
    visible = projects.visible_to(actor).with_only_columns(Project.id).subquery()
    query = (
        select(ChangeRequest)
        .where(ChangeRequest.id == request_id, ChangeRequest.project_id.in_(select(visible.c.id)))
        .options(joinedload(ChangeRequest.project), selectinload(ChangeRequest.items))
    )
    return session.scalar(query.with_for_update(of=ChangeRequest) if lock else query)


def of_project(project_id: int) -> Sequence[ChangeRequest]:
    """All requests of a project, the newest first."""
    return session.scalars(
        select(ChangeRequest)
        .where(ChangeRequest.project_id == project_id)
        .options(selectinload(ChangeRequest.items), joinedload(ChangeRequest.project))
        .order_by(ChangeRequest.number.desc())
    ).all()


def next_number(project_id: int) -> int:
    return 1 + (
        session.scalar(select(func.max(ChangeRequest.number)).where(ChangeRequest.project_id == project_id)) or 0
    )


def page(actor: Any, status: str | None, after: str | None, before: str | None) -> Page[Any]:
    """Requests that were handed in, of projects that this reader may know of: those that wait the oldest first, others
    the newest first."""
    query = (
        select(ChangeRequest, Project)
        .join(Project, Project.id == ChangeRequest.project_id)
        .where(projects.not_recused(actor), ChangeRequest.status != ChangeStatus.draft)
        .options(selectinload(ChangeRequest.items))
    )
    if status:
        query = query.where(ChangeRequest.status == status)
    order = ChangeRequest.id if status == ChangeStatus.submitted else 0 - ChangeRequest.id
    return keyset(query, [order], after, before)


def waiting(actor: Any) -> int:
    """How many requests wait for an officer."""
    query = (
        select(func.count())
        .select_from(ChangeRequest)
        .join(Project, Project.id == ChangeRequest.project_id)
        .where(ChangeRequest.status == ChangeStatus.submitted, projects.not_recused(actor))
    )
    return session.scalar(query) or 0


def returned_to(actor: Any) -> Sequence[ChangeRequest]:
    """Requests that were sent back to this person's projects."""
    visible = projects.visible_to(actor).with_only_columns(Project.id).subquery()
    return session.scalars(
        select(ChangeRequest)
        .where(ChangeRequest.status == ChangeStatus.returned, ChangeRequest.project_id.in_(select(visible.c.id)))
        .options(joinedload(ChangeRequest.project))
        .order_by(ChangeRequest.id)
        .limit(50)
    ).all()


def organisation_by(text: str) -> Organisation | None:
    """An organisation of the register by its key or corporate number."""
    return session.scalar(
        select(Organisation).where(or_(Organisation.org_key == text, Organisation.corporate_number == text)).limit(1)
    )


def names_of(effects: list[dict[str, Any]]) -> dict[int, str]:
    """The names of the organisations that frozen effects speak of."""
    ids: set[int] = set()
    for one in effects:
        if one["area"] in ("partners", "budget"):
            ids.add(one["subject"])
        elif one["area"] == "items":
            ids.add(one["subject"][0])
        elif one["area"] == "milestones" and isinstance(one["after"], list):
            ids |= {side[3] for side in (one["before"], one["after"]) if side[3] is not None}
    rows = session.execute(
        select(Organisation.id, Organisation.name_ja, Organisation.name_en).where(Organisation.id.in_(ids))
    )
    return {key: ja or en for key, ja, en in rows}


def words_of(request: ChangeRequest) -> tuple[dict[int, str], dict[int, str]]:
    """Names of organisations and goals of milestones that a request's items speak of."""
    ids = {
        one.given[name]
        for one in request.items
        for name in ("organisation", "heir", "successor", "to_organisation")
        if isinstance(one.given.get(name), int)
    }
    rows = session.execute(
        select(Organisation.id, Organisation.name_ja, Organisation.name_en).where(Organisation.id.in_(ids))
    )
    goals = {m.id: f"{m.position}. {m.goal}" for m in milestones.milestones_of(request.project_id)}
    return {key: ja or en for key, ja, en in rows}, goals


def own_organisations(actor: Any, project: Project) -> set[int]:
    """The organisations of a project for which this person acts."""
    return agreements.organisations_of(actor, project)


def participants_of(project_id: int) -> Sequence[Participant]:
    return session.scalars(
        select(Participant)
        .where(Participant.project_id == project_id)
        .options(joinedload(Participant.organisation))
        .order_by(Participant.id)
    ).all()


def people_of(application_id: int | None, organisation_ids: Collection[int]) -> Sequence[MemberPerson]:
    """Those who still act for these members of an application."""
    return session.scalars(
        select(MemberPerson)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .where(
            ConsortiumMember.application_id == application_id, ConsortiumMember.organisation_id.in_(organisation_ids),
            MemberPerson.ended_at.is_(None),
        )
        .order_by(MemberPerson.id)
    ).all()  # fmt: skip


def acting_for(organisation_id: int, on: date) -> Sequence[int]:
    """The people who act for an organisation on a day."""
    return session.scalars(
        select(Affiliation.user_id)
        .where(
            Affiliation.organisation_id == organisation_id, Affiliation.valid_from <= on,
            or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > on),
        )
        .order_by(Affiliation.user_id)
        .distinct()
    ).all()  # fmt: skip


def departures(on: date) -> Sequence[Project]:
    """Projects from which an organisation has gone whose people still have access."""
    gone = (
        select(Participant.project_id)
        .join(Project, Project.id == Participant.project_id)
        .join(ConsortiumMember, ConsortiumMember.application_id == Project.application_id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .where(
            Participant.valid_to <= on, MemberPerson.ended_at.is_(None),
            ConsortiumMember.organisation_id == Participant.organisation_id,
        )
    )  # fmt: skip
    return session.scalars(select(Project).where(Project.id.in_(gone)).order_by(Project.id)).all()


def first_sale_of(project: Project) -> date | None:
    """The planned day of the first sale: of the latest change in force, else of the proposal."""
    given = session.scalars(
        select(ChangeItem.given)
        .join(ChangeRequest, ChangeRequest.id == ChangeItem.request_id)
        .where(
            ChangeRequest.project_id == project.id,
            ChangeRequest.status.in_(IN_FORCE),
            ChangeItem.kind == ChangeKind.plan,
        )
        .order_by(ChangeRequest.decided_at.desc(), ChangeItem.position.desc())
        .limit(1)
    ).first()
    if given:
        return date.fromisoformat(given["first_sale_on"])
    return session.scalar(
        select(CommercializationPlan.first_sale_on).where(
            CommercializationPlan.application_id == project.application_id
        )
    )


def used_freely(project_id: int) -> dict[int, int]:
    """Yen moved between items by notice in each fiscal year (CON-15), by requests and on the pages of money together."""
    found = moved_freely(project_id)
    for year, yen in money.moved_freely(project_id).items():
        found[year] = found.get(year, 0) + yen
    return found


def moved_freely(project_id: int) -> dict[int, int]:
    """Yen moved between items by requests that were notices, in each fiscal year."""
    found: dict[int, int] = {}
    rows = session.scalars(
        select(ChangeItem.given)
        .join(ChangeRequest, ChangeRequest.id == ChangeItem.request_id)
        .where(
            ChangeRequest.project_id == project_id, ChangeRequest.status == ChangeStatus.notified,
            ChangeItem.kind == ChangeKind.item_transfer,
        )
    )  # fmt: skip
    for given in rows:
        found[given["year"]] = found.get(given["year"], 0) + given["yen"]
    return found


def _by_line(
    cells: dict[tuple[int, str], int], lines: Sequence[BudgetKey], budget: dict[BudgetKey, int]
) -> dict[BudgetKey, int]:
    """Sums by organisation and item, laid on the budget lines of their years, the earliest first; the rest on the last."""
    found: dict[BudgetKey, int] = {}
    for (organisation, item), yen in cells.items():
        mine = [key for key in lines if (key[0], key[2]) == (organisation, item)]
        for key in mine:
            part = min(yen, budget[key]) if key != mine[-1] else yen
            found[key] = found.get(key, 0) + part
            yen -= part
    return found


def _money(award: Award | None, budget: dict[BudgetKey, int]) -> tuple[dict[BudgetKey, int], dict[BudgetKey, int]]:
    """What is spent, and what notices moved, by budget line."""
    spent: dict[BudgetKey, int] = {}
    moved: dict[BudgetKey, int] = {}
    if award is None:
        return spent, moved
    for contract in award.contracts:
        own = [key for key in budget if award.regime is not Regime.commission or key[1] == contract.fiscal_year]
        lines = sorted(own or budget, key=lambda key: key[1])  # as the money counts them (money.queries.budget_of)
        sums = {cell: one.claimed for cell, one in money.sums_of(contract.id).items()}
        rule = transfers.rule_of(money.parameters_of(contract.award.project_id))
        spent |= _by_line(sums, lines, budget)
        moved |= _by_line(dict(money.budget_now(contract, rule).moves), lines, budget)
    return spent, moved


def standing(project: Project) -> Standing:
    """How a project stands now, in a fixed number of statements."""
    parts = participants_of(project.id)
    budget = projects.budget_of(project.id)
    rows = milestones.milestones_of(project.id)
    organisations = {p.organisation_id: p.organisation for p in parts}
    organisations |= {b.organisation_id: b.organisation for b in budget}
    award = agreements.of_project(project.id)
    contracts: dict[int, int] = {}
    if award is not None and award.regime is Regime.commission:
        contracts = {c.fiscal_year: c.amount_yen for c in award.contracts if c.status is not ContractStatus.cancelled}
    application = project.application
    rule = transfers.rule_of(money.parameters_of(project.id))
    agreed = {(b.organisation_id, b.fiscal_year, b.cost_item): b.amount_yen for b in budget if b.amount_yen}
    spent, moved = _money(award, agreed)
    return Standing(
        programme=project.programme.value,
        title_ja=project.title_ja,
        title_en=project.title_en,
        starts_on=project.started_on,
        ends_on=project.planned_end_on,
        parts=tuple(Part(p.organisation_id, p.role.value, p.valid_from, p.valid_to) for p in parts),
        budget=agreed,
        milestones=tuple(
            Milestone(m.id, m.position, m.goal, m.target_value, m.unit, m.due_on, m.organisation_id, m.status in DONE)
            for m in rows
        ),
        first_sale_on=first_sale_of(project),
        spent=spent,
        moved=moved,
        contracts=contracts,
        free_transfer_pct=rule.pct,
        protected_items=tuple(sorted(rule.protected)),
        min_companies=application.frame.min_companies if application is not None else 1,
        sme_rule=application.frame.sme_rule if application is not None else False,
        org_types={key: row.org_type for key, row in organisations.items()},
        jsic={key: row.jsic for key, row in organisations.items()},
        names={key: row.name_ja or row.name_en for key, row in organisations.items()},
    )


def to_do(actor: Any, project: Project) -> list[ToDo]:
    """Requests that wait: for the office's decision, or for the lead to mend or hand in."""
    staff = actor.has_role("officer", "auditor")
    if not staff and actor.actor_id not in projects.lead_person_ids(project):
        return []
    rows = session.execute(
        select(ChangeRequest.id, ChangeRequest.number, ChangeRequest.status)
        .where(
            ChangeRequest.project_id == project.id,
            ChangeRequest.status.in_((ChangeStatus.draft, ChangeStatus.submitted, ChangeStatus.returned)),
        )
        .order_by(ChangeRequest.number)
    )
    found = []
    for key, number, status in rows:
        at = {"request_id": key}
        if status == ChangeStatus.submitted and staff:
            words = Bilingual(f"Decide on change request {number}", f"変更申請第{number}号を審査する")
            found.append(ToDo(True, words, "changes.detail", at, whole=True))
        elif status == ChangeStatus.returned:
            words = Bilingual(f"Correct change request {number}", f"変更申請第{number}号を修正する")
            found.append(ToDo(False, words, "changes.detail", at, whole=True))
        elif status == ChangeStatus.draft and not staff:
            words = Bilingual(f"Hand in change request {number}", f"変更申請第{number}号を提出する")
            found.append(ToDo(False, words, "changes.detail", at, whole=True))
    return found

"""Look-ups of awards; every one that a page uses starts from the projects that its reader may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import User
from app.agreements.choices import AwardStatus, ContractStatus, Side
from app.agreements.definitions import POINTS, handed_in
from app.agreements.definitions.waiting import Facts, Wait, waits
from app.agreements.models import (
    AssessedLine,
    Award,
    AwardBreak,
    Contract,
    ContractTerms,
    InterimEvaluation,
    SetupItem,
)
from app.applications.choices import MemberRole, Right
from app.applications.models import Application, ConsortiumMember, MemberPerson
from app.core.db import session
from app.core.tables import Page, keyset
from app.projects import queries as projects
from app.projects.models import Project

LIVING = (ContractStatus.in_force, ContractStatus.fixed)


def of_project(project_id: int, *, lock: bool = False) -> Award | None:
    """The award of a project, or None: projects of earlier years that were imported have none."""
    query = (
        select(Award)
        .where(Award.project_id == project_id)
        .options(joinedload(Award.project), selectinload(Award.contracts), selectinload(Award.evaluations))
    )
    if lock:
        query = query.with_for_update(of=Award).execution_options(populate_existing=True)
    return session.scalar(query)


def get_for(actor: Any, project_id: int, *, lock: bool = False) -> Award | None:
    """The award of a project that the actor may see, else None."""
    if projects.get_for(actor, project_id, lock=lock) is None:
        return None
    return of_project(project_id, lock=lock)


def contract_of(award: Award, contract_id: int) -> Contract | None:
    return next((c for c in award.contracts if c.id == contract_id), None)


def terms_of(contract: Contract) -> Sequence[ContractTerms]:
    """Every version of the terms, oldest first, with its documents."""
    return session.scalars(
        select(ContractTerms)
        .where(ContractTerms.contract_id == contract.id)
        .options(joinedload(ContractTerms.document), joinedload(ContractTerms.signed_document))
        .order_by(ContractTerms.number)
    ).all()


def terms_of_award(award: Award) -> Sequence[ContractTerms]:
    """Every version of the terms of all contracts of an award, newest first, with documents."""
    return session.scalars(
        select(ContractTerms)
        .join(Contract, Contract.id == ContractTerms.contract_id)
        .where(Contract.award_id == award.id)
        .options(joinedload(ContractTerms.document), joinedload(ContractTerms.signed_document))
        .order_by(Contract.fiscal_year.desc(), ContractTerms.number.desc())
    ).all()


def latest_terms(contract: Contract, *, lock: bool = False) -> ContractTerms | None:
    query = (
        select(ContractTerms)
        .where(ContractTerms.contract_id == contract.id)
        .order_by(ContractTerms.number.desc())
        .limit(1)
    )
    return session.scalar(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    )  # fmt: skip


def current_contract(award: Award) -> Contract | None:
    """The contract under which work is (or was last) done: the latest that both sides confirmed."""
    living = [c for c in award.contracts if c.status in (*LIVING, ContractStatus.settled)]
    return living[-1] if living else None


def offered_contract(award: Award) -> Contract | None:
    """The contract that waits for its first confirmation by both sides."""
    return next((c for c in award.contracts if c.status is ContractStatus.offered), None)


def checklist_of(award: Award) -> Sequence[SetupItem]:
    return session.scalars(
        select(SetupItem)
        .where(SetupItem.award_id == award.id)
        .options(joinedload(SetupItem.done_by), joinedload(SetupItem.file))
        .order_by(SetupItem.position)
    ).all()


def item_of(award: Award, code: str, *, lock: bool = False) -> SetupItem | None:
    if code not in POINTS:  # whatever else an address may hold
        return None
    query = select(SetupItem).where(SetupItem.award_id == award.id, SetupItem.code == code)
    return session.scalar(query.with_for_update() if lock else query)


def lines_of(award: Award, organisation_ids: set[int] | None = None) -> Sequence[AssessedLine]:
    """The assessed lines, of some organisations only where given."""
    query = select(AssessedLine).where(AssessedLine.award_id == award.id).options(joinedload(AssessedLine.organisation))
    if organisation_ids is not None:
        query = query.where(AssessedLine.organisation_id.in_(organisation_ids))
    return session.scalars(
        query.order_by(AssessedLine.organisation_id, AssessedLine.fiscal_year, AssessedLine.cost_item)
    ).all()


def breaks_of(award: Award) -> Sequence[AwardBreak]:
    return session.scalars(
        select(AwardBreak).where(AwardBreak.award_id == award.id).options(joinedload(AwardBreak.by)).order_by(AwardBreak.id)
    ).all()  # fmt: skip


def evaluation_of(award: Award, evaluation_id: int, *, lock: bool = False) -> InterimEvaluation | None:
    query = select(InterimEvaluation).where(
        InterimEvaluation.award_id == award.id, InterimEvaluation.id == evaluation_id
    )
    return session.scalar(query.with_for_update() if lock else query)


def rights_of(actor: Any, project: Project) -> dict[int, set[Right]]:
    """What this person may do for which organisation of a project, also for those that joined it later."""
    found: dict[int, set[Right]] = {}
    if project.application_id is None:
        return found
    acting = projects.acting_for(actor.actor_id).subquery()
    for key, right in session.execute(
        select(acting.c.organisation_id, acting.c.right).where(acting.c.application_id == project.application_id)
    ):
        found.setdefault(key, set()).add(right)
    for _application, user, key, right in projects.newcomers([project.application_id]):
        if user.id == actor.actor_id:
            found.setdefault(key, set()).add(right)
    return found


def organisations_of(actor: Any, project: Project, rights: Sequence[Right] = tuple(Right)) -> set[int]:
    """The organisations of a project for which this person acts with one of these rights."""
    return {key for key, given in rights_of(actor, project).items() if given & set(rights)}


def signatories(project: Project) -> Sequence[User]:
    """The people of the managing organisation or core company who may sign for it."""
    return session.scalars(
        select(User)
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(Application, Application.id == ConsortiumMember.application_id)
        .where(
            Application.id == project.application_id,
            ConsortiumMember.organisation_id == Application.lead_organisation_id,
            ConsortiumMember.role.in_((MemberRole.managing_organisation, MemberRole.core_company)),
            MemberPerson.ended_at.is_(None),
            MemberPerson.right == Right.sign,
            User.active,
        )
        .order_by(User.id)
        .distinct()
    ).all()


def signatory_ids(project: Project) -> set[int]:
    return {person.id for person in signatories(project)}


def page(actor: Any, filters: dict[str, str], after: str | None, before: str | None) -> Page[Any]:
    """One page of awards by key; filters: status, regime."""
    query = _awards().order_by(None).where(projects.not_recused(actor))
    for name in ("status", "regime"):
        if filters.get(name):
            query = query.where(getattr(Award, name) == filters[name])
    return keyset(query, [Award.id], after, before)


def facts_of(awards: Sequence[Award]) -> dict[int, Facts]:
    """What ``definitions.waiting`` needs to know of some awards, in a fixed number of statements."""
    ids = [award.id for award in awards]
    points: dict[int, dict[Side, int]] = {}
    for award_id, side, n in session.execute(
        select(SetupItem.award_id, SetupItem.side, func.count())
        .where(SetupItem.award_id.in_(ids), SetupItem.done_at.is_(None))
        .group_by(SetupItem.award_id, SetupItem.side)
    ):
        points.setdefault(award_id, {})[side] = n
    latest: dict[int, tuple[int, ContractTerms]] = {}
    for award_id, row in session.execute(
        select(Contract.award_id, ContractTerms)
        .join(ContractTerms, ContractTerms.contract_id == Contract.id)
        .where(Contract.award_id.in_(ids), Contract.status.in_((ContractStatus.offered, ContractStatus.in_force)))
        .order_by(Contract.fiscal_year, ContractTerms.number)
    ):
        latest[row.contract_id] = award_id, row
    terms: dict[int, list[ContractTerms]] = {}
    for award_id, row in latest.values():
        if not row.confirmed:
            terms.setdefault(award_id, []).append(row)
    years: dict[int, list[int]] = {}
    for award_id, year in session.execute(
        select(AssessedLine.award_id, AssessedLine.fiscal_year).where(AssessedLine.award_id.in_(ids)).distinct()
    ):
        years.setdefault(award_id, []).append(year)
    at_work = [award for award in awards if award.status is AwardStatus.running]
    reported = frozenset(handed_in([c for award in at_work for c in award.contracts]))
    return {
        key: Facts(points.get(key, {}), tuple(terms.get(key, [])), tuple(sorted(years.get(key, []))), reported)
        for key in ids
    }


def waits_of(awards: Sequence[Award]) -> dict[int, list[Wait]]:
    """What each of these awards waits for."""
    facts = facts_of(awards) if awards else {}
    return {award.id: waits(award, facts[award.id]) for award in awards}


OVER = (AwardStatus.closed, AwardStatus.withdrawn, AwardStatus.follow_up)


def waiting_for_lead(actor: Any) -> list[tuple[Award, Wait]]:
    """What waits for this person as one of the managing organisation's or core company's people."""
    leads = (
        select(ConsortiumMember.application_id)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .join(Application, Application.id == ConsortiumMember.application_id)
        .where(
            MemberPerson.user_id == actor.actor_id,
            MemberPerson.ended_at.is_(None),
            ConsortiumMember.organisation_id == Application.lead_organisation_id,
            ConsortiumMember.role.in_((MemberRole.managing_organisation, MemberRole.core_company)),
        )
    )
    found = session.scalars(_awards().where(Project.application_id.in_(leads), Award.status.not_in(OVER))).all()
    waiting = waits_of(found)
    return [(award, wait) for award in found for wait in waiting[award.id] if wait.side is Side.consortium]


def waiting_for_office(actor: Any, limit: int = 300) -> list[tuple[Award, Wait]]:
    """What waits for the office, as far as this officer may know of it; the oldest awards first."""
    query = _awards().where(projects.not_recused(actor), Award.status.not_in(OVER)).limit(limit)
    found = session.scalars(query).all()
    waiting = waits_of(found)
    return [(award, wait) for award in found for wait in waiting[award.id] if wait.side is Side.office]


def _awards() -> Select[Any]:
    return (
        select(Award)
        .join(Project, Project.id == Award.project_id)
        .options(contains_eager(Award.project), selectinload(Award.contracts), selectinload(Award.evaluations))
        .order_by(Award.id)
    )

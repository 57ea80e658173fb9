"""Look-ups of costs under a contract; ``organisation_ids`` narrows them to what a partner may see (None: all)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.agreements import queries as agreements
from app.agreements.choices import ContractStatus
from app.agreements.models import Award, Contract
from app.applications.models import Application
from app.calls.models import Call
from app.core.audit import Event
from app.core.db import session
from app.core.tables import Page, keyset
from app.money.choices import InspectionKind, TransferKind
from app.money.models import CostForecast, Evidence, Expense, Fixing, SiteInspection, Transfer
from app.organisations.models import Organisation
from app.projects.choices import Regime
from app.projects.models import AgreedBudgetLine, Participant, Project

Cell = tuple[int, str]  # organisation, cost item
Only = Collection[int] | None
HELD = (ContractStatus.in_force, ContractStatus.fixed, ContractStatus.settled)


def contracts_of(award: Award) -> list[Contract]:
    """Contracts under which money is spent: those that both sides confirmed."""
    return [contract for contract in award.contracts if contract.status in HELD]


def contract_for(actor: Any, project_id: int, contract_id: int, *, lock: bool = False) -> Contract | None:
    """A contract of a project that the actor may see, else None. ``lock`` holds the project, its award and the contract."""
    award = agreements.get_for(actor, project_id, lock=lock)
    found = next((one for one in contracts_of(award) if one.id == contract_id), None) if award else None
    return locked_contract(found.id) if found and lock else found


def locked_contract(contract_id: int) -> Contract:
    """A contract as it is now, held until the transaction ends: sums that must not be exceeded are compared under it."""
    return session.scalars(
        select(Contract)
        .where(Contract.id == contract_id)
        .with_for_update(of=Contract)
        .execution_options(populate_existing=True)
    ).one()


def parameters_of(project_id: int) -> Mapping[str, Any]:
    """The parameters of the call that the project came from; empty for imported projects."""
    found = session.scalar(
        select(Call.parameters)
        .join(Application, Application.call_id == Call.id)
        .join(Project, Project.application_id == Application.id)
        .where(Project.id == project_id)
    )
    return found or {}


def organisations_of(project_id: int) -> dict[int, Organisation]:
    """Every organisation of a project, also one that has left, in the order of the participants."""
    rows = session.scalars(
        select(Organisation)
        .join(Participant, Participant.organisation_id == Organisation.id)
        .where(Participant.project_id == project_id)
        .order_by(Participant.id)
    )
    return {row.id: row for row in rows}


def _only(column: Any, organisation_ids: Only) -> ColumnElement[bool]:
    return true() if organisation_ids is None else column.in_(organisation_ids)


@dataclass(frozen=True)
class Sums:
    """What one organisation spent on one item: claimed, judged as acceptable so far, and lines without a verdict."""

    claimed: int
    accepted: int
    lines: int
    open: int


def sums_of(contract_id: int, organisation_ids: Only = None) -> dict[Cell, Sums]:
    rows = session.execute(
        select(
            Expense.organisation_id,
            Expense.cost_item,
            func.sum(Expense.eligible_yen),
            func.coalesce(func.sum(Expense.accepted_yen), 0),
            func.count(),
            func.sum(case((Expense.verdict.is_(None), 1), else_=0)),
        )
        .where(Expense.contract_id == contract_id, _only(Expense.organisation_id, organisation_ids))
        .group_by(Expense.organisation_id, Expense.cost_item)
    )
    return {(row[0], row[1]): Sums(int(row[2]), int(row[3]), row[4], int(row[5])) for row in rows}


def budget_of(contract: Contract, organisation_ids: Only = None) -> dict[Cell, int]:
    """The agreed budget under a contract, before transfers: its fiscal year's lines of a commission, all of a subsidy.

    Where the year has no line of its own, all lines count, as in the text of the contract.
    """
    rows = session.execute(
        select(
            AgreedBudgetLine.organisation_id,
            AgreedBudgetLine.cost_item,
            AgreedBudgetLine.fiscal_year,
            AgreedBudgetLine.amount_yen,
        ).where(AgreedBudgetLine.project_id == contract.award.project_id)
    ).all()
    if contract.award.regime is Regime.commission:
        rows = [row for row in rows if row.fiscal_year == contract.fiscal_year] or rows
    found: dict[Cell, int] = {}
    for row in rows:
        if organisation_ids is None or row.organisation_id in organisation_ids:
            key = (row.organisation_id, row.cost_item)
            found[key] = found.get(key, 0) + row.amount_yen
    return found


def transfers_of(contract_id: int, organisation_ids: Only = None) -> Sequence[Transfer]:
    return session.scalars(
        select(Transfer)
        .where(Transfer.contract_id == contract_id, _only(Transfer.organisation_id, organisation_ids))
        .options(joinedload(Transfer.organisation), joinedload(Transfer.by))
        .order_by(Transfer.id)
    ).all()


def notices_of(project_id: int) -> list[tuple[int, Transfer]]:
    """Every notice of a project with the fiscal year of its contract."""
    rows = session.execute(
        select(Contract.fiscal_year, Transfer)
        .join(Contract, Contract.id == Transfer.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .where(Award.project_id == project_id, Transfer.kind == TransferKind.notice)
        .order_by(Transfer.id)
    )
    return [(row[0], row[1]) for row in rows]


def forecasts_of(contract_id: int, organisation_ids: Only = None) -> dict[Cell, CostForecast]:
    rows = session.scalars(
        select(CostForecast).where(
            CostForecast.contract_id == contract_id, _only(CostForecast.organisation_id, organisation_ids)
        )
    )
    return {(row.organisation_id, row.cost_item): row for row in rows}


def expenses_of(contract_id: int, organisation_ids: Only = None, *, lock: bool = False) -> Sequence[Expense]:
    """All lines with their evidence, by day: for a workbook and for what is done with all of them."""
    query = (
        select(Expense)
        .where(Expense.contract_id == contract_id, _only(Expense.organisation_id, organisation_ids))
        .options(joinedload(Expense.organisation), selectinload(Expense.evidence))
        .order_by(Expense.organisation_id, Expense.paid_on, Expense.id)
    )
    return session.scalars(query.with_for_update(of=Expense) if lock else query).all()


def vouchers_of(contract_id: int, organisation_id: int) -> dict[str, int]:
    """Voucher numbers of an organisation's lines with the lines' keys."""
    rows = session.execute(
        select(Expense.voucher, Expense.id).where(
            Expense.contract_id == contract_id, Expense.organisation_id == organisation_id
        )
    )
    return {row.voucher: row.id for row in rows}


def expense_page(
    contract_id: int, organisation_ids: Only, filters: Mapping[str, str], after: str | None, before: str | None
) -> Page[Any]:
    """One page of lines by day; filters: organisation, item, open (without a verdict)."""
    query = (
        select(Expense)
        .where(Expense.contract_id == contract_id, _only(Expense.organisation_id, organisation_ids))
        .options(joinedload(Expense.organisation), selectinload(Expense.evidence))
    )
    if filters.get("organisation", "").isascii() and filters.get("organisation", "").isdigit():
        query = query.where(Expense.organisation_id == min(int(filters["organisation"]), 2**31 - 1))
    if filters.get("item"):
        query = query.where(Expense.cost_item == filters["item"])
    if filters.get("open"):
        query = query.where(Expense.verdict.is_(None))
    return keyset(query, [Expense.paid_on, Expense.id], after, before)


def expense_for(actor: Any, project_id: int, expense_id: int, *, lock: bool = False) -> Expense | None:
    """A line of a project that the actor may see; whether its organisation's lines are for this reader is policy's."""
    award = agreements.get_for(actor, project_id, lock=lock)
    if award is None:
        return None
    query = (
        select(Expense)
        .join(Contract, Contract.id == Expense.contract_id)
        .where(Expense.id == expense_id, Contract.award_id == award.id)
        .options(
            joinedload(Expense.organisation),
            joinedload(Expense.judged_by),
            joinedload(Expense.contract),
            selectinload(Expense.evidence).joinedload(Evidence.file),
        )
    )
    if lock:
        query = query.with_for_update(of=Expense).execution_options(populate_existing=True)
    return session.scalar(query)


def evidence_of(expense: Expense, step: str) -> Evidence | None:
    return next((one for one in expense.evidence if one.step.value == step), None)


def open_lines(contract_id: int) -> int:
    """Lines without a verdict."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Expense)
            .where(Expense.contract_id == contract_id, Expense.verdict.is_(None))
        )
        or 0
    )


def undecided_of(contract_id: int, *, lock: bool = False) -> Sequence[Expense]:
    query = (
        select(Expense)
        .where(Expense.contract_id == contract_id, Expense.verdict.is_(None))
        .options(selectinload(Expense.evidence))
        .order_by(Expense.id)
    )
    return session.scalars(query.with_for_update(of=Expense) if lock else query).all()


def judges_of(contract_id: int) -> set[int]:
    """Who gave the verdicts under a contract."""
    rows = session.scalars(
        select(Expense.judged_by_id)
        .where(Expense.contract_id == contract_id, Expense.judged_by_id.is_not(None))
        .distinct()
    )
    return {key for key in rows if key is not None}


def inspectors_of(contract: Contract) -> set[int]:
    """Who inspected a contract: who gave the verdicts; without any line, who recorded the determination inspection (or, of
    records from before it was kept here, who moved the award by it)."""
    if judges := judges_of(contract.id):
        return judges
    rows = session.scalars(
        select(SiteInspection.by_id).where(
            SiteInspection.contract_id == contract.id, SiteInspection.kind == InspectionKind.determination
        )
    ).all()
    if rows:
        return {key for key in rows if key is not None}
    moved = session.scalars(
        select(Event.actor_id).where(
            Event.subject_type == "award", Event.subject_id == contract.award_id, Event.name == "inspect"
        ).order_by(Event.id.desc()).limit(1)
    ).first()  # fmt: skip
    return set() if moved is None else {moved}


def inspections_of(contract_id: int) -> Sequence[SiteInspection]:
    return session.scalars(
        select(SiteInspection)
        .where(SiteInspection.contract_id == contract_id)
        .options(joinedload(SiteInspection.by), joinedload(SiteInspection.organisation))
        .order_by(SiteInspection.held_on.desc(), SiteInspection.id.desc())
    ).all()


def fixing_of(contract_id: int) -> Fixing | None:
    return session.scalar(
        select(Fixing)
        .where(Fixing.contract_id == contract_id)
        .options(joinedload(Fixing.by), joinedload(Fixing.notice_ja), joinedload(Fixing.notice_en))
    )


def spend(project_id: int, period: tuple[date, date]) -> dict[int, int]:
    """Yen claimed by organisation with a day of payment in the period (both ends included): for reports."""
    rows = session.execute(
        select(Expense.organisation_id, func.sum(Expense.eligible_yen))
        .join(Contract, Contract.id == Expense.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .where(Award.project_id == project_id, Expense.paid_on.between(*period))
        .group_by(Expense.organisation_id)
    )
    return {row[0]: int(row[1]) for row in rows}

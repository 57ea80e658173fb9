"""Look-ups of payments, claims and returns of profit."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.agreements import queries as agreements
from app.agreements.choices import ContractStatus
from app.agreements.models import Award, Contract
from app.core.db import session
from app.core.tables import Page, keyset
from app.money.choices import COMMITTED, OUTGOING, PaymentKind, PaymentStatus, ProfitStatus
from app.money.models import Expense, Payment, ProfitReturn
from app.projects import queries as projects
from app.projects.models import Project

_PEOPLE = (joinedload(Payment.requested_by), joinedload(Payment.checked_by), joinedload(Payment.approved_by))
PENDING = (PaymentStatus.requested, PaymentStatus.checked, PaymentStatus.approved)


def payments_of(award: Award) -> Sequence[Payment]:
    """Payments and claims of all contracts of an award, oldest first."""
    return session.scalars(
        select(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .where(Contract.award_id == award.id)
        .options(*_PEOPLE, contains_eager(Payment.contract))
        .order_by(Payment.id)
    ).all()


def payment_for(actor: Any, project_id: int, payment_id: int, *, lock: bool = False) -> Payment | None:
    award = agreements.get_for(actor, project_id, lock=lock)
    if award is None:
        return None
    return session.scalar(
        select(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .where(Payment.id == payment_id, Contract.award_id == award.id)
        .options(*_PEOPLE, joinedload(Payment.contract))
    )


def committed(contract_id: int, *, without: int | None = None) -> int:
    """Yen approved or paid to the recipient under a contract (MON-2); ``without`` leaves one payment out."""
    query = select(func.coalesce(func.sum(Payment.amount_yen), 0)).where(
        Payment.contract_id == contract_id, Payment.status.in_(COMMITTED), Payment.kind.in_(OUTGOING)
    )
    if without is not None:
        query = query.where(Payment.id != without)
    return int(session.scalar(query) or 0)


def claims_open(contract_id: int) -> Sequence[Payment]:
    """Payments and claims that are neither paid nor rejected."""
    return session.scalars(
        select(Payment).where(Payment.contract_id == contract_id, Payment.status.in_(PENDING)).order_by(Payment.id)
    ).all()


#: Claims have a day by which they are paid; what has none comes after them, the oldest first.
_DUE = func.coalesce(Payment.due_on, date(9999, 12, 31), type_=Date())


def _waits_for(actor: Any) -> ColumnElement[bool]:
    """What this officer can take a step with: not what this very officer checked, which another one approves."""
    others = or_(Payment.checked_by_id.is_(None), Payment.checked_by_id != actor.actor_id)
    return and_(Payment.status.in_(PENDING), or_(Payment.status != PaymentStatus.checked, others))


def waiting_page(actor: Any, filters: dict[str, str], after: str | None, before: str | None) -> Page[Any]:
    """Payments and claims that wait for this officer (an auditor: for any), the oldest due first; filters: status (open,
    or a state, also of what is done), kind."""
    query = (
        select(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .join(Project, Project.id == Award.project_id)
        .where(projects.not_recused(actor))
        .options(
            contains_eager(Payment.contract).contains_eager(Contract.award).contains_eager(Award.project),
            joinedload(Payment.checked_by),
        )
    )
    status = filters.get("status")
    if status in [one.value for one in PaymentStatus]:
        query = query.where(Payment.status == status)
    elif status or not actor.has_role("officer"):
        query = query.where(Payment.status.in_(PENDING))
    else:
        query = query.where(_waits_for(actor))
    if filters.get("kind") in [one.value for one in PaymentKind]:
        query = query.where(Payment.kind == filters["kind"])
    return keyset(query, [_DUE, Payment.id], after, before)


def waiting_counts(actor: Any) -> tuple[int, int]:
    """(payments and claims that wait for this officer, lines of cost without a verdict under reported contracts)."""
    payments = (
        select(func.count())
        .select_from(Payment)
        .join(Contract, Contract.id == Payment.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .join(Project, Project.id == Award.project_id)
        .where(projects.not_recused(actor), _waits_for(actor))
    )
    lines = (
        select(func.count())
        .select_from(Expense)
        .join(Contract, Contract.id == Expense.contract_id)
        .join(Award, Award.id == Contract.award_id)
        .join(Project, Project.id == Award.project_id)
        .where(
            projects.not_recused(actor), Expense.verdict.is_(None), Contract.status == ContractStatus.in_force,
            Contract.reported_on.is_not(None),
        )
    )  # fmt: skip
    return session.scalar(payments) or 0, session.scalar(lines) or 0


def profits_of(award: Award) -> Sequence[ProfitReturn]:
    return session.scalars(
        select(ProfitReturn)
        .where(ProfitReturn.award_id == award.id)
        .options(joinedload(ProfitReturn.payment))
        .order_by(ProfitReturn.fiscal_year)
    ).all()


def profit_for(actor: Any, project_id: int, profit_id: int, *, lock: bool = False) -> ProfitReturn | None:
    award = agreements.get_for(actor, project_id, lock=lock)
    if award is None:
        return None
    query = select(ProfitReturn).where(ProfitReturn.id == profit_id, ProfitReturn.award_id == award.id)
    if lock:
        query = query.with_for_update(of=ProfitReturn).execution_options(populate_existing=True)
    return session.scalar(query)


def returned_before(award: Award, fiscal_year: int) -> int:
    """Yen that other years have returned, or have to return."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(ProfitReturn.amount_yen), 0)).where(
                ProfitReturn.award_id == award.id,
                ProfitReturn.fiscal_year != fiscal_year,
                ProfitReturn.status.in_((ProfitStatus.payable, ProfitStatus.paid)),
            )
        )
        or 0
    )


def to_inspect(actor: Any, limit: int = 100) -> Sequence[Contract]:
    """Contracts whose performance report came and whose inspection is not recorded, the longest waiting first."""
    return session.scalars(
        select(Contract)
        .join(Award, Award.id == Contract.award_id)
        .join(Project, Project.id == Award.project_id)
        .where(
            projects.not_recused(actor),
            Contract.status == ContractStatus.in_force,
            Contract.reported_on.is_not(None),
            Contract.inspected_on.is_(None),
        )
        .options(contains_eager(Contract.award).contains_eager(Award.project))
        .order_by(Contract.reported_on, Contract.id)
        .limit(limit)
    ).all()

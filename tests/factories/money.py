"""Contracts at work, with costs under them."""

from datetime import date, timedelta
from typing import Any

from app.accounts.models import User
from app.agreements import queries as agreements
from app.agreements.choices import AwardStatus, ContractStatus
from app.agreements.models import Award, Contract
from app.agreements.workflow import CONTRACT, machine_of
from app.core.audit import SYSTEM
from app.core.clock import today
from app.core.db import session
from app.money import operations
from app.money.choices import EvidenceStep, Verdict
from app.money.definitions.chain import steps_of
from app.money.models import Expense
from app.projects import operations as projects
from app.projects.models import Project
from tests.factories import chain, proposals
from tests.factories.people import person

_numbers = iter(range(1, 10**9))


def contract(programme: str = "consortium_rd", *, amount: int = 8_000_000, rate: int = 10_000) -> Contract:
    """A contract in force, from 300 days ago to yesterday's report; its budget: 5 million EQ, 2 million LAB, 1 million
    MAT of the lead, 1 million MAT and 600,000 ADM of a partner."""
    project = chain.adopted_project(programme)
    award = agreements.of_project(project.id)
    if award is None:
        assert project.regime is not None
        award = Award(project_id=project.id, regime=project.regime)
        session.add(award)
        session.flush()
    starts = today() - timedelta(days=300)
    lead, partner = organisations(project)
    lines = [(lead, "EQ", 5_000_000), (lead, "LAB", 2_000_000), (lead, "MAT", 1_000_000),
             (partner, "MAT", 1_000_000), (partner, "ADM", 600_000)]  # fmt: skip
    projects.write_budget(project, [(key, starts.year, item, yen) for key, item, yen in lines])
    row = Contract(
        award_id=award.id, fiscal_year=starts.year, number=f"C-{project.project_key}", amount_yen=amount, rate=rate,
        starts_on=starts, ends_on=today() - timedelta(days=1), signed_on=starts,
    )  # fmt: skip
    award.contracts.append(row)
    session.flush()
    CONTRACT.restore(row, ContractStatus.in_force, SYSTEM, reason="test")
    machine_of(award).restore(award, AwardStatus.running, SYSTEM, reason="test")
    session.flush()
    return row


def organisations(project: Project) -> tuple[int, int]:
    """(the lead's, a partner's) organisation."""
    lead = project.application.lead_organisation_id  # type: ignore[union-attr]
    members = project.application.members  # type: ignore[union-attr]
    return lead, next(m.organisation_id for m in members if m.organisation_id != lead)


def people(project: Project) -> tuple[User, User]:
    """(a person of the lead, a person of that partner)."""
    _lead, partner = organisations(project)
    member = next(m for m in project.application.members if m.organisation_id == partner)  # type: ignore[union-attr]
    return proposals.lead_of(project.application), proposals.person_of(member)  # type: ignore[arg-type]


def data(**values: Any) -> operations.ExpenseData:
    number = next(_numbers)
    return operations.ExpenseData(
        **{
            "voucher": f"V-{number}", "cost_item": "MAT", "paid_on": today() - timedelta(days=30), "payee": "Supplier",
            "gross_yen": 110_000, "net_yen": 100_000, **values,
        }
    )  # fmt: skip


def wages(minutes: int, rate_yen: int, **values: Any) -> operations.ExpenseData:
    return data(cost_item="LAB", minutes=minutes, rate_yen=rate_yen, gross_yen=None, net_yen=None, **values)


def expense(under: Contract, actor: User, organisation_id: int, *, whole: bool = True, **values: Any) -> Expense:
    """A line, with a reason in place of each document when ``whole``."""
    made = wages(**values) if values.get("minutes") else data(**values)
    row = operations.save_expense(under, organisation_id, made, actor)
    for step in steps_of(row.cost_item) if whole else ():
        operations.without_document(row, EvidenceStep(step), "small purchase", actor)
    return row


def accepted(under: Contract, *rows: Expense, by: User | None = None) -> User:
    officer = by or person("officer")
    for row in rows:
        operations.judge(row, Verdict.accepted, None, "", row.version, officer)
    return officer


def inspected(under: Contract, officer: User | None = None, on: date | None = None) -> None:
    """Report received and inspection recorded by the floor of agreements."""
    from app.agreements import operations as verbs

    officer, day = officer or person("officer"), on or today()
    verbs.receive_report(under.award, day, officer, "on paper")
    verbs.inspect(under.award, day, "Documents and things seen.", officer)


ACCOUNT = operations.Account("Bank A", "Lead Foundation", "普通 1234567")

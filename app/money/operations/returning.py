"""Returns of profit, fiscal year by fiscal year (MON-9). They do not apply to commissions (CON-18)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.agreements.models import Award
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder
from app.core.fiscal import fiscal_year
from app.core.i18n import Bilingual
from app.core.money import MAX_YEN
from app.money import policy, queries
from app.money.choices import PaymentKind, ProfitStatus
from app.money.definitions.profit import ProfitSum
from app.money.definitions.registers import PROFIT_FIGURES, Figures
from app.money.models import ProfitReturn
from app.money.operations import paying
from app.money.operations.gates import lead_people, needed, refuse, seen, tell
from app.money.workflow import PROFIT
from app.projects import operations as projects
from app.projects.choices import Regime

DUE_DAYS = 30


@dataclass(frozen=True)
class ProfitData:
    fiscal_year: int
    revenue_yen: int
    cost_yen: int
    exclusion_yen: int
    basis: str


def figures(project_id: int, year: int) -> Figures | None:
    """What another floor knows of a year's sales, to fill the form with."""
    return next((known for ask in PROFIT_FIGURES if (known := ask(project_id, year)) is not None), None)


def granted(award: Award) -> tuple[int, int]:
    """(A, B): the subsidy as fixed and the eligible cost on which it was fixed, of all contracts."""
    subsidy = eligible = 0
    for contract in queries.contracts_of(award):
        if contract.fixed_amount_yen is None:
            continue
        subsidy += contract.fixed_amount_yen
        fixing = queries.fixing_of(contract.id)
        # fixed on paper before amounts were calculated here: the cost that the rate implies
        eligible += fixing.calculation["counted"] if fixing else -(-contract.fixed_amount_yen * 10_000 // contract.rate)
    return subsidy, eligible


def compute(award: Award, data: ProfitData, actor: Any) -> ProfitReturn:
    """Compute a year's return, or compute it again while the recipient has not confirmed it."""
    if not policy.officer_of_profit(actor, _Of(award)):
        raise Forbidden("compute")
    if award.regime is not Regime.subsidy:
        raise refuse(
            "commission", "CON-18: no profit is returned under a commission.", "CON-18:委託事業に収益納付はありません。"
        )
    subsidy, eligible = granted(award)
    if not subsidy:
        raise refuse("not-fixed", "The amount is not fixed yet.", "額が確定していません。")
    if not fiscal_year(award.project.adopted_on) <= data.fiscal_year <= fiscal_year(today()):
        raise refuse(
            "year", "Choose a fiscal year that has begun.", "既に開始した年度を指定してください。", "fiscal_year"
        )
    if max(data.revenue_yen, data.cost_yen, data.exclusion_yen) > MAX_YEN:
        raise refuse("amount", "The amount is too large.", "金額が大きすぎます。", "revenue_yen")
    basis, returned = needed(data.basis, "basis"), queries.returned_before(award, data.fiscal_year)
    row = next((one for one in queries.profits_of(award) if one.fiscal_year == data.fiscal_year), None)
    if row is None:
        row = ProfitReturn(award_id=award.id, fiscal_year=data.fiscal_year, computed_by_id=actor.actor_id)
        session.add(row)
    elif row.status is not ProfitStatus.computed:
        raise OutOfOrder(row, "compute", row.status)
    found = ProfitSum(subsidy, eligible, data.revenue_yen, data.cost_yen, data.exclusion_yen, returned)
    row.subsidy_yen, row.eligible_yen, row.returned_yen = subsidy, eligible, returned
    row.revenue_yen, row.cost_yen, row.exclusion_yen = data.revenue_yen, data.cost_yen, data.exclusion_yen
    row.amount_yen, row.basis = found.payable, basis
    row.computed_by_id, row.computed_at = actor.actor_id, now()
    session.flush()
    audit.record(row, "computed", actor, data={"yen": found.payable, "revenue": data.revenue_yen})
    tell(
        award.project, lead_people(award.project), f"profit:{row.id}:{row.version}",
        Bilingual("Please confirm the calculation of profit to be returned", "収益納付額の算定内容をご確認ください"),
        Bilingual(f"FY{row.fiscal_year}: {found.payable:,} yen", f"{row.fiscal_year}年度:{found.payable:,}円"),
    )  # fmt: skip
    return row


@dataclass(frozen=True)
class _Of:
    """What policy asks of a return that does not exist yet."""

    award: Award


def sum_of(row: ProfitReturn) -> ProfitSum:
    """The stored return with every step of its sum."""
    return ProfitSum(
        row.subsidy_yen, row.eligible_yen, row.revenue_yen, row.cost_yen, row.exclusion_yen, row.returned_yen
    )  # fmt: skip


def confirm(row: ProfitReturn, version: int, actor: Any) -> None:
    """The recipient confirms the calculation; where nothing is to be returned that ends it."""
    seen(row, version)
    PROFIT.check(row, "confirm", actor)
    row.confirmed_by_id, row.confirmed_at = actor.actor_id, now()
    PROFIT.apply(row, "confirm", actor, data={"yen": row.amount_yen})
    if row.amount_yen == 0:
        PROFIT.apply(row, "nothing", actor)


def reopen_profit(row: ProfitReturn, version: int, actor: Any) -> None:
    """Compute again what the recipient had confirmed: new figures have come."""
    seen(row, version)
    PROFIT.apply(row, "compute_again", actor)
    row.confirmed_by_id = row.confirmed_at = None
    session.flush()


def demand(row: ProfitReturn, version: int, actor: Any, due_on: date | None = None) -> None:
    """Ask for the payment. It becomes a claim that two officers check and approve. The cap is looked at once more."""
    seen(row, version)
    contracts = [one for one in queries.contracts_of(row.award) if one.fixed_amount_yen is not None]
    contract = queries.locked_contract(contracts[-1].id)
    if row.returned_yen != queries.returned_before(row.award, row.fiscal_year):
        raise refuse(
            "other-years",
            "What other years return has changed since. Open this return for correction and compute it again.",
            "他年度の納付額が変わりました。算定をやり直してください。",
        )
    PROFIT.apply(row, "demand", actor)
    claim = paying.claim(
        contract, PaymentKind.profit_return, row.amount_yen, f"MON-9 FY{row.fiscal_year}",
        due_on or today() + timedelta(days=DUE_DAYS), actor,
    )  # fmt: skip
    row.payment = claim
    session.flush()
    projects.changed([row.award.project_id])


def waive(row: ProfitReturn, reason: str, version: int, actor: Any) -> None:
    """Waive the payment, with the reason (a deficit at the closing, wage goals met)."""
    seen(row, version)
    row.waived_reason = needed(reason)
    PROFIT.apply(row, "waive", actor, reason=row.waived_reason)
    projects.changed([row.award.project_id])

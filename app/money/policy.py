"""Who sees and does what with a project's money. Cost detail of one partner is not for the other partners."""

from dataclasses import dataclass
from typing import Any

from app.agreements import policy as agreements
from app.agreements import queries as agreement_queries
from app.agreements.choices import ContractStatus
from app.applications.choices import Right
from app.projects import policy as projects

WRITES = (Right.write, Right.sign)


@dataclass(frozen=True)
class Standing:
    """What one reader is to one project. ``own`` are the organisations for which the reader acts, ``writes`` those for
    which the reader may write."""

    office: bool
    officer: bool
    lead: bool
    own: frozenset[int]
    writes: frozenset[int] = frozenset()

    @property
    def lines_of(self) -> frozenset[int] | None:
        """Organisations whose lines are shown; None: all."""
        return None if self.office else self.own

    @property
    def sums_of(self) -> frozenset[int] | None:
        """Organisations whose totals, transfers and assets are shown: all to the office and the lead. What a partner
        spent by cost item is for its own people and the office (``lines_of``)."""
        return None if self.office or self.lead else self.own

    def sees_lines(self, organisation_id: int) -> bool:
        return self.office or organisation_id in self.own

    @property
    def sees_payments(self) -> bool:
        return self.office or self.lead


def standing(actor: Any, project: Any) -> Standing:
    applicant = actor.has_role("applicant")
    rights = agreement_queries.rights_of(actor, project) if applicant else {}
    return Standing(
        office=actor.has_role("officer", "auditor"),
        officer=projects.is_officer(actor, project),
        lead=applicant and projects.may_report(actor, project),
        own=frozenset(rights),
        writes=frozenset(key for key, given in rights.items() if given & set(WRITES)),
    )


def is_officer(actor: Any, contract: Any) -> bool:
    return agreements.is_officer_of(actor, contract)


def is_recipient(actor: Any, contract: Any) -> bool:
    """People of the managing organisation or core company."""
    return agreements.is_recipient(actor, contract.award)


def acts_for(actor: Any, project: Any, organisation_id: int) -> bool:
    """People who write for an organisation of the project; who only reads enters nothing."""
    return actor.has_role("applicant") and organisation_id in agreement_queries.organisations_of(actor, project, WRITES)


def is_open(contract: Any) -> bool:
    """Costs may be entered: the contract is in force and its performance report has not been handed in."""
    return contract.status is ContractStatus.in_force and contract.reported_on is None


def is_editable(expense: Any) -> bool:
    return is_open(expense.contract) and expense.verdict is None


# --- asked by the machines: of a payment, an asset, a return of profit -------------------------------------------------


def officer_of_payment(actor: Any, payment: Any) -> bool:
    return actor.has_role("officer") and is_officer(actor, payment.contract)


def second_officer(actor: Any, payment: Any) -> bool:
    """Another officer than the one who checked."""
    return officer_of_payment(actor, payment) and actor.actor_id != payment.checked_by_id


def officer_of_asset(actor: Any, asset: Any) -> bool:
    return actor.has_role("officer") and projects.is_officer(actor, asset.project)


def keeper(actor: Any, asset: Any) -> bool:
    """People of the organisation that keeps the asset."""
    return actor.has_role("applicant") and acts_for(actor, asset.project, asset.organisation_id)


def keeper_or_officer(actor: Any, asset: Any) -> bool:
    return officer_of_asset(actor, asset) or keeper(actor, asset)


def is_system(actor: Any, thing: Any) -> bool:
    return actor.has_role("system")


def officer_of_profit(actor: Any, profit: Any) -> bool:
    return actor.has_role("officer") and agreements.is_officer(actor, profit.award)


def recipient_of_profit(actor: Any, profit: Any) -> bool:
    return actor.has_role("applicant") and agreements.is_recipient(actor, profit.award)


def either_side_of_profit(actor: Any, profit: Any) -> bool:
    return officer_of_profit(actor, profit) or recipient_of_profit(actor, profit)

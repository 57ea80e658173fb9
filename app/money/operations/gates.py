"""What the verbs of money share, and what money asks of the award before it moves on."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.accounts.models import User
from app.agreements import queries as agreements
from app.agreements.models import Contract
from app.agreements.operations.gates import needed, refuse, seen
from app.applications import queries as applications
from app.core import mail
from app.core.clock import today
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.money import queries
from app.money.choices import OUTGOING, PaymentKind, PaymentStatus
from app.projects.models import Project

__all__ = [
    "lead_people",
    "needed",
    "not_in_future",
    "payments_complete",
    "refuse",
    "seen",
    "tell",
    "terms_cover_payments",
    "verdicts_given",
]


def not_in_future(on: date, where: str = "on") -> None:
    if on > today():
        raise refuse("future", "The day lies in the future.", "未来の日付です。", where)


def lead_people(project: Project) -> list[User]:
    if project.application_id is None:
        return []
    return list(applications.people_of(project.application_id, lead_only=True))


def tell(project: Project, people: Iterable[User], occasion: str, headline: Bilingual, what: Bilingual) -> None:
    """One letter per person and occasion about a project's page on money."""
    for person in people:
        mail.queue(
            "money/notice", person.email, person.locale, f"money:{occasion}:{person.id}", name=person.name,
            project=project.project_key, project_id=project.id, headline=headline, what=what,
        )  # fmt: skip


# --- asked by agreements (definitions.NEEDS and TERMS) ----------------------------------------------------------------


def verdicts_given(award: Any) -> list[Reason]:
    """MON-6: the inspection is recorded once every line of cost has its verdict."""
    contract = agreements.current_contract(award)
    left = queries.open_lines(contract.id) if contract is not None else 0
    if not left:
        return []
    words = Bilingual(
        f"{left} lines of cost have no verdict yet (page “Money”).",
        f"判定されていない経費が{left}件あります(「資金」ページ)。",
    )
    return [Reason("lines-open", words)]


def payments_complete(award: Any) -> list[Reason]:
    """MON-2: what was paid less what came back is the fixed amount. Asked where the amount was fixed here."""
    contract = agreements.current_contract(award)
    if contract is None or contract.fixed_amount_yen is None or queries.fixing_of(contract.id) is None:
        return []
    rows = [one for one in queries.payments_of(award) if one.contract_id == contract.id]
    paid = [one for one in rows if one.status is PaymentStatus.paid]
    balance = sum(one.amount_yen for one in paid if one.kind in OUTGOING)
    balance -= sum(one.amount_yen for one in paid if one.kind is PaymentKind.repayment)
    if balance == contract.fixed_amount_yen:
        return []
    words = Bilingual(
        f"MON-2: {balance:,} yen were paid on balance; the fixed amount is {contract.fixed_amount_yen:,} yen.",
        f"MON-2:差引支払額は{balance:,}円で、確定額{contract.fixed_amount_yen:,}円と一致しません。",
    )
    return [Reason("unsettled", words)]


def terms_cover_payments(contract: Contract, amount_yen: int) -> list[Reason]:
    """MON-2: a ceiling never falls below what was approved or paid; the contract's row is held while this is asked."""
    queries.locked_contract(contract.id)
    paid = queries.committed(contract.id)
    if amount_yen >= paid:
        return []
    words = Bilingual(
        f"MON-2: {paid:,} yen are approved or paid already.", f"MON-2:既に{paid:,}円が決裁済み又は支払済みです。"
    )
    return [Reason("below-payments", words, "amount_yen")]

"""Fixing the amount of a contract (MON-3) on the accepted lines, and the notice of it."""

from datetime import date, timedelta
from typing import Any

from app.agreements import operations as agreements
from app.agreements.models import Contract
from app.calls.choices import COST_ITEMS
from app.core import audit, pdf
from app.core.db import session
from app.core.errors import Reason, Refused
from app.core.fiscal import wareki
from app.core.i18n import Bilingual
from app.money import queries
from app.money.choices import PaymentKind, PaymentStatus
from app.money.definitions import transfers
from app.money.definitions.fixing import Calculation
from app.money.models import Fixing, Payment
from app.money.operations.gates import refuse
from app.money.workflow import PAYMENT
from app.projects import queries as projects

#: Days to repay what an advance was too much.
REPAY_DAYS = 20


def calculation(contract: Contract) -> Calculation:
    """What the amount would be fixed at now, line by line."""
    rule = transfers.rule_of(queries.parameters_of(contract.award.project_id))
    budget = queries.budget_now(contract, rule)
    accepted: dict[str, int] = {}
    for (_organisation, item), sums in queries.sums_of(contract.id).items():
        accepted[item] = accepted.get(item, 0) + sums.accepted
    items = transfers.count(accepted, budget.by_item(), budget.limit - budget.moved, rule)
    return Calculation(items, rule, contract.rate, contract.amount_yen, queries.committed(contract.id))


def may_fix(contract: Contract, actor: Any) -> list[Reason]:
    """What keeps this officer from fixing the amount: open lines, open requests, an inspection made alone."""
    found = []
    if left := queries.open_lines(contract.id):
        words = Bilingual(f"{left} lines have no verdict yet.", f"判定されていない経費が{left}件あります。")
        found.append(Reason("lines-open", words))
    if contract.inspected_on is None and not queries.judges_of(contract.id):
        words = Bilingual("Record the determination inspection first.", "先に確定検査を記録してください。")
        found.append(Reason("not-inspected", words))
    elif queries.inspectors_of(contract) == {actor.actor_id}:
        words = Bilingual(
            "You gave every verdict of the inspection, or recorded it, yourself. Another officer fixes the amount.",
            "検査の判定又は記録をすべてご自身で行っているため、額の確定は他の担当官が行ってください。",
        )
        found.append(Reason("same-person", words))
    pending = (PaymentStatus.requested, PaymentStatus.checked)
    if any(one.kind.goes_out and one.status in pending for one in queries.claims_open(contract.id)):
        words = Bilingual(
            "A request for an advance is open. Decide on it first.",
            "未処理の概算払請求があります。先に処理してください。",
        )
        found.append(Reason("request-open", words))
    return found


def fix(contract: Contract, on: date, expected_yen: int, actor: Any) -> Fixing:
    """Fix the amount as the preview showed it (``expected_yen``), order the notices, and claim back what was too much.

    Two-person rule (MON-3): refused to the officer who alone gave all verdicts or, where there was nothing to judge,
    recorded the inspection: an amount of 0 yen too takes two. Refused when the calculation has changed since
    the preview. Raises OutOfOrder and Forbidden as ``agreements.fix_amount`` does.
    """
    contract = queries.locked_contract(contract.id)
    found = calculation(contract)
    if reasons := may_fix(contract, actor):
        raise Refused(reasons)
    if found.fixed != expected_yen:
        raise refuse(
            "changed",
            f"The calculation has changed: it now gives {found.fixed:,} yen. Look at it again.",
            f"計算結果が変わりました(現在{found.fixed:,}円)。内容を再度確認してください。",
        )
    agreements.fix_amount(contract, found.fixed, on, actor)
    row = Fixing(
        contract_id=contract.id, amount_yen=found.fixed, fixed_on=on, calculation=found.frozen(), by_id=actor.actor_id
    )  # fmt: skip
    session.add(row)
    session.flush()
    row.notice_ja, row.notice_en = (_notice(contract, row, found, locale, actor) for locale in ("ja", "en"))
    audit.record(contract, "fixed amount calculated", actor, data=found.frozen())
    if found.settlement < 0:
        _claim_back(contract, -found.settlement, on, actor)
    session.flush()
    return row


def _claim_back(contract: Contract, yen: int, on: date, actor: Any) -> None:
    """MON-2: a negative settlement is a repayment claim."""
    claim = Payment(
        contract_id=contract.id, kind=PaymentKind.repayment, amount_yen=yen, due_on=on + timedelta(days=REPAY_DAYS),
        purpose=str(Bilingual("Advances above the fixed amount", "概算払額が確定額を超過したため")),
        requested_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    audit.record(claim, "claimed", actor, to_status=PAYMENT.initial.value, data={"yen": yen})


def _notice(contract: Contract, row: Fixing, found: Calculation, locale: str, actor: Any) -> pdf.Document:
    project = contract.award.project
    names = {code: item.name for code, item in COST_ITEMS.items()}
    lead = projects.lead_name(project) or ""
    context = {
        "number": contract.number, "project": project.project_key, "synthetic": project.is_synthetic,
        "title": project.title.ja if locale == "ja" else project.title.en, "recipient": lead,
        "fixed_on": wareki(row.fixed_on) if locale == "ja" else row.fixed_on.isoformat(),
        "percent": f"{contract.rate / 100:g}", "commission": contract.award.regime.value == "commission",
        "names": {code: (name.ja if locale == "ja" else name.en) for code, name in names.items()},
        **found.frozen(),
    }  # fmt: skip
    return pdf.order(
        "money/fixed", locale, context, name=f"{contract.number}-fixed-{locale}.pdf",
        dedupe_key=f"fixing:{row.id}:{locale}", owner_id=actor.actor_id,
    )  # fmt: skip

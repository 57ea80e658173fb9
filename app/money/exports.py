"""What of the money waits, on a project's first page and on the start page."""

from typing import Any

from app.agreements import queries as agreements
from app.agreements.choices import ContractStatus
from app.core.i18n import Bilingual
from app.core.tasks import Task
from app.money import policy, queries
from app.money.choices import PaymentStatus
from app.money.workflow import room
from app.projects.definitions import ToDo

_STEP = {
    PaymentStatus.requested: Bilingual("check it", "内容を確認する"),
    PaymentStatus.checked: Bilingual("approve it", "決裁する"),
    PaymentStatus.approved: Bilingual("record the payment", "支払・納付を記録する"),
}


def to_do(actor: Any, project: Any) -> list[ToDo]:
    """Costs to check, payments and claims that wait, the settlement to be asked for; other partners see none of it."""
    award, standing = agreements.of_project(project.id), policy.standing(actor, project)
    contract = agreements.current_contract(award) if award is not None else None
    if award is None or contract is None or not standing.sees_payments:
        return []
    found = []
    if standing.office and contract.status is ContractStatus.in_force and contract.reported_on is not None:
        if n := queries.open_lines(contract.id):
            words = Bilingual(f"Check costs: {n} lines without a verdict", f"経費を確認する(未判定{n}件)")
            found.append(ToDo(True, words, "money.inspection", {"contract_id": contract.id}))
    open_ = [one for one in queries.payments_of(award) if one.status in _STEP]
    for one in open_:
        kind, step, at = one.kind.label, _STEP[one.status], {"payment_id": one.id}
        if standing.office:
            words = Bilingual(
                f"{kind.en}, {one.amount_yen:,} yen: {step.en}", f"{kind.ja}{one.amount_yen:,}円:{step.ja}"
            )
            found.append(ToDo(True, words, "money.payment", at, one.due_on))
        elif not one.kind.goes_out and one.status is PaymentStatus.approved:
            words = Bilingual(f"{kind.en}: pay {one.amount_yen:,} yen", f"{kind.ja}:{one.amount_yen:,}円を納付する")
            found.append(ToDo(False, words, "money.payment", at, one.due_on))
    if contract.status is ContractStatus.fixed and not any(one.kind.goes_out for one in open_):
        if (left := room(contract)) > 0:
            words = Bilingual(f"Ask for the settlement of {left:,} yen", f"精算払{left:,}円を請求する")
            endpoint = "money.detail" if standing.office else "money.new_payment"
            found.append(ToDo(False, words, endpoint, {} if standing.office else {"contract_id": contract.id}))
    return found


def tasks_for(actor: Any) -> list[Task]:
    """What waits for this officer on the start page."""
    if not actor.has_role("officer"):
        return []
    payments, lines = queries.waiting_counts(actor)
    tasks = []
    if payments:
        what = Bilingual("Process payments and claims", "支払・返還の請求を処理する")
        tasks.append(Task(what, Bilingual(f"{payments} waiting", f"{payments}件"), "money.waiting"))
    if lines:
        what = Bilingual("Check lines of cost", "経費を確認する")
        tasks.append(Task(what, Bilingual(f"{lines} without a verdict", f"未判定{lines}件"), "money.waiting"))
    return tasks

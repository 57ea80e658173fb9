"""A project's page on money, and what waits for the office."""

from typing import Any

from flask import abort, render_template, request
from flask_login import current_user

from app.agreements import queries as agreements
from app.calls.choices import COST_ITEMS
from app.core.access import access
from app.core.clock import today
from app.money import policy, queries
from app.money.choices import PaymentKind
from app.money.definitions.charges import CHARGE_RATE, running_charge
from app.money.forms import WaitingFilter
from app.money.views.base import bp, people, staff
from app.money.workflow import room
from app.projects import queries as projects


@bp.get("/projects/<int:project_id>/money")
@access(people)
def detail(project_id: int) -> str:
    project = projects.get_for(current_user, project_id) or abort(404)
    award = agreements.of_project(project.id)
    contracts = queries.contracts_of(award) if award else []
    if not contracts:
        return render_template("money/none.html", project=project)
    return _detail(project, award, contracts)


def _detail(project: Any, award: Any, contracts: list[Any]) -> str:
    wanted = request.args.get("contract", "")
    contract = next((one for one in contracts if str(one.id) == wanted), contracts[-1])
    standing = policy.standing(current_user, project)
    totals = queries.ledger_of(contract, standing.sums_of)
    return render_template(
        "money/detail.html", project=project, award=award, contracts=contracts, contract=contract, standing=standing,
        ledger=totals.only(standing.lines_of), totals=totals,
        organisations=queries.organisations_of(project.id),
        payments=shown_payments(award, contract, standing), room=room(contract), items=COST_ITEMS, today=today(),
        open_lines=queries.open_lines(contract.id) if standing.office else 0, is_open=policy.is_open(contract),
        assets=queries.assets_of(project.id, standing.sums_of), fixing=queries.fixing_of(contract.id),
    )  # fmt: skip


def shown_payments(award: Any, contract: Any, standing: policy.Standing) -> list[Any]:
    """The contract's payments for the office and the lead: (payment, additional charge as it stands today)."""
    if not standing.sees_payments:
        return []
    rate = int(queries.parameters_of(award.project_id).get("charge_rate", CHARGE_RATE))
    rows = [one for one in queries.payments_of(award) if one.contract_id == contract.id]
    return [
        (one, running_charge(one.amount_yen, one.received_on, rate, one.paid_on))
        if one.kind is PaymentKind.repayment
        else (one, 0)
        for one in rows
    ]


@bp.get("/money/waiting")
@access(staff)
def waiting() -> str:
    form = WaitingFilter(request.args)
    filters = {f.name: f.data for f in form if f.data} if form.validate() else {}
    page = queries.waiting_page(current_user, filters, request.args.get("after"), request.args.get("before"))
    return render_template(
        "money/waiting.html", form=form, page=page, inspections=queries.to_inspect(current_user), today=today()
    )

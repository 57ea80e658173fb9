"""Transfers between cost items, and what each organisation expects to spend."""

from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements.views.base import attempt
from app.calls.choices import COST_ITEMS
from app.core.access import access
from app.core.i18n import _
from app.money import operations, policy, queries
from app.money.forms import TransferForm, forecast_form
from app.money.views.base import applicant, bp, contract_of, go, organisation_of, people, standing_of


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/transfers")
@access(people)
def transfers(project_id: int, contract_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    return _page(contract, _form(contract))


def _form(contract: Any, formdata: Any = None) -> TransferForm:
    """With the organisations for which this reader may give notice."""
    standing, names = standing_of(contract), queries.organisations_of(contract.award.project_id)
    form = TransferForm(formdata)
    form.organisation_id.offer(
        [(str(key), str(one.name)) for key, one in names.items() if key in standing.writes or standing.lead]
    )
    return form


def _page(contract: Any, form: Any, reasons: Any = ()) -> str:
    standing, names = standing_of(contract), queries.organisations_of(contract.award.project_id)
    return render_template(
        "money/transfers.html", contract=contract, project=contract.award.project, standing=standing, form=form,
        ledger=queries.ledger_of(contract, standing.lines_of), rows=queries.transfers_of(contract.id, standing.sums_of),
        items=COST_ITEMS, may=bool(form.organisation_id.choices) and policy.is_open(contract), reasons=reasons, names=names,
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/transfers")
@access(applicant)
def give_notice(project_id: int, contract_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    form, reasons = _form(contract, request.form), []
    if form.validate():
        reasons = attempt(form, lambda: operations.transfer(contract, form.data_of(), current_user))
    if form.errors or reasons:
        return _page(contract, form, reasons), 422
    flash(_("The transfer is recorded as a notice."))
    return go("transfers", project_id=project_id, contract_id=contract_id)


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/forecast/<int:organisation_id>")
@access(applicant)
def forecast(project_id: int, contract_id: int, organisation_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    return _forecast(contract, organisation_of(contract, organisation_id))[0]


def _forecast(contract: Any, organisation: Any, formdata: Any = None) -> tuple[str, Any]:
    rows = queries.ledger_of(contract, {organisation.id}).rows
    if not rows:
        abort(404)
    form = forecast_form([row.item for row in rows], formdata, {row.item: row.forecast for row in rows})
    if formdata is not None:
        form.validate()
    page = render_template(
        "money/forecast.html", contract=contract, project=contract.award.project, organisation=organisation,
        rows=rows, form=form, items=COST_ITEMS,
    )  # fmt: skip
    return page, form


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/forecast/<int:organisation_id>")
@access(applicant)
def save_forecast(project_id: int, contract_id: int, organisation_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    page, form = _forecast(contract, organisation_of(contract, organisation_id), request.form)
    if form.errors:
        return page, 422
    amounts = {field.name.removeprefix("f_"): field.data for field in form}
    operations.forecast(contract, organisation_id, amounts, current_user)
    flash(_("The forecast is stored."))
    return go("detail", project_id=project_id, contract=contract_id)

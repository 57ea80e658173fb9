"""Scenarios: ask for one, look at one, compare some, make a list of proposals of one."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.selection import operations, policy, queries
from app.selection.definitions.telling import conditions, side_by_side
from app.selection.forms import BOUNDS, AdoptForm, scenario_form
from app.selection.views import bp

officer, staff = role("officer"), role("officer", "auditor")


def _call(call_id: int) -> Any:
    """A round whose scenarios this reader may see: they are computed from all proposals together."""
    call = queries.call_of(current_user, call_id) or abort(404)
    if not policy.may_see_joint(current_user, call_id):
        abort(404)
    return call


def _form(call: Any, formdata: Any = None) -> Any:
    fresh = {"least_share": 100, "step_yen": 1_000_000, "total_yen": call.budget_yen}
    return scenario_form(queries.years(call.id), queries.tag_choices(call), formdata, **fresh)


@bp.get("/officer/calls/<int:call_id>/scenarios")
@access(staff)
def scenarios(call_id: int) -> ResponseReturnValue:
    call = _call(call_id)
    return _scenarios_page(call, _form(call))


def _scenarios_page(call: Any, form: Any, reasons: Any = ()) -> ResponseReturnValue:
    page = render_template(
        "selection/scenarios.html", call=call, form=form, reasons=reasons, bounds=range(BOUNDS),
        years=queries.years(call.id), scenarios=queries.scenarios(call.id),
    )  # fmt: skip
    return page, 422 if reasons or form.errors else 200


@bp.post("/officer/calls/<int:call_id>/scenarios")
@access(officer)
def ask_scenario(call_id: int) -> ResponseReturnValue:
    call = _call(call_id)
    form = _form(call, request.form)
    if not form.validate():
        return _scenarios_page(call, form)
    try:
        conditions = operations.conditions_of(call, form.data, current_user)
        row = operations.ask_scenario(call, form.name.data, form.note.data or "", conditions, current_user)
    except Refused as refusal:
        return _scenarios_page(call, form, refusal.reasons)
    flash(_("The scenario is being computed."))
    return redirect(url_for("selection.scenario", scenario_id=row.id), 303)


@bp.get("/officer/scenarios/<int:scenario_id>")
@access(staff)
def scenario(scenario_id: int) -> ResponseReturnValue:
    row = queries.scenario(scenario_id) or abort(404)
    return _scenario_page(_call(row.call_id), row, AdoptForm())


def _scenario_page(call: Any, row: Any, form: AdoptForm) -> ResponseReturnValue:
    names = queries.names_of(current_user, call.id)
    chosen = [names[int(key)] for key in row.result.get("granted", {}) if int(key) in names]
    numbers = {key: name.number for key, name in names.items()}
    page = render_template(
        "selection/scenario.html", call=call, row=row, form=form, chosen=sorted(chosen, key=lambda name: name.number),
        conditions=conditions(row.parameters, dict(queries.tag_choices(call)), numbers),
        fresh=row.digest == operations.current_digest(row, call),
    )  # fmt: skip
    answer = make_response(page, 422 if form.errors else 200)
    if row.verdict is None:
        answer.headers["Refresh"] = "5"
    return answer


@bp.get("/officer/calls/<int:call_id>/scenarios/compare")
@access(staff)
def compare(call_id: int) -> str:
    call = _call(call_id)
    chosen = [int(value) for value in request.args.getlist("with") if value.isdecimal() and len(value) < 10][:4]
    rows = [row for row in queries.scenarios(call_id, chosen) if row.result.get("granted") is not None]
    found = side_by_side(
        [row.result for row in rows], dict(queries.tag_choices(call)), queries.names_of(current_user, call_id)
    )
    return render_template("selection/compare.html", call=call, rows=rows, **found)


@bp.post("/officer/scenarios/<int:scenario_id>/propose")
@access(officer)
def propose_scenario(scenario_id: int) -> ResponseReturnValue:
    row = queries.scenario(scenario_id) or abort(404)
    call = _call(row.call_id)
    form = AdoptForm(request.form)
    if not form.validate():
        return _scenario_page(call, row, form)
    try:
        n = operations.propose_scenario(call, row, form.reason.data, current_user)
    except Refused as refusal:
        form.refuse("reason", refusal.reasons[0].message)
        return _scenario_page(call, row, form)
    flash(_("%(n)d decisions are proposed. You may still edit each; another officer confirms them.", n=n))
    return redirect(url_for("selection.decision_list", call_id=call.id), 303)

"""Lists of decisions: written by hand, looked at, confirmed together; the order of the reserve."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.reviews import operations as reviews
from app.reviews.choices import DecisionStatus, Outcome
from app.selection import operations, queries
from app.selection.forms import ListForm, OrderForm
from app.selection.views import bp

officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/officer/calls/<int:call_id>/decision-list")
@access(staff)
def decision_list(call_id: int) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    return _list_page(call, ListForm(), OrderForm())


def _list_page(call: Any, form: ListForm, order: OrderForm, reasons: Any = ()) -> ResponseReturnValue:
    asked = request.args.get("state", "")
    state = DecisionStatus(asked) if asked in list(DecisionStatus) else None
    reserve = queries.reserve_of(current_user, call.id)
    if not order.numbers.data and not order.errors:
        order.numbers.data = "\n".join(row.application.number for row in reserve)
    page = render_template(
        "selection/decision_list.html", call=call, form=form, order=order, reasons=reasons, reserve=reserve, state=state,
        page=queries.decision_page(
            current_user, call.id, state, request.args.get("after"), request.args.get("before")
        ),
        totals=queries.decision_totals(current_user, call.id), release=queries.release_of(current_user, call.id), states=list(DecisionStatus),
    )  # fmt: skip
    return page, 422 if form.errors or order.errors or reasons else 200


@bp.post("/officer/calls/<int:call_id>/decision-list")
@access(officer)
def propose_list(call_id: int) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    form = ListForm(request.form)
    if not form.validate():
        return _list_page(call, form, OrderForm())
    try:
        wanted = operations.read_numbers(call, form.lines.data, Outcome(form.outcome.data), current_user)
        n = operations.propose_list(call, wanted, form.reason.data, current_user)
    except Refused as refusal:
        return _list_page(call, form, OrderForm(), refusal.reasons)
    flash(_("%(n)d decisions are proposed. You may still edit each; another officer confirms them.", n=n))
    return redirect(url_for("selection.decision_list", call_id=call_id), 303)


@bp.post("/officer/calls/<int:call_id>/decision-list/confirm")
@access(officer)
def confirm_list(call_id: int) -> ResponseReturnValue:
    """Confirm the ticked decisions, each in the version that stood on the page."""
    call = queries.call_of(current_user, call_id) or abort(404)
    ticked = [key for key in request.form.getlist("which") if key.isdecimal() and len(key) < 10]
    versions = {int(key): request.form.get(f"version-{key}", "") for key in ticked}
    looked_at = {key: int(v) if v.isdecimal() and len(v) < 10 else 0 for key, v in versions.items()}
    try:
        n = operations.confirm_list(call, looked_at, current_user)
    except Refused as refusal:
        return _list_page(call, ListForm(), OrderForm(), refusal.reasons)
    flash(_("%(n)d decisions are confirmed. Applicants learn of them when the results are released.", n=n))
    return redirect(url_for("selection.decision_list", call_id=call_id), 303)


@bp.post("/officer/calls/<int:call_id>/decision-list/reserve-order")
@access(officer)
def order_reserve(call_id: int) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    form = OrderForm(request.form)
    if not form.validate():
        return _list_page(call, ListForm(), form)
    try:
        wanted = operations.read_numbers(call, form.numbers.data, Outcome.reserve, current_user, "numbers")
        reviews.order_reserve([line.application_id for line in wanted], call_id, current_user)
    except Refused as refusal:
        return _list_page(call, ListForm(), form, refusal.reasons)
    flash(_("The reserve list is in this order now."))
    return redirect(url_for("selection.decision_list", call_id=call_id), 303)

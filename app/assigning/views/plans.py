"""Plans: their conditions, their pairs with reasons, changes by hand, applying."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.assigning import operations, queries
from app.assigning.choices import Change, Method, PlanState, Verdict
from app.assigning.definitions import telling
from app.assigning.forms import ApplyForm, PairForm, PlanForm
from app.assigning.views import bp
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _

officer, staff = role("officer"), role("officer", "auditor")


def whole_call(call_id: int) -> Any:
    """A call of which nothing is kept from this reader: plans are made of all its proposals together."""
    call = queries.call_of(current_user, call_id) or abort(404)
    if not queries.sees_all(current_user, call_id):
        abort(404)
    return call


def load(plan_id: int, *, lock: bool = False) -> tuple[Any, Any]:
    row = queries.plan(plan_id, lock=lock) or abort(404)
    return row, whole_call(row.call_id)


def state_of(row: Any, fresh: bool = True) -> PlanState:
    """Where a plan stands for a page."""
    if row.applied_at is not None:
        return PlanState.applied
    if row.verdict is None:
        return PlanState.running if row.started_at is not None else PlanState.queued
    if row.verdict in (Verdict.failed, Verdict.infeasible):
        return PlanState.failed
    return PlanState.done if fresh else PlanState.stale


@bp.get("/officer/calls/<int:call_id>/assignment")
@access(staff)
def assignment(call_id: int) -> ResponseReturnValue:
    call = whole_call(call_id)
    first = operations.Parameters(wanted=call.required_reviews).as_json()
    rows = queries.plans(call_id)
    last = {**rows[0].parameters, "bad": queries.addresses_of(rows[0].parameters["bad"])} if rows else first
    return _assignment_page(call, PlanForm(data={**last, "bad": last["bad"] or ""}))


def _assignment_page(call: Any, form: PlanForm, reasons: Any = ()) -> ResponseReturnValue:
    rows = queries.plans(call.id)
    now_holds = queries.fingerprint(call.id) if rows else ""
    page = render_template(
        "assigning/assignment.html", call=call, form=form, reasons=reasons, totals=queries.totals(call.id),
        plans=[(row, state_of(row, row.digest == now_holds)) for row in rows], people=len(queries.people_by_email()),
        round=queries.preference_round(call.id),
    )  # fmt: skip
    return page, 422 if form.errors or reasons else 200


@bp.post("/officer/calls/<int:call_id>/assignment")
@access(officer)
def ask_plan(call_id: int) -> ResponseReturnValue:
    call, form = whole_call(call_id), PlanForm(request.form)
    valid = form.validate()
    bad = form.pairs(queries.people_by_email()) if valid else ()
    if form.errors:
        return _assignment_page(call, form)
    method = Method.optimal if request.form.get("method") == Method.optimal else Method.preview
    try:
        row = operations.ask_plan(call, form.parameters(bad), method, current_user)
    except Refused as refusal:
        return _assignment_page(call, form, refusal.reasons)
    return redirect(url_for("assigning.plan", plan_id=row.id), 303)


@bp.get("/officer/assignment-plans/<int:plan_id>")
@access(staff)
def plan(plan_id: int) -> ResponseReturnValue:
    row, call = load(plan_id)
    form = ApplyForm(data={"answer_by": today() + timedelta(days=7), "due_on": today() + timedelta(days=28)})
    return _plan_page(row, call, form)


def _plan_page(row: Any, call: Any, form: ApplyForm, reasons: Any = ()) -> ResponseReturnValue:
    asked = request.args.get("change", "")
    change = Change(asked) if asked in list(Change) else None
    loads, result = queries.plan_loads(row.id), row.result
    impossible = result.get("breaches") or []
    numbers, names = queries.words_for(impossible) if impossible else ({}, {})
    page = render_template(
        "assigning/plan.html", call=call, row=row, form=form, reasons=reasons, change=change, changes=list(Change),
        state=state_of(row, row.digest == queries.fingerprint(row.call_id)), counts=queries.change_counts(row.id),
        loads=loads, histogram=telling.histogram(loads, result.get("people", 0)), why=telling.why,
        page=queries.pair_page(row.id, change, request.args.get("after"), request.args.get("before")),
        contradiction=[telling.condition(key) for key in result.get("contradiction", ())],
        relaxation=telling.relaxation(impossible, numbers, names), bad=queries.addresses_of(row.parameters["bad"]),
    )  # fmt: skip
    answer = make_response(page, 422 if form.errors or reasons else 200)
    if row.verdict is None:
        answer.headers["Refresh"] = "5"
    return answer


@bp.post("/officer/assignment-plans/<int:plan_id>/apply")
@access(officer)
def apply_plan(plan_id: int) -> ResponseReturnValue:
    (row, call), form = load(plan_id, lock=True), ApplyForm(request.form)
    if not form.validate():
        return _plan_page(row, call, form)
    try:
        told = operations.apply_plan(row, form.answer_by.data, form.due_on.data, current_user)
    except Refused as refusal:
        return _plan_page(row, call, form, refusal.reasons)
    flash(_("%(n)d reviewers are asked, %(gone)d requests withdrawn.", n=told["asked"], gone=told["withdrawn"]))
    return redirect(url_for("assigning.plan", plan_id=plan_id), 303)


# --- one proposal of a plan -------------------------------------------------------------------------------------------


@bp.get("/officer/assignment-plans/<int:plan_id>/applications/<int:application_id>")
@access(staff)
def plan_pairs(plan_id: int, application_id: int) -> ResponseReturnValue:
    row, call = load(plan_id)
    return _pairs_page(row, call, application_id, PairForm())


def _pairs_page(row: Any, call: Any, application_id: int, form: PairForm, reasons: Any = ()) -> ResponseReturnValue:
    application = queries.proposal(current_user, row.call_id, application_id) or abort(404)
    pairs = queries.pairs(row.id, application_id)
    there = {pair.reviewer_id for pair in pairs if pair.change is not Change.remove}
    free = [c for c in queries.suggestions(row.call_id, application_id, row.parameters) if c.id not in there]
    form.reviewer_id.offer([("", ""), *((str(c.id), f"{c.name} ({c.value})") for c in free)])
    page = render_template(
        "assigning/plan_pairs.html", call=call, row=row, application=application, pairs=pairs, form=form, free=free,
        reasons=reasons, why=telling.why,
    )  # fmt: skip
    return page, 422 if form.errors or reasons else 200


@bp.post("/officer/assignment-plans/<int:plan_id>/applications/<int:application_id>")
@access(officer)
def change_pairs(plan_id: int, application_id: int) -> ResponseReturnValue:
    """One more reviewer (``reviewer_id``), or one fewer (``drop``)."""
    row, call = load(plan_id, lock=True)
    drop = request.form.get("drop", "")
    key = drop or request.form.get("reviewer_id", "")
    reviewer_id = int(key) if key.isdecimal() and len(key) < 10 else 0
    queries.proposal(current_user, row.call_id, application_id) or abort(404)
    verb = operations.drop_pair if drop else operations.add_pair
    try:
        verb(row, application_id, reviewer_id, current_user)
    except Refused as refusal:
        return _pairs_page(row, call, application_id, PairForm(), refusal.reasons)
    return redirect(url_for("assigning.plan_pairs", plan_id=plan_id, application_id=application_id), 303)

"""The list of calls, a call, and the making of one."""

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.calls import operations, policy, queries
from app.calls.choices import Phase, Programme
from app.calls.definitions import AXES, DATES, NEXT_STEPS, PARAMETERS
from app.calls.forms import NewCallForm, VersionForm, call_form
from app.calls.views import bp
from app.calls.workflow import MACHINE
from app.core.access import access, anyone, role
from app.core.clock import now
from app.core.errors import OutOfOrder, Refused, Stale
from app.core.i18n import _

officer = role("officer")


@bp.get("/calls")
@access(anyone)
def index() -> str:
    instant, drafts = now(), []
    groups: dict[Phase, list[Any]] = {phase: [] for phase in (Phase.open, Phase.forthcoming, Phase.closed)}
    for call in queries.listed(current_user):
        if call.status == "draft":
            drafts.append(call)
        else:
            groups[policy.phase(call, instant)].append(call)
    return render_template("calls/index.html", groups=groups, drafts=drafts, instant=instant)


@bp.get("/calls/<int:call_id>")
@access(anyone)
def detail(call_id: int) -> str:
    call = queries.get_for(current_user, call_id) or abort(404)
    return _page(call)


def _page(call: Any, reasons: Any = ()) -> str:
    instant = now()
    return render_template(
        "calls/detail.html",
        call=call,
        phase=policy.phase(call, instant),
        accepts=policy.accepts(call, instant),
        limit=policy.deadline(call, call.changes),
        instant=instant,
        dates=DATES,
        takes_questions=policy.takes_questions(call, instant),
        may_edit=policy.may_edit(current_user, call),
        events=MACHINE.available(call, current_user),
        missing=MACHINE.missing(call, "publish"),
        reasons=reasons,
        axes=AXES,
        parameters=PARAMETERS,
    )


@bp.get("/calls/new")
@access(officer)
def new() -> str:
    return render_template("calls/new.html", form=NewCallForm(), reasons=())


@bp.post("/calls/new", endpoint="create")
@access(officer)
def create() -> ResponseReturnValue:
    form: Any = NewCallForm(request.form)
    reasons: list[Any] = []
    if form.validate():
        try:
            call = operations.create_from_template(
                Programme(form.programme.data), form.fiscal_year.data, form.opens_at.data, form.closes_at.data,
                actor=current_user,
            )  # fmt: skip
            return redirect(url_for("calls.edit", call_id=call.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
    return render_template("calls/new.html", form=form, reasons=reasons), 422


@bp.get("/calls/<int:call_id>/edit")
@access(officer)
def edit(call_id: int) -> str:
    call = queries.get_for(current_user, call_id) or abort(404)
    return _edit_page(call, call_form(call), ())


def _edit_page(call: Any, form: Any, reasons: Any) -> str:
    if not policy.may_edit(current_user, call):
        raise OutOfOrder(call, "edit", call.status)
    return render_template("calls/edit.html", call=call, form=form, reasons=reasons, parameters=PARAMETERS,
                           next_steps=NEXT_STEPS)  # fmt: skip


@bp.post("/calls/<int:call_id>/edit", endpoint="save")
@access(officer)
def save(call_id: int) -> ResponseReturnValue:
    call = queries.get_for(current_user, call_id, lock=True) or abort(404)
    form, reasons = call_form(call, request.form), []
    if form.validate():
        try:
            operations.edit(call, _values(call, form), form.version.data or 0, actor=current_user)
            flash(_("The call is saved."))
            return redirect(url_for("calls.detail", call_id=call.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
        except Stale:
            raise Stale(form.shown(), call_form(call).shown(), url_for("calls.edit", call_id=call.id)) from None
    return _edit_page(call, form, reasons), 422


def _values(call: Any, form: Any) -> operations.CallValues:
    def frame(p: str) -> operations.FrameValues:
        return operations.FrameValues(
            form[f"{p}_year1"].data, form[f"{p}_year2"].data, form[f"{p}_years"].data, form[f"{p}_companies"].data,
            bool(form[f"{p}_sme"].data), bool(form[f"{p}_keep"].data),
        )  # fmt: skip

    return operations.CallValues(
        form.title_en.data, form.title_ja.data, form.summary_en.data or "", form.summary_ja.data or "",
        form.opens_at.data, form.closes_at.data, form.budget_yen.data, form.required_reviews.data,
        form.followup_years.data,
        {name: form[f"parameter_{name}"].data for name in PARAMETERS if f"parameter_{name}" in form},
        {criterion.id: form[f"weight_{criterion.id}"].data for criterion in call.criteria},
        {f.id: frame(f"frame_{f.id}") for f in call.frames},
        operations.Dates(
            form.announce_at.data, form.questions_until.data, form.interview_at.data, form.decision_at.data,
            form.start_at.data,
        ),
        {outcome: {code: form[f"next_{outcome}_{code}"].data or "" for code in ("en", "ja")} for outcome in NEXT_STEPS},
        frozenset(criterion.id for criterion in call.criteria if form[f"optional_{criterion.id}"].data),
        frozenset(document.id for document in call.documents if form[f"blind_safe_{document.id}"].data),
    )  # fmt: skip


@bp.post("/calls/<int:call_id>/publish")
@access(officer)
def publish(call_id: int) -> ResponseReturnValue:
    call = queries.get_for(current_user, call_id, lock=True) or abort(404)
    form = VersionForm(request.form)
    try:
        operations.publish(call, form.version.data or 0, actor=current_user)
    except Refused as refusal:
        return _page(call, refusal.reasons), 422
    except Stale:
        raise Stale({}, {}, url_for("calls.detail", call_id=call.id)) from None
    flash(_("The call is public."))
    return redirect(url_for("calls.detail", call_id=call.id), 303)


@bp.get("/clock")
@access(anyone)
def clock() -> ResponseReturnValue:
    """The server's own time, for the clock that a page shows: the only clock that deadlines are judged by."""
    return jsonify(now=now().isoformat(timespec="milliseconds"))

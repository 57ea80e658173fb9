"""The officer's pages of a call's phases: list with a timeline, a form for one, beginning and ending now."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.calls import queries as calls
from app.core.access import access, role
from app.core.errors import Refused, Stale
from app.core.http import arrived_at
from app.core.i18n import _
from app.reviews import operations, queries
from app.reviews.choices import Others, PhaseKind
from app.reviews.definitions import RIGHTS, SETS, ends, usual
from app.reviews.forms import PhaseForm, VersionForm
from app.reviews.views import bp

officer, staff = role("officer"), role("officer", "auditor")


def _call(call_id: int) -> Any:
    return calls.get_for(current_user, call_id) or abort(404)


def _row(call_id: int, phase_id: int) -> Any:
    return queries.phase(call_id, phase_id) or abort(404)


def _list_page(call: Any, reasons: Any = ()) -> str:
    rows, instant = queries.phases(call.id), arrived_at()
    holds = queries.phase_of(call, instant)
    waiting = [row for row in rows if row.opens_at > instant]
    return render_template(
        "reviews/phases.html", call=call, lines=list(zip(rows, ends(rows), strict=True)), holds=holds, instant=instant,
        following=waiting[0] if waiting else None, sets=SETS.values(), rights=RIGHTS, reasons=reasons,
    )  # fmt: skip


@bp.get("/officer/calls/<int:call_id>/phases")
@access(staff)
def phases(call_id: int) -> str:
    return _list_page(_call(call_id))


@bp.post("/officer/calls/<int:call_id>/phases/set")
@access(officer)
def phase_set(call_id: int) -> ResponseReturnValue:
    call, code = _call(call_id), request.form.get("set", "")
    if code not in SETS:
        abort(404)
    try:
        operations.phases.create_set(call, code, arrived_at(), current_user)
    except Refused as refusal:
        return _list_page(call, refusal.reasons), 422
    flash(_("The phases are set. Check their dates."))
    return redirect(url_for("reviews.phases", call_id=call_id), 303)


def _form_page(call: Any, form: PhaseForm, row: Any = None, reasons: Any = ()) -> str:
    return render_template("reviews/phase.html", call=call, form=form, row=row, rights=RIGHTS, reasons=reasons)


@bp.get("/officer/calls/<int:call_id>/phases/new")
@access(officer)
def new_phase(call_id: int) -> str:
    kind = request.args.get("kind")
    first = usual(PhaseKind(kind) if kind in list(PhaseKind) else PhaseKind.written)
    data = {name: getattr(first, name) for name in RIGHTS}
    names = {"name_en": first.name.en, "name_ja": first.name.ja}
    return _form_page(_call(call_id), PhaseForm(data={**data, **names, "kind": first.kind, "others": first.others}))


@bp.get("/officer/calls/<int:call_id>/phases/<int:phase_id>")
@access(officer)
def edit_phase(call_id: int, phase_id: int) -> str:
    call, row = _call(call_id), _row(call_id, phase_id)
    return _form_page(call, PhaseForm(obj=row), row)


def _values(form: PhaseForm) -> operations.phases.PhaseValues:
    return operations.phases.PhaseValues(
        PhaseKind(form.kind.data), form.name_en.data, form.name_ja.data, form.opens_at.data, form.closes_at.data,
        Others(form.others.data), frozenset(name for name in RIGHTS if form[name].data),
    )  # fmt: skip


def _write(call: Any, form: PhaseForm, verb: Any, row: Any = None) -> ResponseReturnValue:
    reasons: Any = ()
    if form.validate():
        try:
            verb(_values(form))
            return redirect(url_for("reviews.phases", call_id=call.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
        except Stale:
            raise Stale(form.shown(), PhaseForm(obj=row).shown(), request.path) from None
    return _form_page(call, form, row, reasons), 422


@bp.post("/officer/calls/<int:call_id>/phases/new")
@access(officer)
def add_phase(call_id: int) -> ResponseReturnValue:
    call = _call(call_id)
    return _write(
        call, PhaseForm(request.form), lambda values: operations.phases.add(call, values, arrived_at(), current_user)
    )


@bp.post("/officer/calls/<int:call_id>/phases/<int:phase_id>")
@access(officer)
def save_phase(call_id: int, phase_id: int) -> ResponseReturnValue:
    call, row, form = _call(call_id), _row(call_id, phase_id), PhaseForm(request.form)
    version = form.version.data or 0
    return _write(
        call, form, lambda values: operations.phases.edit(row, values, version, arrived_at(), current_user), row
    )


@bp.post("/officer/calls/<int:call_id>/phases/<int:phase_id>/<any(start,end,remove):event>")
@access(officer)
def move_phase(call_id: int, phase_id: int, event: str) -> ResponseReturnValue:
    call, row = _call(call_id), _row(call_id, phase_id)
    verb = {"start": operations.phases.start, "end": operations.phases.end, "remove": operations.phases.remove}[event]
    try:
        verb(row, VersionForm(request.form).version.data or 0, arrived_at(), current_user)
    except Refused as refusal:
        return _list_page(call, refusal.reasons), 422
    return redirect(url_for("reviews.phases", call_id=call_id), 303)

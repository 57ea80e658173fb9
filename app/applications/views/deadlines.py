"""The office moves a call's deadline: for everybody, as a grace, or for one application."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications.operations import deadlines as operations
from app.applications.queries import deadlines as queries
from app.applications.views import bp
from app.calls import policy as call_policy
from app.calls import queries as calls
from app.calls.forms import DeadlineForm, GraceForm, IndividualForm
from app.calls.operations import LaterDates
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.core.i18n import _

officer, staff = role("officer"), role("officer", "auditor")
DATES = ("closes_at", "interview_at", "decision_at", "start_at")


@bp.get("/officer/calls/<int:call_id>/deadlines")
@access(staff)
def deadlines(call_id: int) -> str:
    call = calls.get_for(current_user, call_id) or abort(404)
    return _page(call)


def _page(call: Any, **wrong: Any) -> str:
    version = {"version": call.version}
    forms = {
        "closing": DeadlineForm(prefix="closing-", data={**version, **{name: getattr(call, name) for name in DATES}}),
        "grace": GraceForm(prefix="grace-", data=version),
        "individual": IndividualForm(prefix="individual-", data=version),
        **wrong,
    }
    return render_template(
        "applications/deadlines.html", call=call, forms=forms, changes=queries.changes(current_user, call.id), instant=now(),
        limit=call_policy.deadline(call, call.changes), notice=call_policy.notice_of_shortening(call).days,
        wrong=next(iter(wrong.values()), None), may_move=call.status == "published",
    )  # fmt: skip


def _do(call_id: int, name: str, form: Any, verb: Callable[[Any], Any]) -> ResponseReturnValue:
    call = calls.get_for(current_user, call_id, lock=True) or abort(404)
    if form.validate():
        try:
            verb(call)
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where if reason.where in form else "reason", reason.message)
        except Stale:
            raise Stale({}, {}, url_for("applications.deadlines", call_id=call_id)) from None
    if form.errors:
        return _page(call, **{name: form}), 422
    flash(_("Recorded. The letters to those whom it concerns are on their way."))
    return redirect(url_for("applications.deadlines", call_id=call_id), 303)


@bp.post("/officer/calls/<int:call_id>/deadlines/closing")
@access(officer)
def move_deadline(call_id: int) -> ResponseReturnValue:
    form = DeadlineForm(request.form, prefix="closing-")

    def verb(call: Any) -> None:
        later = LaterDates(form.interview_at.data, form.decision_at.data, form.start_at.data)
        operations.move(
            call, form.closes_at.data, later, form.reason.data, form.version.data or 0, actor=current_user
        )  # fmt: skip

    return _do(call_id, "closing", form, verb)


@bp.post("/officer/calls/<int:call_id>/deadlines/grace")
@access(officer)
def grant_grace(call_id: int) -> ResponseReturnValue:
    form = GraceForm(request.form, prefix="grace-")

    def verb(call: Any) -> None:
        operations.grant_grace(
            call, form.minutes.data, form.number.data or "", form.reason.data, form.version.data or 0,
            actor=current_user,
        )  # fmt: skip

    return _do(call_id, "grace", form, verb)


@bp.post("/officer/calls/<int:call_id>/deadlines/individual")
@access(officer)
def grant_individual(call_id: int) -> ResponseReturnValue:
    form = IndividualForm(request.form, prefix="individual-")

    def verb(call: Any) -> None:
        operations.grant_individual(
            call, form.number.data, form.to_at.data, form.reason.data, form.version.data or 0, actor=current_user
        )

    return _do(call_id, "individual", form, verb)

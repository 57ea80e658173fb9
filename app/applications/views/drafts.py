"""The list of my applications, starting one, its overview and history."""

import json
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, policy, queries
from app.applications.choices import EVENTS, ApplicationStatus, MemberRole, PersonRole
from app.applications.forms import (
    StartForm,
)
from app.applications.views import bp
from app.applications.views.pages import applicant, load, overview, readers
from app.calls import queries as calls
from app.calls.choices import COST_ITEMS
from app.core.access import access
from app.core.clock import now
from app.core.errors import Refused
from app.core.events import history as history_of
from app.core.http import arrived_at
from app.core.i18n import _


@bp.get("/applications")
@access(applicant)
def mine() -> str:
    lines, instant = queries.mine(current_user), now()
    return render_template(
        "applications/mine.html",
        lines=lines,
        signed=queries.signed_by(current_user),
        instant=instant,
        deadline=policy.deadline,
        open_calls=calls.open_at(instant),
    )


def _start_page(call: Any, form: StartForm, reasons: Any = ()) -> str:
    return render_template("applications/start.html", call=call, form=form, reasons=reasons)


def _start_form(data: Any = None) -> StartForm:
    own = queries.organisations_of(current_user)
    form = StartForm(data, data={"organisation_id": str(own[0].id) if len(own) == 1 else None})
    form.organisation_id.offer([("", _("Choose")), *((str(o.id), o.name) for o in own)])
    return form


@bp.get("/calls/<int:call_id>/start")
@access(applicant)
def start(call_id: int) -> str:
    return _start_page(calls.get_for(current_user, call_id) or abort(404), _start_form())


@bp.post("/calls/<int:call_id>/start", endpoint="begin")
@access(applicant)
def begin(call_id: int) -> ResponseReturnValue:
    call, form, reasons = calls.get_for(current_user, call_id) or abort(404), _start_form(request.form), []
    if form.validate():
        try:
            application = operations.start(
                call, int(str(form.organisation_id.data)), actor=current_user, arrived=arrived_at()
            )
            flash(_("Your draft %(number)s is there. Fill in the sections one by one.", number=application.number))
            return redirect(url_for("applications.detail", application_id=application.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
    return _start_page(call, form, reasons), 422


@bp.get("/applications/<int:application_id>")
@access(readers)
def detail(application_id: int) -> str:
    return overview(load(application_id))


@bp.get("/applications/<int:application_id>/history")
@access(readers)
def history(application_id: int) -> str:
    application = load(application_id)
    standing = queries.standing(current_user, application)
    names = queries.names_for_history(application, standing.agency)
    labels = {status.value: status.label for status in ApplicationStatus}
    lines = [replace(line, label=EVENTS.get(line.name, line.label)) for line in history_of(application, labels, names)]
    if not standing.agency:  # why it was found eligible although a condition did not hold: a note of the office
        lines = [replace(line, reason=None) if line.name == "screen_eligible" else line for line in lines]
    return render_template("applications/history.html", application=application, events=lines)


@bp.get("/signed/<int:confirmation_id>")
@access(applicant)
def signed(confirmation_id: int) -> str:
    """What I once confirmed, exactly as it was; also after leaving the consortium."""
    row = queries.signed_one(current_user, confirmation_id) or abort(404)
    return render_template(
        "applications/signed.html", row=row, share=json.loads(row.content), cost_items=COST_ITEMS, roles=MemberRole,
        person_roles=PersonRole,
    )  # fmt: skip

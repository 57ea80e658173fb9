"""The office: the list of everything handed in, its export, and the eligibility check."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import exports, operations, queries
from app.applications.choices import ApplicationStatus
from app.applications.forms import FilterForm, ScreenForm, SendBackForm
from app.applications.views import bp
from app.applications.views.pages import load, overview, part_titles
from app.calls import queries as calls
from app.core.access import access, role
from app.core.errors import Refused
from app.core.forms import select_choices
from app.core.i18n import _

officer, staff = role("officer"), role("officer", "auditor")


def _filters() -> tuple[FilterForm, queries.Filters]:
    form = FilterForm(request.args)
    form.call.offer([("", _("all")), *((str(key), label) for key, label in calls.choices())])
    form.validate()

    def good(name: str) -> Any:
        field = form[name]
        return field.data if field.data and not field.errors else None

    chosen, status = good("call"), good("status")
    return form, queries.Filters(
        int(chosen) if chosen else None, ApplicationStatus(status) if status else None, good("frame"), good("q") or ""
    )


@bp.get("/officer/applications")
@access(staff)
def officer_list() -> str:
    form, filters = _filters()
    page = queries.officer_page(current_user, filters, request.args.get("after"), request.args.get("before"))
    count = queries.officer_count(current_user, filters)
    return render_template("applications/officer_list.html", form=form, page=page, count=count)


@bp.get("/officer/applications.csv")
@access(staff)
def officer_csv() -> Response:
    _form, filters = _filters()
    response = Response(exports.officer_file(current_user, filters), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="applications.csv"'
    return response


@bp.get("/officer/applications/<int:application_id>/screening")
@access(officer)
def screening(application_id: int) -> str:
    application = load(application_id)
    return overview(application, screen_form=ScreenForm(data={"version": application.version}))


def _send_back_form(application: Any, data: Any = None) -> SendBackForm:
    form = SendBackForm(data, data={"version": application.version})
    form.parts.choices = select_choices(part_titles(application).items())
    return form


@bp.get("/officer/applications/<int:application_id>/send-back", endpoint="ask_correction")
@access(officer)
def ask_correction(application_id: int) -> str:
    application = load(application_id)
    return render_template(
        "applications/send_back.html", application=application, form=_send_back_form(application), reasons=()
    )


@bp.post("/officer/applications/<int:application_id>/send-back", endpoint="send_back")
@access(officer)
def send_back(application_id: int) -> ResponseReturnValue:
    """Named sections go back to the consortium with a reason and a date; the rest stays closed."""
    application, reasons = load(application_id, lock=True), []
    form = _send_back_form(application, request.form)
    if form.validate():
        try:
            operations.send_back(
                application, list(form.parts.data or []), form.why.data or "", form.due_at.data, form.version.data or 0,
                actor=current_user,
            )  # fmt: skip
            flash(_("The consortium is asked for a correction."))
            return redirect(url_for("applications.detail", application_id=application.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
    return render_template("applications/send_back.html", application=application, form=form, reasons=reasons), 422


@bp.post("/officer/applications/<int:application_id>/screening", endpoint="screen")
@access(officer)
def screen(application_id: int) -> ResponseReturnValue:
    application, form, reasons = load(application_id, lock=True), ScreenForm(request.form), []
    if form.validate():
        try:
            operations.screen(
                application, form.finding.data == "eligible", form.explanation.data or "", form.version.data or 0,
                actor=current_user,
            )  # fmt: skip
            flash(_("The finding is recorded."))
            return redirect(url_for("applications.detail", application_id=application.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
    return overview(application, reasons, screen_form=form), 422

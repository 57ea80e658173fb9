"""Handing in, taking back, and the receipt."""

import secrets

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, policy, queries
from app.applications.forms import SubmitForm, WithdrawForm
from app.applications.views import bp
from app.applications.views.pages import applicant, load, overview, readers
from app.applications.workflow import MACHINE
from app.calls import policy as call_policy
from app.core import downloads
from app.core.access import access
from app.core.clock import now
from app.core.errors import OutOfOrder, Refused
from app.core.http import arrived_at
from app.core.i18n import _


@bp.get("/applications/<int:application_id>/submit")
@access(applicant)
def submit(application_id: int) -> str:
    application = load(application_id)
    if not policy.may_sign(current_user, application):
        abort(403)
    if application.status != "draft":
        raise OutOfOrder(application, "submit", application.status)
    return _page(application_id, secrets.token_urlsafe(24))


def _page(application_id: int, key: str, reasons: object = ()) -> str:
    application, instant = load(application_id), now()
    limit = policy.deadline(application)
    return render_template(
        "applications/submit.html",
        application=application,
        dossier=queries.dossier_of(application),
        standing=queries.standing(current_user, application),
        missing=MACHINE.missing(application, "submit"),
        accepts=call_policy.accepts(application.call, instant, limit, handing_in=application.created_at),
        limit=limit,
        instant=instant,
        key=key,
        reasons=reasons,
    )


@bp.post("/applications/<int:application_id>/submit", endpoint="hand_in")
@access(applicant)
def hand_in(application_id: int) -> ResponseReturnValue:
    application = load(application_id, lock=True)
    key = SubmitForm(request.form).idempotency_key.data or ""
    try:
        operations.submit(application, key, actor=current_user, arrived=arrived_at())
    except Refused as refusal:
        return _page(application_id, secrets.token_urlsafe(24), refusal.reasons), 422
    return redirect(url_for("applications.receipt", application_id=application_id), 303)


@bp.post("/applications/<int:application_id>/withdraw")
@access(applicant)
def withdraw(application_id: int) -> ResponseReturnValue:
    application, form = load(application_id, lock=True), WithdrawForm(request.form)
    if not form.validate():
        return overview(application, withdraw_form=form), 422
    operations.withdraw(application, form.reason.data or "", form.version.data or 0, actor=current_user)
    flash(_("The application is withdrawn."))
    return redirect(url_for("applications.detail", application_id=application_id), 303)


@bp.get("/applications/<int:application_id>/receipt")
@access(readers)
def receipt(application_id: int) -> str:
    application = load(application_id)
    submission = queries.submission_of(application.id) or abort(404)
    return render_template(
        "applications/receipt.html",
        application=application,
        submission=submission,
        standing=queries.standing(current_user, application),
        in_grace=queries.came_in_grace(submission),
    )


@bp.get("/applications/<int:application_id>/receipt.json")
@access(readers)
def snapshot(application_id: int) -> Response:
    """The exact text that was hashed."""
    application = load(application_id)
    if not _sees_all(application):
        abort(404)
    submission = queries.submission_of(application.id) or abort(404)
    response = Response(submission.snapshot.encode(), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{submission.receipt_number}.json"'
    response.headers["Content-Security-Policy"] = downloads.SANDBOX
    return response


@bp.get("/applications/<int:application_id>/receipt.pdf")
@access(readers)
def dossier_pdf(application_id: int) -> ResponseReturnValue:
    application = load(application_id)
    submission = queries.submission_of(application.id)
    if not _sees_all(application) or submission is None or submission.document is None:
        abort(404)
    if submission.document.file is None:
        abort(404)
    return downloads.send(submission.document.file)


def _sees_all(application: object) -> bool:
    """The frozen content holds every member's budget: for the lead and the agency, not for other members."""
    standing = queries.standing(current_user, application)  # type: ignore[arg-type]
    return standing.lead or standing.agency

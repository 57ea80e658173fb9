"""Handing in, correcting, taking back; the receipt and every version that was handed in."""

import json
import secrets
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import bundle, operations, policy, queries
from app.applications.forms import SubmitForm, VersionForm, WithdrawForm
from app.applications.queries import versions
from app.applications.views import bp
from app.applications.views.pages import accepts_now, applicant, load, overview, readers
from app.applications.workflow import MACHINE
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
    if not policy.is_open(application):
        raise OutOfOrder(application, "submit", application.status)
    return _page(application_id, secrets.token_urlsafe(24))


def _page(application_id: int, key: str, reasons: object = ()) -> str:
    application, instant = load(application_id), now()
    return render_template(
        "applications/submit.html",
        application=application,
        dossier=queries.dossier_of(application),
        standing=queries.standing(current_user, application),
        missing=MACHINE.missing(application, "submit"),
        accepts=accepts_now(application, instant, handing_in=True),
        correction=queries.open_correction(application.id),
        limit=policy.deadline(application),
        instant=instant,
        key=key,
        reasons=reasons,
    )


@bp.post("/applications/<int:application_id>/submit", endpoint="hand_in")
@access(applicant)
def hand_in(application_id: int) -> ResponseReturnValue:
    application = load(application_id, lock=True)
    form = SubmitForm(request.form)
    try:
        operations.submit(
            application, form.idempotency_key.data or "", actor=current_user, arrived=arrived_at(),
            version=form.version.data if "version" in request.form else None,
        )  # fmt: skip
    except Refused as refusal:
        return _page(application_id, secrets.token_urlsafe(24), refusal.reasons), 422
    return redirect(url_for("applications.receipt", application_id=application_id), 303)


@bp.get("/applications/<int:application_id>/received")
@access(readers)
def received(application_id: int) -> str:
    """Was it received? For whoever lost the connection after pressing the button; with the key of that attempt."""
    application, key = load(application_id), request.args.get("key", "")[:64]
    attempt = queries.submission_by_key(key) if key else None
    return render_template(
        "applications/received.html",
        application=application,
        asked=bool(key),
        attempt=attempt if attempt is not None and attempt.application_id == application.id else None,
        submissions=queries.submissions_of(application.id),
        limit=policy.deadline(application),
        instant=now(),
    )


def _verb(application_id: int, verb: Any, said: Any) -> ResponseReturnValue:
    """A verb that a button on the overview fires with the version that was looked at."""
    application, form = load(application_id, lock=True), VersionForm(request.form)
    try:
        verb(application, form.version.data or 0)
    except Refused as refusal:
        return overview(application, refusal.reasons), 422
    flash(said)
    return redirect(url_for("applications.detail", application_id=application_id), 303)


@bp.post("/applications/<int:application_id>/correct")
@access(applicant)
def correct(application_id: int) -> ResponseReturnValue:
    """Open what was handed in for a corrected version; the present one counts until then."""
    return _verb(
        application_id,
        lambda application, version: operations.correct(application, version, actor=current_user, arrived=arrived_at()),
        _("You can change the proposal now. What you handed in counts until you hand in the new version."),
    )


@bp.post("/applications/<int:application_id>/give-up")
@access(applicant)
def give_up(application_id: int) -> ResponseReturnValue:
    """Stop correcting: the version that was handed in is put back."""
    return _verb(
        application_id,
        lambda application, _version: operations.give_up(application, actor=current_user),
        _("The correction is given up. What you handed in before counts, unchanged."),
    )


@bp.post("/applications/<int:application_id>/insurance")
@access(applicant)
def insure(application_id: int) -> ResponseReturnValue:
    """Deadline insurance on or off."""
    wanted = request.form.get("wanted") == "1"
    return _verb(
        application_id,
        lambda application, _version: operations.insure(application, wanted, actor=current_user, arrived=arrived_at()),
        _("At closing the last complete version is handed in by itself.")
        if wanted
        else _("Nothing is handed in by itself any more."),
    )


@bp.post("/applications/<int:application_id>/withdraw")
@access(applicant)
def withdraw(application_id: int) -> ResponseReturnValue:
    application, form = load(application_id, lock=True), WithdrawForm(request.form)
    if not form.validate():
        return overview(application, withdraw_form=form), 422
    operations.withdraw(application, form.reason.data or "", form.version.data or 0, actor=current_user)
    flash(_("The application is withdrawn."))
    return redirect(url_for("applications.detail", application_id=application_id), 303)


# --- the receipt and the versions -----------------------------------------------------------------------------------


def _version(application_id: int, number: int | None) -> tuple[Any, Any, Any]:
    """The application, one of its versions (the latest without a number) and what the reader is to it."""
    application = load(application_id)
    found = queries.submissions_of(application.id)
    submission = next((s for s in found if s.number == number), None) if number else (found[-1] if found else None)
    if submission is None:
        abort(404)
    return application, submission, queries.standing(current_user, application)


@bp.get("/applications/<int:application_id>/receipt")
@access(readers)
def receipt(application_id: int) -> str:
    application, submission, standing = _version(application_id, None)
    return render_template(
        "applications/receipt.html",
        application=application,
        submission=submission,
        frozen=json.loads(submission.snapshot)["application"],  # what is being corrected is not on this receipt
        submissions=queries.submissions_of(application.id),
        sealed=bundle.sealed_for(submission, standing, application),
        standing=standing,
        in_grace=queries.came_in_grace(submission),
    )


def _text(text: str, name: str) -> Response:
    response = Response(text.encode(), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Content-Security-Policy"] = downloads.SANDBOX
    return response


@bp.get("/applications/<int:application_id>/receipt.json")
@access(readers)
def snapshot(application_id: int) -> Response:
    """The exact text that was hashed: without anybody's cost detail, so every member may keep it."""
    _application, submission, _standing = _version(application_id, request.args.get("version", type=int))
    return _text(submission.snapshot, submission.receipt_number)


@bp.get("/applications/<int:application_id>/receipt/sealed/<int:member_id>.json", endpoint="sealed")
@access(readers)
def sealed_part(application_id: int, member_id: int) -> Response:
    """A member's cost detail as it was handed in, for those whom it concerns."""
    application, submission, standing = _version(application_id, request.args.get("version", type=int))
    parts = bundle.sealed_for(submission, standing, application)
    part = next((p for p in parts if p.member_id == member_id), None) or abort(404)
    return _text(part.content, f"{submission.receipt_number}-{member_id}")


@bp.get("/applications/<int:application_id>/receipt.pdf")
@access(readers)
def dossier_pdf(application_id: int) -> ResponseReturnValue:
    """The dossier: with all cost detail for the office, with totals for the consortium."""
    _application, submission, standing = _version(application_id, request.args.get("version", type=int))
    document = submission.document if standing.agency else submission.shared_document
    if document is None or document.file is None:
        abort(404)
    return downloads.send(document.file)


@bp.get("/applications/<int:application_id>/receipt.zip", endpoint="archive")
@access(readers)
def archive(application_id: int) -> Response:
    """Everything of one version in one archive with a manifest."""
    application, submission, standing = _version(application_id, request.args.get("version", type=int))
    packed = bundle.pack(application, submission, standing)
    response = Response(bundle.portions(packed), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{submission.receipt_number}.zip"'
    response.headers["Content-Security-Policy"] = downloads.SANDBOX
    return response


@bp.get("/applications/<int:application_id>/versions/<int:earlier>/<int:later>")
@access(readers)
def compare(application_id: int, earlier: int, later: int) -> str:
    """What differs between two versions that were handed in."""
    application, old, standing = _version(application_id, earlier)
    _same, new, _standing = _version(application_id, later)
    return render_template(
        "applications/versions.html",
        application=application,
        earlier=old,
        later=new,
        differences=versions.by_section(versions.differences(old, new, standing)),
        standing=standing,
    )

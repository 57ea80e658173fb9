"""For officers: what resembles a proposal and why, what is still to be looked at, and the list of other awards."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries as applications
from app.core.access import access, role
from app.core.errors import Refused
from app.core.forms import clean_text
from app.core.i18n import _
from app.doubles import exchange, operations, queries
from app.doubles.choices import Verdict
from app.doubles.forms import AwardsForm, VerdictForm

bp = Blueprint("doubles", __name__)
officer, staff = role("officer"), role("officer", "auditor")
MAX_BYTES = 5_000_000


def _page(application: Any, reasons: Any = (), status: int = 200) -> ResponseReturnValue:
    rows = queries.of_application(current_user, application.id)
    shared = {key for row in rows for key in row.reasons.get("organisations", ())}
    return render_template(
        "doubles/application.html",
        application=application,
        rows=rows,
        check=queries.check_of(application.id),
        names=queries.names(shared) if shared else {},
        verdicts=Verdict,
        reasons=reasons,
    ), status


@bp.get("/officer/applications/<int:application_id>/doubles")
@access(staff)
def of_application(application_id: int) -> ResponseReturnValue:
    return _page(applications.get_for(current_user, application_id) or abort(404))


@bp.post("/officer/applications/<int:application_id>/doubles/<int:likeness_id>", endpoint="judge")
@access(officer)
def judge(application_id: int, likeness_id: int) -> ResponseReturnValue:
    application = applications.get_for(current_user, application_id) or abort(404)
    row, form = (
        queries.one(current_user, application_id, likeness_id, lock=True) or abort(404),
        VerdictForm(request.form),
    )
    if not form.validate():
        return _page(application, [str(message) for _id, _label, message in form.reasons()], 422)
    try:
        operations.judge(
            row, Verdict(str(form.verdict.data)), form.note.data or "", form.version.data or 0, actor=current_user
        )
    except Refused as refusal:
        return _page(application, refusal.reasons, 422)
    flash(_("The finding is recorded."))
    return redirect(url_for("doubles.of_application", application_id=application_id), 303)


@bp.get("/officer/doubles")
@access(staff)
def waiting() -> str:
    """Likenesses that nobody has looked at yet."""
    page = queries.open_page(current_user, request.args.get("after"), request.args.get("before"))
    return render_template("doubles/waiting.html", page=page, count=queries.open_count(current_user))


def _wanted() -> str:
    try:
        return clean_text(request.args.get("q", ""))[:100]
    except ValueError:
        return ""


def _awards(form: AwardsForm, report: Any = None, status: int = 200) -> ResponseReturnValue:
    page = queries.awards_page(_wanted(), request.args.get("after"), request.args.get("before"))
    return render_template("doubles/awards.html", page=page, form=form, report=report, wanted=_wanted(),
                           columns=exchange.AWARDS.names), status  # fmt: skip


@bp.get("/officer/awards")
@access(staff)
def awards() -> ResponseReturnValue:
    return _awards(AwardsForm())


@bp.post("/officer/awards", endpoint="upload_awards")
@access(officer)
def upload_awards() -> ResponseReturnValue:
    """Take in a list of other funders' awards: all of it, or nothing and every line that is wrong."""
    form, file = AwardsForm(), request.files.get("file")
    if file is None or not file.filename:
        form.refuse("file", _("Choose a file first."))
        return _awards(form, status=422)
    data = file.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        form.refuse("file", _("The file is larger than 5 MB. Split it."))
        return _awards(form, status=422)
    report = exchange.import_awards(data, dry_run=False)
    if not report.good:
        return _awards(form, report, 422)
    flash(_("Imported: %(created)d created, %(updated)d updated.", created=report.created, updated=report.updated))
    return redirect(url_for("doubles.awards"), 303)

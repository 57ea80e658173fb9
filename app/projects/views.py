"""Pages of projects, and the release of a call's results."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.applications import queries as applications
from app.calls import queries as calls
from app.core import downloads
from app.core.access import access, role
from app.core.i18n import _
from app.projects import operations, queries
from app.projects.forms import FilterForm
from app.reviews import queries as reviews

bp = Blueprint("projects", __name__)
officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/projects")
@access(staff)
def index() -> str:
    form = FilterForm(request.args)
    filters = {f.name: f.data for f in form if f.data} if form.validate() else {}
    found = queries.page(current_user, filters, request.args.get("after"), request.args.get("before"))
    return render_template("projects/index.html", form=form, page=found)


@bp.get("/my-projects")
@access(role("applicant"))
def mine() -> str:
    return render_template("projects/mine.html", projects=queries.mine(current_user))


@bp.post("/officer/calls/<int:call_id>/release")
@access(officer)
def release(call_id: int) -> Response:
    call = calls.get_for(current_user, call_id, lock=True) or abort(404)
    if request.form.get("sure") != "yes":
        flash(_("Tick the box to say that you have checked the list."), "error")
        return redirect(url_for("selection.ranking", call_id=call_id), 303)
    n = operations.release_results(call, current_user)
    flash(_("%(n)d results are released. Letters and mails are on their way.", n=n))
    return redirect(url_for("selection.ranking", call_id=call_id), 303)


@bp.get("/applications/<int:application_id>/letter")
@access(role("applicant", "officer", "auditor"))
def letter(application_id: int) -> Response | tuple[str, int, dict[str, str]]:
    applications.get_for(current_user, application_id) or abort(404)
    decision = reviews.released_decision(application_id) or abort(404)
    if decision.letter is None or decision.letter.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    return downloads.send(decision.letter.file)

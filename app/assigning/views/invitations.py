"""Who is wanting where, replacements, declining with a suggestion, invitations to the pool."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries as applications
from app.assigning import operations, queries
from app.assigning.definitions import telling
from app.assigning.forms import DeclineForm, PoolForm, ReplaceForm
from app.assigning.views import bp
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.reviewers import queries as pool
from app.reviews import queries as reviews
from app.reviews.workflow import ASSIGNMENT

reviewer, officer, staff = role("reviewer"), role("officer"), role("officer", "auditor")


@bp.get("/officer/calls/<int:call_id>/reviewers-needed")
@access(staff)
def needed(call_id: int) -> str:
    """Over what this reader may see; loads of the others are told nowhere here."""
    call = queries.call_of(current_user, call_id) or abort(404)
    page = queries.needed_page(current_user, call, request.args.get("after"), request.args.get("before"))
    return render_template(
        "assigning/needed.html", call=call, page=page, wanted=queries.wanted(call),
        gone=queries.gone([row.application_id for row in page.rows]),
    )  # fmt: skip


@bp.get("/officer/applications/<int:application_id>/replacements")
@access(staff)
def replacements(application_id: int) -> ResponseReturnValue:
    application = applications.get_for(current_user, application_id) or abort(404)
    days = {"answer_by": today() + timedelta(days=7), "due_on": today() + timedelta(days=21)}
    return _replacements_page(application, ReplaceForm(data=days))


def _replacements_page(application: Any, form: ReplaceForm, reasons: Any = ()) -> ResponseReturnValue:
    last = queries.last_applied(application.call_id)
    kept_out = applications.kept_out(current_user)
    free = queries.suggestions(application.call_id, application.id, last.parameters if last else None, kept_out)
    form.reviewer_id.offer([("", ""), *((str(c.id), f"{c.name} ({c.value})") for c in free)])
    page = render_template(
        "assigning/replacements.html", application=application, form=form, free=free, why=telling.why, reasons=reasons,
        assignments=reviews.of_application(application.id), gone=queries.gone([application.id]).get(application.id, []),
    )  # fmt: skip
    return page, 422 if form.errors or reasons else 200


@bp.post("/officer/applications/<int:application_id>/replacements")
@access(officer)
def replace(application_id: int) -> ResponseReturnValue:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    form = ReplaceForm(request.form)
    people = {str(key): person for key, person in pool.reviewers_by_id().items()}
    form.reviewer_id.offer((key, person.name) for key, person in people.items())
    if not form.validate():
        return _replacements_page(application, form)
    try:
        operations.ask_one(
            application, people[form.reviewer_id.data], form.answer_by.data, form.due_on.data, current_user
        )
    except Refused as refusal:
        return _replacements_page(application, form, refusal.reasons)
    flash(_("The reviewer is asked by mail."))
    return redirect(url_for("assigning.replacements", application_id=application_id), 303)


# --- reviewers --------------------------------------------------------------------------------------------------------


def _load(assignment_id: int, *, lock: bool = False) -> Any:
    """An assignment that this reviewer may decline now."""
    assignment = reviews.get_for(current_user, assignment_id, lock=lock) or abort(404)
    if "decline" not in ASSIGNMENT.available(assignment, current_user):
        abort(404)
    return assignment


@bp.get("/reviews/<int:assignment_id>/decline")
@access(reviewer)
def decline(assignment_id: int) -> str:
    return render_template("assigning/decline.html", assignment=_load(assignment_id), form=DeclineForm())


@bp.post("/reviews/<int:assignment_id>/decline")
@access(reviewer)
def send_decline(assignment_id: int) -> ResponseReturnValue:
    assignment, form = _load(assignment_id, lock=True), DeclineForm(request.form)
    if not form.validate():
        return render_template("assigning/decline.html", assignment=assignment, form=form), 422
    operations.decline(assignment, form.reason.data, form.suggestion.data or "", current_user)
    flash(_("Thank you. Your answer is recorded."))
    return redirect(url_for("reviews.mine"), 303)


# --- the pool ---------------------------------------------------------------------------------------------------------


@bp.get("/officer/reviewers/invitation")
@access(officer)
def pool_invitation() -> str:
    return render_template("assigning/pool_invitation.html", form=PoolForm(), reasons=())


@bp.post("/officer/reviewers/invitation")
@access(officer)
def invite_to_pool() -> ResponseReturnValue:
    form = PoolForm(request.form)
    if form.validate():
        try:
            operations.invite_to_pool(form.email.data, form.name.data, form.locale.data, current_user)
        except Refused as refusal:
            form.refuse("email", refusal.reasons[0].message)
    if form.errors:
        return render_template("assigning/pool_invitation.html", form=form, reasons=()), 422
    flash(_("The invitation is sent. The link works once, for that address."))
    return redirect(url_for("reviewers.pool"), 303)

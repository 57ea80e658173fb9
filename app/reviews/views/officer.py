"""Pages of officers who assign."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.applications import queries as applications
from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.reviews import operations, queries
from app.reviews.forms import AssignForm, ReasonForm
from app.reviews.views import bp

reviewer, officer, staff = role("reviewer"), role("officer"), role("officer", "auditor")


@bp.get("/officer/applications/<int:application_id>/reviews")
@access(staff)
def panel(application_id: int) -> str:
    application = applications.get_for(current_user, application_id) or abort(404)
    return _panel_page(application, AssignForm())


def _panel_page(application: Any, form: AssignForm) -> str:
    found = queries.candidates(application.id, applications.kept_out(current_user))
    free = [c for c in found if c.assignment is None and not c.conflicts]
    form.reviewer_id.offer([("", ""), *((str(c.reviewer.id), f"{c.reviewer.name} ({c.load})") for c in free)])
    return render_template(
        "reviews/panel.html", application=application, candidates=found, form=form,
        assignments=queries.of_application(application.id), criteria=queries.criteria_of(application.call_id),
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/reviews")
@access(officer)
def assign(application_id: int) -> Answer | tuple[str, int]:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    form = AssignForm(request.form)
    people = {str(c.reviewer.id): c.reviewer for c in queries.candidates(application.id)}
    form.reviewer_id.offer((key, person.name) for key, person in people.items())
    if not form.validate():
        return _panel_page(application, form), 422
    try:
        operations.assign(application, people[form.reviewer_id.data], form.due_on.data, current_user)
    except Refused as refusal:
        form.refuse(refusal.reasons[0].where or "reviewer_id", refusal.reasons[0].message)
        return _panel_page(application, form), 422
    flash(_("The reviewer is asked by mail."))
    return redirect(url_for("reviews.panel", application_id=application_id), 303)


@bp.post("/officer/assignments/<int:assignment_id>/<any(reopen,conflict):event>")
@access(officer)
def officer_event(assignment_id: int, event: str) -> Answer:
    assignment = queries.officer_assignment(current_user, assignment_id) or abort(404)
    form = ReasonForm(request.form)
    reason = form.reason.data if form.validate() else ""
    if event == "reopen":
        operations.reopen(assignment, current_user, reason or "")
    else:
        operations.answer(assignment, "conflict", current_user, reason or "")
    return redirect(url_for("reviews.panel", application_id=assignment.application_id), 303)

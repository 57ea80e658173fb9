"""What a project's first page shows of its end and of the years after it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.agreements import operations as agreements
from app.agreements import queries as awards
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones.forms import CompleteForm
from app.outcomes import operations, policy, queries
from app.outcomes.definitions import first_reached, phase
from app.outcomes.views import bp
from app.projects import operations as project_operations
from app.projects import queries as projects
from app.projects.forms import EndForm
from app.projects.views import project_page
from app.projects.workflow import MACHINE as PROJECT

officer = role("officer")


def follow_up_section(actor: Any, project: Any) -> dict[str, Any] | None:
    """The next report of each organisation that this reader may open, and which levels were reached."""
    reports = queries.of_project(project.id)
    observations = queries.observations_of(project.id, counting=True)
    if not reports and not observations:
        return None
    own, on = policy.organisations_of(actor, project), today()
    mine = [r for r in reports if own is None or r.organisation_id in own]
    phases = {r.id: phase(r, on) for r in mine}
    open_ones = [r for r in mine if phases[r.id].value in ("open", "missed", "returned", "submitted")]
    sent = sum(1 for r in reports if phase(r, on).value in ("submitted", "verified"))
    return {
        "reports": open_ones, "phases": phases, "all": len(reports), "sent": sent,
        "reached": [r for r in first_reached(observations).values() if r.on],
    }  # fmt: skip


def ending_section(actor: Any, project: Any) -> dict[str, Any] | None:
    """The forms that end a project which has no award here, for whom its machine lets do it: where there is an award, its
    own steps end the project with it."""
    events = PROJECT.available(project, actor)
    if not {"complete", "terminate", "withdraw"} & set(events) or awards.of_project(project.id):
        return None
    return {"events": events, "complete": CompleteForm(prefix="complete-"), "end": EndForm(prefix="end-")}


@bp.post("/projects/<int:project_id>/complete")
@access(officer)
def complete(project_id: int) -> Answer:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = CompleteForm(request.form, prefix="complete-")
    if not form.validate():
        return project_page(found, form, complete=form), 422
    try:
        operations.complete(found, form.completed_on.data, current_user)
    except Refused as refusal:
        return project_page(found, None, refusal.reasons, complete=form), 422
    flash(_("The project is completed. Its yearly follow-ups are scheduled."))
    return redirect(url_for("projects.detail", project_id=project_id), 303)


@bp.post("/projects/<int:project_id>/<any(withdraw,terminate):event>")
@access(officer)
def end(project_id: int, event: str) -> Answer:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = EndForm(request.form, prefix="end-")
    if not form.validate():
        return project_page(found, form, end=form), 422
    try:
        agreements.no_award(found)
        project_operations.end(found, event, form.on.data, form.reason.data, current_user)
    except Refused as refusal:
        return project_page(found, None, refusal.reasons, end=form), 422
    return redirect(url_for("projects.detail", project_id=project_id), 303)

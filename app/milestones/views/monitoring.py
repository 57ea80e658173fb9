"""An officer's scores of a project's course, and what the consortium sees of them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core.access import access
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import operations, queries
from app.milestones.definitions.monitoring import AXES
from app.milestones.forms import ScoreForm
from app.milestones.views import bp
from app.milestones.views.reports import officer, people
from app.projects import policy as projects_policy
from app.projects import queries as projects


def _page(project: Any, form: Any = None) -> str:
    agency = current_user.has_role("officer", "auditor")
    scores = queries.scores_of(project.id, released_only=not agency)
    chosen = next((one for one in scores if str(one.id) == request.args.get("period")), None)
    if form is None:
        names = ("period_to", "for_office", "for_consortium", "version")
        data: dict[str, Any] = {name: getattr(chosen, name) for name in names} if chosen else {"version": 0}
        data |= {axis.key: str(getattr(chosen, axis.key)) for axis in AXES} if chosen else {}
        form = ScoreForm(data=data)
    return render_template(
        "milestones/monitoring.html", project=project, scores=scores, axes=AXES, agency=agency, form=form,
        officer=projects_policy.is_officer(current_user, project), chosen=chosen,
    )  # fmt: skip


def may_open(actor: Any, project: Any) -> bool:
    """The office always, the consortium once something was released."""
    return bool(actor.has_role("officer", "auditor") or queries.scores_of(project.id, released_only=True))


@bp.get("/projects/<int:project_id>/monitoring")
@access(people)
def monitoring(project_id: int) -> str:
    return _page(projects.get_for(current_user, project_id) or abort(404))


@bp.post("/projects/<int:project_id>/monitoring")
@access(officer)
def score(project_id: int) -> Answer | tuple[str, int]:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = ScoreForm(request.form)
    if form.validate():
        try:
            operations.save_score(project, form.typed(), form.version.data or 0, current_user)
        except Refused as refusal:
            form.refuse("period_to", refusal.reasons[0].message)
    if form.errors:
        return _page(project, form), 422
    flash(_("Saved."))
    return redirect(url_for("milestones.monitoring", project_id=project_id), 303)


@bp.post("/projects/<int:project_id>/monitoring/<int:score_id>/release")
@access(officer)
def release_score(project_id: int, score_id: int) -> Answer:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    row = queries.score_of(project_id, score_id) or abort(404)
    operations.release_score(project, row, current_user, request.form.get("version", type=int) or 0)
    flash(_("Released. The consortium sees these scores and your comment to it."))
    return redirect(url_for("milestones.monitoring", project_id=project_id), 303)

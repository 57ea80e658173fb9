"""Milestones and deliverables of a project: the time chart, its table, and a page for each."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import operations, policy, queries
from app.milestones.definitions.due import deviation_days, is_late
from app.milestones.definitions.gantt import chart
from app.milestones.forms import PlanForm, RowForm, RowJudgeForm
from app.milestones.views import bp
from app.milestones.views.reports import officer, people
from app.milestones.workflow import ROW_MACHINE
from app.projects import policy as projects_policy
from app.projects import queries as projects
from app.projects.choices import ProjectStatus

PLAN = ("kind", "goal", "organisation_id", "target_value", "unit", "begins_on", "due_on")


@bp.get("/projects/<int:project_id>/milestones")
@access(people)
def plan(project_id: int) -> str:
    """The time chart and the same as a table."""
    project = projects.get_for(current_user, project_id) or abort(404)
    rows, on = queries.milestones_of(project.id), today()
    moved = [one for one in queries.changes_of([m.id for m in rows]) if one.field in ("forecast_on", "due_on")]
    return render_template(
        "milestones/plan.html", project=project, rows=rows, on=on,
        chart=chart(rows, on, project.started_on, project.completed_on or project.planned_end_on),
        days={m.id: deviation_days(m, on) for m in rows}, late={m.id for m in rows if is_late(m, on)},
        mine={m.id for m in rows if policy.may_update(current_user, m)}, moved=moved[:20],
        names={m.id: m for m in rows}, reports=queries.known_to(current_user, project.id), overdue=policy.overdue,
        officer=projects_policy.is_officer(current_user, project),
        telling=project.status is ProjectStatus.running and bool(policy.telling_for(current_user, project)),
    )  # fmt: skip


def _page(found: Any, form: Any = None, reasons: Any = (), judge: RowJudgeForm | None = None) -> str:
    data = {
        n: getattr(found, n) for n in ("forecast_on", "progress_pct", "actual_on", "value_reached", "note", "version")
    }
    events = ROW_MACHINE.available(found, current_user)
    return render_template(
        "milestones/row.html", row=found, project=found.project, form=form or RowForm(data=data), reasons=reasons,
        judge=judge or RowJudgeForm(), events=events, changes=queries.changes_of([found.id]), on=today(),
        days=deviation_days(found, today()), late=is_late(found, today()),
        deciding=[one for one in ("accept", "return", "fail", "drop", "reopen") if one in events],
        labels={t.event: t.label for t in ROW_MACHINE.transitions},
        owners={one.id: one.name for one in queries.organisations_of(found.project_id)},
        officer=policy.is_officer(current_user, found),
    )  # fmt: skip


@bp.get("/milestones/<int:milestone_id>")
@access(people)
def row(milestone_id: int) -> str:
    return _page(queries.milestone_for(current_user, milestone_id) or abort(404))


@bp.post("/milestones/<int:milestone_id>")
@access(role("applicant"))
def update_row(milestone_id: int) -> Answer | tuple[str, int]:
    """Save what the owner knows, keep a file, and report it as reached where that button was pressed."""
    found = queries.milestone_for(current_user, milestone_id, lock=True) or abort(404)
    form = RowForm(request.form)
    if not form.validate():
        return _page(found, form), 422
    try:
        operations.update_row(found, form.typed(), form.version.data or 0, current_user)
        if upload := request.files.get("file"):
            received = storage.receive(upload.stream, upload.filename or "")
            kept = storage.accept(received, created_by_id=current_user.id)
            operations.attach_evidence(found, kept, current_user)
        if "report" in request.form:
            operations.report_row(found, current_user)
    except Refused as refusal:
        return _page(found, form, refusal.reasons), 422
    flash(_("Reported. The programme office looks at it.") if "report" in request.form else _("Saved."))
    return redirect(url_for("milestones.row", milestone_id=milestone_id), 303)


@bp.post("/milestones/<int:milestone_id>/<any(accept,return,fail,drop,reopen):event>")
@access(officer)
def judge_row(milestone_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.milestone_for(current_user, milestone_id, lock=True) or abort(404)
    form = RowJudgeForm(request.form)
    if form.validate():
        try:
            operations.judge_row(found, event, form.remarks.data or "", form.version.data or 0, current_user)
        except Refused as refusal:
            form.refuse("remarks", refusal.reasons[0].message)
    if form.errors:
        return _page(found, judge=form), 422
    flash(_("Recorded. The project is told by mail."))
    return redirect(url_for("milestones.row", milestone_id=milestone_id), 303)


@bp.get("/milestones/<int:milestone_id>/files/<int:file_id>")
@access(people)
def evidence(milestone_id: int, file_id: int) -> Response:
    found = queries.milestone_for(current_user, milestone_id) or abort(404)
    kept = queries.milestone_file_of(found, file_id) or abort(404)
    return downloads.send(kept.file)


def _plan_page(project: Any, form: PlanForm, found: Any = None) -> str:
    return render_template("milestones/replan.html", project=project, form=form, row=found)


def _plan_form(project: Any, formdata: Any = None, **data: Any) -> PlanForm:
    return PlanForm(formdata, data=data).offer(queries.organisations_of(project.id))


@bp.get("/milestones/<int:milestone_id>/plan")
@access(officer)
def replan_page(milestone_id: int) -> str:
    found = queries.milestone_for(current_user, milestone_id) or abort(404)
    data = {name: getattr(found, name) for name in PLAN}
    data |= {"version": found.version, "kind": found.kind.value}
    data["organisation_id"] = str(found.organisation_id) if found.organisation_id else None
    return _plan_page(found.project, _plan_form(found.project, **data), found)


@bp.post("/milestones/<int:milestone_id>/plan")
@access(officer)
def replan(milestone_id: int) -> Answer | tuple[str, int]:
    found = queries.milestone_for(current_user, milestone_id, lock=True) or abort(404)
    form = _plan_form(found.project, request.form)
    if form.validate():
        try:
            operations.replan(found, form.typed(), form.reason.data, form.version.data or 0, current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "reason", refusal.reasons[0].message)
    if form.errors:
        return _plan_page(found.project, form, found), 422
    flash(_("Changed. The old values stay on record."))
    return redirect(url_for("milestones.row", milestone_id=milestone_id), 303)


@bp.get("/projects/<int:project_id>/milestones/new")
@access(officer)
def add_page(project_id: int) -> str:
    project = projects.get_for(current_user, project_id) or abort(404)
    return _plan_page(project, _plan_form(project))


@bp.post("/projects/<int:project_id>/milestones/new")
@access(officer)
def add_row(project_id: int) -> Answer | tuple[str, int]:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = _plan_form(project, request.form)
    if form.validate():
        try:
            operations.add_row(project, form.typed(), form.reason.data, current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "reason", refusal.reasons[0].message)
    if form.errors:
        return _plan_page(project, form), 422
    flash(_("Added."))
    return redirect(url_for("milestones.plan", project_id=project_id), 303)

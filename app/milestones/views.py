"""A project's page with its milestones, and the pages of its reports."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import operations, policy, queries
from app.milestones.forms import JudgeForm, StartForm, report_data, report_form
from app.milestones.workflow import MACHINE
from app.projects import queries as projects
from app.projects.workflow import MACHINE as PROJECT

bp = Blueprint("milestones", __name__)
people, officer = role("applicant", "officer", "auditor"), role("officer")


def section(actor: Any, project: Any) -> dict[str, Any] | None:
    """Milestones and reports of a project, and the way to start it."""
    return {
        "milestones": queries.milestones_of(project.id), "reports": queries.reports_of(project.id), "on": today(),
        "overdue": policy.overdue, "may_start": "start" in PROJECT.available(project, actor),
    }  # fmt: skip


@bp.get("/reports/<int:report_id>")
@access(people)
def report(report_id: int) -> str:
    found = queries.get_for(current_user, report_id) or abort(404)
    return _page(found, _filled(found))


def _filled(found: Any, formdata: Any = None) -> Any:
    data: dict[str, Any] = {n: getattr(found, n) for n in ("version", "work_done", "deviations", "spend_yen")}
    for result in found.results:
        key = result.milestone_id
        data[f"achievement-{key}"] = result.achievement.value if result.achievement else None
        data |= {f"value-{key}": result.value, f"note-{key}": result.note}
    return report_form(queries.milestones_of(found.project_id), formdata, **data)


def _page(found: Any, form: Any, reasons: Any = (), judge: JudgeForm | None = None) -> str:
    return render_template(
        "milestones/report.html", report=found, project=found.project, form=form, reasons=reasons,
        milestones=queries.milestones_of(found.project_id), judge=judge or JudgeForm(),
        events=MACHINE.available(found, current_user), readable=policy.may_read(current_user, found), overdue=policy.overdue(found, today()),
    )  # fmt: skip


@bp.post("/reports/<int:report_id>")
@access(role("applicant"))
def save(report_id: int) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, report_id, lock=True) or abort(404)
    form = _filled(found, request.form)
    if not form.validate():
        return _page(found, form), 422
    milestones = queries.milestones_of(found.project_id)
    operations.save(found, report_data(form, milestones), form.version.data or 0, current_user)
    try:
        if upload := request.files.get("file"):
            kept = storage.keep_pdf(upload.stream, name=upload.filename or "", created_by_id=current_user.id)
            operations.attach(found, kept, current_user)
        if "submit" in request.form:
            operations.submit(found, current_user)
    except Refused as refusal:
        return _page(found, form, refusal.reasons), 422
    flash(_("The report is submitted.") if "submit" in request.form else _("Draft saved."))
    return redirect(url_for("milestones.report", report_id=report_id), 303)


@bp.get("/reports/<int:report_id>/files/<int:file_id>")
@access(people)
def file(report_id: int, file_id: int) -> Response:
    found = queries.get_for(current_user, report_id) or abort(404)
    row = (policy.may_read(current_user, found) and queries.file_of(found, file_id)) or abort(404)
    return downloads.send(row.file)


@bp.post("/reports/<int:report_id>/<any(accept,return):event>")
@access(officer)
def judge(report_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, report_id, lock=True) or abort(404)
    form = JudgeForm(request.form)
    if form.validate():
        try:
            operations.judge(found, event, form.remarks.data or "", current_user, form.version.data or 0)
        except Refused as refusal:
            form.refuse("remarks", refusal.reasons[0].message)
    if form.errors:
        return _page(found, _filled(found), judge=form), 422
    flash(_("Recorded. The project is told by mail."))
    return redirect(url_for("milestones.report", report_id=report_id), 303)


@bp.post("/projects/<int:project_id>/start")
@access(officer)
def start(project_id: int) -> Answer | tuple[str, int]:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = StartForm(request.form)
    if form.validate():
        try:
            operations.start(project, form.started_on.data, form.end_on.data, current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "end_on", refusal.reasons[0].message)
    if form.errors:
        return render_template("milestones/start.html", project=project, form=form), 422
    flash(_("The project has started. Its reports are scheduled."))
    return redirect(url_for("projects.detail", project_id=project_id), 303)


@bp.get("/projects/<int:project_id>/start")
@access(officer)
def start_page(project_id: int) -> str:
    project = projects.get_for(current_user, project_id) or abort(404)
    application = project.application
    dates = {"started_on": application.starts_on, "end_on": application.ends_on} if application else {}
    return render_template("milestones/start.html", project=project, form=StartForm(data=dates))

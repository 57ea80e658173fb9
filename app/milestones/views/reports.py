"""The pages of a project's reports, and its start."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.agreements import queries as awards
from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import operations, policy, queries
from app.milestones.choices import ExtensionStatus, ReportKind
from app.milestones.definitions.due import deviation_days
from app.milestones.definitions.sections import sections_of
from app.milestones.exports import drafted
from app.milestones.forms import (
    AskForm,
    DecideForm,
    ExtensionForm,
    IncidentForm,
    ReportsFilter,
    StartForm,
    judge_form,
    report_data,
    report_form,
    sent_back,
)
from app.milestones.views import bp
from app.milestones.workflow import MACHINE
from app.projects import queries as projects
from app.projects.policy import may_report
from app.projects.workflow import MACHINE as PROJECT

people, officer = role("applicant", "officer", "auditor"), role("officer")


def section(actor: Any, project: Any) -> dict[str, Any] | None:
    """Milestones and reports of a project, and the way to start it."""
    on = today()
    milestones = queries.milestones_of(project.id)
    return {
        "milestones": milestones, "reports": queries.known_to(actor, project.id), "on": on, "overdue": policy.overdue,
        "days": {m.id: deviation_days(m, on) for m in milestones},
        "may_start": "start" in PROJECT.available(project, actor),
    }  # fmt: skip


def report_page(found: Any, form: Any = None, reasons: Any = (), **given: Any) -> str:
    """A report's page; ``given`` stands in for the forms that did not pass."""
    actor, milestones = current_user, _milestones(found)
    titles = {**{one.key: one.title for one in sections_of(found.kind)}, **operations.part_titles(found)}
    partners = [] if found.kind is ReportKind.incident else queries.organisations_of(found.project_id)
    events = MACHINE.available(found, actor)
    context = {
        "form": form or filled(found, milestones), "judge": judge_form(titles), "ask": ExtensionForm(),
        "decide": DecideForm(), **given,
    }  # fmt: skip
    return render_template(
        "milestones/report.html", report=found, project=found.project, reasons=reasons, milestones=milestones,
        events=events, incident=found.kind is ReportKind.incident, leads=may_report(actor, found.project), readable=policy.may_read(actor, found), overdue=policy.overdue(found, today()), titles=titles,
        sections=sections_of(found.kind), partners=partners, parts={p.organisation_id: p for p in found.parts},
        mine={one.id for one in partners if policy.may_write_part(actor, found, one.id)},
        versions=queries.versions_of(found.id), deciding=policy.is_officer(actor, found), writing=found.status in queries.AWAITED and policy.may_report(actor, found),
        asked=[row for row in found.extensions if row.status == ExtensionStatus.asked],
        days={m.id: deviation_days(m, today()) for m in milestones}, **context,
    )  # fmt: skip


def _milestones(found: Any) -> Any:
    """What the report judges; an incident's judges none."""
    return () if found.kind is ReportKind.incident else queries.milestones_of(found.project_id)


def filled(found: Any, milestones: Any, formdata: Any = None) -> Any:
    """The lead's form with what is stored, and with drafts from the partners' parts where nothing is stored yet."""
    locked = {one.key for one in sections_of(found.kind) if operations.locked(found, one.key)}
    data = drafted(found, milestones, queries.spend_of(found.project_id, (found.period_from, found.period_to)))
    return report_form(found.kind, milestones, locked, formdata, **data)


@bp.get("/reports/<int:report_id>")
@access(people)
def report(report_id: int) -> str:
    return report_page(queries.get_for(current_user, report_id) or abort(404))


@bp.post("/reports/<int:report_id>")
@access(role("applicant"))
def save(report_id: int) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, report_id, lock=True) or abort(404)
    milestones = _milestones(found)
    form = filled(found, milestones, request.form)
    if not form.validate():
        return report_page(found, form), 422
    operations.save(found, report_data(form, found, milestones), form.version.data or 0, current_user)
    try:
        if upload := request.files.get("file"):
            kept = storage.keep_pdf(upload.stream, name=upload.filename or "", created_by_id=current_user.id)
            operations.attach(found, kept, current_user)
        if "submit" in request.form:
            operations.submit(found, current_user)
    except Refused as refusal:
        return report_page(found, form, refusal.reasons), 422
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
    keys = [*(one.key for one in sections_of(found.kind)), *operations.part_titles(found)]
    titles = {**{one.key: one.title for one in sections_of(found.kind)}, **operations.part_titles(found)}
    form: Any = judge_form(titles, request.form)
    if form.validate():
        try:
            operations.judge(
                found, event, form.remarks.data or "", current_user, form.version.data or 0, sent_back(form, keys)
            )
        except Refused as refusal:
            form.refuse("remarks", refusal.reasons[0].message)
    if form.errors:
        return report_page(found, judge=form), 422
    flash(_("Recorded. The project is told by mail."))
    return redirect(url_for("milestones.report", report_id=report_id), 303)


@bp.post("/reports/<int:report_id>/extension")
@access(role("applicant"))
def ask_extension(report_id: int) -> Answer | tuple[str, int]:
    """The lead asks for a later due date."""
    found = queries.get_for(current_user, report_id, lock=True) or abort(404)
    form = ExtensionForm(request.form)
    if form.validate():
        try:
            operations.ask_extension(found, form.until.data, form.reason.data, current_user)
        except Refused as refusal:
            form.refuse("until", refusal.reasons[0].message)
    if form.errors:
        return report_page(found, ask=form), 422
    flash(_("Asked for. The programme office decides."))
    return redirect(url_for("milestones.report", report_id=report_id), 303)


@bp.post("/reports/<int:report_id>/extensions/<int:extension_id>/<any(grant,refuse):event>")
@access(officer)
def decide_extension(report_id: int, extension_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, report_id, lock=True) or abort(404)
    row = queries.extension_of(found, extension_id) or abort(404)
    form = DecideForm(request.form)
    if form.validate():
        try:
            operations.decide_extension(
                row, event, form.until.data, form.answer.data or "", current_user, form.version.data or 0
            )
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "answer", refusal.reasons[0].message)
    if form.errors:
        return report_page(found, decide=form), 422
    flash(_("Recorded. The project is told by mail."))
    return redirect(url_for("milestones.report", report_id=report_id), 303)


@bp.get("/projects/<int:project_id>/incidents/new")
@access(role("applicant"))
def incident_page(project_id: int) -> str:
    """The lead or a partner tells of a delay or an accident, at any time."""
    project = projects.get_for(current_user, project_id) or abort(404)
    return render_template("milestones/incident.html", project=project, form=_incident_form(project))


def _incident_form(project: Any, formdata: Any = None) -> IncidentForm:
    own = policy.telling_for(current_user, project) or abort(404)
    form = IncidentForm(formdata, data={"happened_on": today()})
    form.organisation_id.offer([(str(o.id), str(o.name)) for o in queries.organisations_of(project.id) if o.id in own])
    return form


@bp.post("/projects/<int:project_id>/incidents/new")
@access(role("applicant"))
def tell_of_incident(project_id: int) -> Answer | tuple[str, int]:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = _incident_form(project, request.form)
    if form.validate():
        try:
            organisation = int(form.organisation_id.data)
            row = operations.tell_of_incident(project, organisation, form.happened_on.data, current_user)
            return redirect(url_for("milestones.report", report_id=row.id), 303)
        except Refused as refusal:
            form.refuse("happened_on", refusal.reasons[0].message)
    return render_template("milestones/incident.html", project=project, form=form), 422


@bp.get("/officer/reports")
@access(role("officer", "auditor"))
def listing() -> str:
    """All reports by due date, with filters."""
    form = ReportsFilter(request.args)
    filters = {f.name: f.data for f in form if f.data} if form.validate() else {}
    if filters.get("status") == "all":
        filters.pop("status")
    elif set(filters) <= {"kind", "programme"}:  # what waits: handed in, or late
        filters["open_by"] = today()
    if filters.pop("overdue", None):
        filters["overdue_on"] = today()
    found = queries.listing(current_user, filters, request.args.get("after"), request.args.get("before"))
    return render_template(
        "milestones/reports.html", form=form, page=found, on=today(), overdue=policy.overdue,
        extensions=queries.extensions_waiting(current_user),
    )  # fmt: skip


@bp.get("/projects/<int:project_id>/reports/new")
@access(officer)
def ask_page(project_id: int) -> str:
    project = projects.get_for(current_user, project_id) or abort(404)
    dates = {"period_from": project.started_on, "period_to": project.completed_on or project.planned_end_on}
    return render_template("milestones/ask.html", project=project, form=AskForm(data=dates))


@bp.post("/projects/<int:project_id>/reports/new")
@access(officer)
def ask(project_id: int) -> Answer | tuple[str, int]:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = AskForm(request.form)
    if form.validate():
        try:
            kind = ReportKind(form.kind.data)
            period = (form.period_from.data, form.period_to.data)
            row = operations.ask_for_report(project, kind, period, form.due_on.data, current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "kind", refusal.reasons[0].message)
    if form.errors:
        return render_template("milestones/ask.html", project=project, form=form), 422
    flash(_("Asked for. The consortium finds it among its duties."))
    return redirect(url_for("milestones.report", report_id=row.id), 303)


def _contract(project_id: int) -> Any:
    """The contract at work of a project that the reader may see, for who may begin its performance report."""
    award = awards.get_for(current_user, project_id, lock=request.method == "POST") or abort(404)
    return awards.current_contract(award) or abort(404)


@bp.get("/projects/<int:project_id>/performance")
@access(people)
def performance(project_id: int) -> Answer | str:
    """The way to the performance report of the contract at work; where nobody began it, the button that does."""
    contract = _contract(project_id)
    found = queries.performance_of([contract]).get(contract.id)
    if found is not None:
        return redirect(url_for("milestones.report", report_id=found.id), 303)
    return render_template("milestones/performance.html", project=contract.award.project, contract=contract)


@bp.post("/projects/<int:project_id>/performance")
@access(role("applicant", "officer"))
def begin_performance(project_id: int) -> Answer:
    found = operations.performance(_contract(project_id), current_user)
    return redirect(url_for("milestones.report", report_id=found.id), 303)


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

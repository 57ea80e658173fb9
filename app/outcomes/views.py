"""A project's page, its completion, its yearly follow-ups, and the officers' list of flags."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.calls.choices import COST_ITEMS
from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import policy as milestone_policy
from app.milestones import queries as milestones
from app.milestones.forms import CompleteForm
from app.outcomes import operations, policy, queries
from app.outcomes.choices import EvidenceLevel, Stage
from app.outcomes.definitions import RULES
from app.outcomes.forms import FlagFilter, FollowUpForm, HandleForm, VerifyForm
from app.outcomes.workflow import FLAG, FOLLOW_UP
from app.projects import operations as project_operations
from app.projects import queries as projects
from app.projects.forms import EndForm
from app.projects.workflow import MACHINE as PROJECT

bp = Blueprint("outcomes", __name__)
people, officer, staff = role("applicant", "officer", "auditor"), role("officer"), role("officer", "auditor")


@bp.get("/projects/<int:project_id>")
@access(people)
def project(project_id: int) -> str:
    found = projects.get_for(current_user, project_id) or abort(404)
    return _project_page(found)


def _project_page(
    found: Any, complete: CompleteForm | None = None, end: EndForm | None = None, reasons: Any = ()
) -> str:
    agency = current_user.has_role("officer", "auditor")
    return render_template(
        "outcomes/project.html", project=found, events=PROJECT.available(found, current_user), reasons=reasons,
        complete=complete or CompleteForm(prefix="complete-"), end=end or EndForm(prefix="end-"),
        budget=projects.budget_of(found.id), cost_items=COST_ITEMS, milestones=milestones.milestones_of(found.id),
        reports=milestones.reports_of(found.id), follow_ups=queries.of_project(found.id), agency=agency,
        observations=queries.observations_of(found.id), flags=queries.flags_of(found.id) if agency else [],
        rules=RULES, stages=Stage, levels=EvidenceLevel,
        late=milestone_policy.overdue, late_follow_up=policy.overdue, on=today(),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/complete")
@access(officer)
def complete(project_id: int) -> Answer | tuple[str, int]:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = CompleteForm(request.form, prefix="complete-")
    if not form.validate():
        return _project_page(found, complete=form), 422
    try:
        operations.complete(found, form.completed_on.data, current_user)
    except Refused as refusal:
        return _project_page(found, complete=form, reasons=refusal.reasons), 422
    flash(_("The project is completed. Its yearly follow-ups are scheduled."))
    return redirect(url_for("outcomes.project", project_id=project_id), 303)


@bp.post("/projects/<int:project_id>/<any(withdraw,terminate):event>")
@access(officer)
def end(project_id: int, event: str) -> Answer | tuple[str, int]:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = EndForm(request.form, prefix="end-")
    if not form.validate():
        return _project_page(found, end=form), 422
    try:
        project_operations.end(found, event, form.on.data, form.reason.data, current_user)
    except Refused as refusal:
        return _project_page(found, end=form, reasons=refusal.reasons), 422
    return redirect(url_for("outcomes.project", project_id=project_id), 303)


@bp.get("/follow-ups/<int:follow_up_id>")
@access(people)
def follow_up(follow_up_id: int) -> str:
    found = queries.get_for(current_user, follow_up_id) or abort(404)
    return _follow_up_page(found, _filled(found))


def _filled(found: Any, formdata: Any = None) -> FollowUpForm:
    names = ("version", "observed_on", "product", "first_sale_on", "sales_yen", "jobs", "evidence")
    data = {name: getattr(found, name) for name in names}
    data["dev_state"] = found.dev_state.value if found.dev_state else None
    data["stage"] = str(found.stage) if found.stage is not None else None
    data["reason_code"] = found.reason_code.value if found.reason_code else None
    return FollowUpForm(formdata, data=data)


def _follow_up_page(found: Any, form: FollowUpForm, reasons: Any = (), verify: Any = None) -> str:
    return render_template(
        "outcomes/follow_up.html", follow_up=found, project=found.project, form=form, reasons=reasons,
        verify=verify or VerifyForm(), events=FOLLOW_UP.available(found, current_user), stages=Stage,
        levels=EvidenceLevel, is_open=operations.is_open(found), readable=policy.may_read(current_user, found), overdue=policy.overdue(found, today()),
    )  # fmt: skip


@bp.post("/follow-ups/<int:follow_up_id>")
@access(role("applicant"))
def save(follow_up_id: int) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    form = FollowUpForm(request.form)
    if not form.validate():
        return _follow_up_page(found, form), 422
    try:
        operations.save(found, form.as_data(), form.version.data or 0, current_user)
        if upload := request.files.get("file"):
            kept = storage.keep_pdf(upload.stream, name=upload.filename or "", created_by_id=current_user.id)
            operations.attach(found, kept, current_user)
        if "submit" in request.form:
            operations.submit(found, current_user)
    except Refused as refusal:
        return _follow_up_page(found, form, refusal.reasons), 422
    flash(_("The report is submitted.") if "submit" in request.form else _("Draft saved."))
    return redirect(url_for("outcomes.follow_up", follow_up_id=follow_up_id), 303)


@bp.post("/follow-ups/<int:follow_up_id>/<any(verify,return):event>")
@access(officer)
def judge(follow_up_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    form = VerifyForm(request.form)
    if event == "return":
        form.evidence_level.validators = []  # a returned report has no evidence level
    if form.validate():
        try:
            if event == "verify":
                operations.verify(
                    found, int(form.evidence_level.data), form.remarks.data or "", current_user, form.version.data or 0
                )
            else:
                operations.send_back(found, form.remarks.data or "", current_user, form.version.data or 0)
        except Refused as refusal:
            form.refuse("remarks", refusal.reasons[0].message)
    if form.errors:
        return _follow_up_page(found, _filled(found), verify=form), 422
    flash(
        _("Verified: it now counts in the rates.") if event == "verify" else _("Returned. The project is told by mail.")
    )
    return redirect(url_for("outcomes.follow_up", follow_up_id=follow_up_id), 303)


@bp.get("/follow-ups/<int:follow_up_id>/file")
@access(people)
def file(follow_up_id: int) -> Response:
    found = queries.get_for(current_user, follow_up_id) or abort(404)
    return downloads.send((policy.may_read(current_user, found) and found.file) or abort(404))


@bp.get("/officer/flags")
@access(staff)
def flags() -> str:
    form = FlagFilter(request.args)
    attention = [code for code, rule in RULES.items() if rule.attention]
    form.rule.offer([("", _("Those that call for action")), *((c, r.title) for c, r in RULES.items())])
    valid = form.validate()
    rule, status = (form.rule.data, form.status.data) if valid else (None, None)
    page = queries.flag_page(
        current_user, rule, status, attention, request.args.get("after"), request.args.get("before")
    )
    return render_template(
        "outcomes/flags.html", form=form, page=page, rules=RULES, counts=queries.flag_counts(current_user)
    )


@bp.get("/officer/flags/<int:flag_id>")
@access(staff)
def flag(flag_id: int) -> str:
    return _flag_page(queries.flag(current_user, flag_id) or abort(404), HandleForm())


def _flag_page(found: Any, form: HandleForm) -> str:
    form.version.data = form.version.data or found.version
    labels = {t.event: t.label for t in FLAG.transitions}
    return render_template(
        "outcomes/flag.html", flag=found, rule=RULES[found.rule], form=form, labels=labels,
        events=FLAG.available(found, current_user),
    )  # fmt: skip


@bp.post("/officer/flags/<int:flag_id>/<any(acknowledge,snooze,resolve):event>")
@access(officer)
def handle(flag_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.flag(current_user, flag_id, lock=True) or abort(404)
    form = HandleForm(request.form)
    if form.validate():
        try:
            operations.handle(found, event, form.note.data or "", form.until.data, form.version.data or 0, current_user)
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "note", reason.message)
    if form.errors:
        return _flag_page(found, form), 422
    flash(_("Recorded."))
    return redirect(url_for("outcomes.flag", flag_id=flag_id), 303)

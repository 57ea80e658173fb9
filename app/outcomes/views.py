"""A project's completion and its yearly follow-ups."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones.forms import CompleteForm
from app.outcomes import operations, policy, queries
from app.outcomes.choices import EvidenceLevel, Stage
from app.outcomes.forms import FollowUpForm, VerifyForm
from app.outcomes.workflow import FOLLOW_UP
from app.projects import operations as project_operations
from app.projects import queries as projects
from app.projects.forms import EndForm
from app.projects.views import project_page
from app.projects.workflow import MACHINE as PROJECT

bp = Blueprint("outcomes", __name__)
people, officer = role("applicant", "officer", "auditor"), role("officer")


def follow_up_section(actor: Any, project: Any) -> dict[str, Any] | None:
    """The yearly reports and the observations that came of them."""
    return {
        "follow_ups": queries.of_project(project.id), "observations": queries.observations_of(project.id),
        "agency": actor.has_role("officer", "auditor"), "stages": Stage, "levels": EvidenceLevel,
        "overdue": policy.overdue, "on": today(),
    }  # fmt: skip


def ending_section(actor: Any, project: Any) -> dict[str, Any] | None:
    """The forms that end a project, for whom its machine lets do it."""
    events = PROJECT.available(project, actor)
    if not {"complete", "terminate", "withdraw"} & set(events):
        return None
    return {"events": events, "complete": CompleteForm(prefix="complete-"), "end": EndForm(prefix="end-")}


@bp.post("/projects/<int:project_id>/complete")
@access(officer)
def complete(project_id: int) -> Answer | tuple[str, int]:
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
def end(project_id: int, event: str) -> Answer | tuple[str, int]:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form = EndForm(request.form, prefix="end-")
    if not form.validate():
        return project_page(found, form, end=form), 422
    try:
        project_operations.end(found, event, form.on.data, form.reason.data, current_user)
    except Refused as refusal:
        return project_page(found, None, refusal.reasons, end=form), 422
    return redirect(url_for("projects.detail", project_id=project_id), 303)


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

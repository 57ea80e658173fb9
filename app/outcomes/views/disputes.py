"""Disputes of what stands verified: opened, answered, decided by a second officer."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core import downloads, storage
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.outcomes import operations, policy, queries
from app.outcomes.choices import EvidenceLevel, Stage
from app.outcomes.forms import AskAgainForm, DecideForm, DisputeAnswerForm, DisputeForm
from app.outcomes.views import bp
from app.outcomes.workflow import DISPUTE

people, writers = role("applicant", "officer", "auditor"), role("applicant", "officer")
officer, staff, applicant = role("officer"), role("officer", "auditor"), role("applicant")


@bp.get("/officer/disputes")
@access(staff)
def disputes() -> str:
    decided = request.args.get("state") == "decided"
    page = queries.dispute_list(current_user, not decided, request.args.get("after"), request.args.get("before"))
    return render_template("outcomes/disputes.html", page=page, decided=decided, stages=Stage, on=today())


def _doubted(observation_id: int, *, lock: bool = False) -> Any:
    found = queries.observation_for(current_user, observation_id, lock=lock) or abort(404)
    if not policy.may_dispute(current_user, found):
        abort(403)
    return found


def _form(found: Any, formdata: Any = None) -> Any:
    level = queries.marks_of([found.id]).get(found.id, found.evidence_level)
    day = today() + timedelta(days=operations.ANSWER_DAYS)
    first = "0" if level > 0 else "-1"
    form = DisputeForm(formdata, data={"due_on": day, "undisputed": first}).below(level)
    return form if current_user.has_role("officer") else form.without_question()


def _opening(found: Any, form: Any, reasons: Any = ()) -> str:
    return render_template(
        "outcomes/dispute_new.html", observation=found, project=found.project, form=form, reasons=reasons, stages=Stage,
        levels=EvidenceLevel, present=queries.undecided_of(found.id),
    )  # fmt: skip


@bp.get("/observations/<int:observation_id>/dispute")
@access(writers)
def doubt(observation_id: int) -> str:
    found = _doubted(observation_id)
    return _opening(found, _form(found))


@bp.post("/observations/<int:observation_id>/dispute")
@access(writers)
def open_dispute(observation_id: int) -> Answer:
    found = _doubted(observation_id, lock=True)
    form = _form(found, request.form)
    if not form.validate():
        return _opening(found, form), 422
    asked, until = (form.request.data or "", form.due_on.data) if "request" in form else ("", None)
    try:
        row = operations.open_dispute(found, form.reason.data, asked, int(form.undisputed.data), until, current_user)
    except Refused as refusal:
        return _opening(found, form, refusal.reasons), 422
    flash(_("The dispute is open. It counts for less from today on."))
    return redirect(url_for("outcomes.dispute", dispute_id=row.id), 303)


@bp.get("/disputes/<int:dispute_id>")
@access(people)
def dispute(dispute_id: int) -> str:
    return _page(queries.dispute_for(current_user, dispute_id) or abort(404))


def _page(found: Any, reasons: Any = (), **given: Any) -> str:
    due = today() + timedelta(days=operations.ANSWER_DAYS)
    forms = {"answer": DisputeAnswerForm(), "ask": AskAgainForm(data={"due_on": due}), "decide": DecideForm(), **given}
    observation = found.observation
    wrong = next((form for form in forms.values() if form.errors), None)
    return render_template(
        "outcomes/dispute.html", dispute=found, observation=observation, project=observation.project, reasons=reasons,
        wrong=wrong, events=DISPUTE.available(found, current_user), stages=Stage, levels=EvidenceLevel,
        waits=DISPUTE.missing(found, "uphold"), report=queries.reports_known_to(current_user, {observation.follow_up_id}),
        sold=queries.sales_with(observation), on=today(), **forms,
    )  # fmt: skip


def _done(dispute_id: int, words: str) -> Answer:
    flash(words)
    return redirect(url_for("outcomes.dispute", dispute_id=dispute_id), 303)


@bp.post("/disputes/<int:dispute_id>/answer")
@access(applicant)
def answer_dispute(dispute_id: int) -> Answer:
    found = queries.dispute_for(current_user, dispute_id, lock=True) or abort(404)
    form: Any = DisputeAnswerForm(request.form)
    if not form.validate():
        return _page(found, answer=form), 422
    try:
        upload, kept = request.files.get("file"), None
        if upload:
            kept = storage.keep_pdf(upload.stream, name=upload.filename or "", created_by_id=current_user.id)
        operations.answer_dispute(found, form.words.data or "", kept, current_user)
    except Refused as refusal:
        return _page(found, refusal.reasons, answer=form), 422
    return _done(dispute_id, _("Sent. The programme office looks at it next."))


@bp.post("/disputes/<int:dispute_id>/ask")
@access(officer)
def ask_again(dispute_id: int) -> Answer:
    found = queries.dispute_for(current_user, dispute_id, lock=True) or abort(404)
    form: Any = AskAgainForm(request.form)
    if not form.validate():
        return _page(found, ask=form), 422
    try:
        operations.ask_again(found, form.words.data or "", form.due_on.data, form.version.data or 0, current_user)
    except Refused as refusal:
        return _page(found, refusal.reasons, ask=form), 422
    return _done(dispute_id, _("Asked. The organisation is told by mail."))


@bp.post("/disputes/<int:dispute_id>/<any(uphold,withdraw,correct):event>")
@access(officer)
def decide_dispute(dispute_id: int, event: str) -> Answer:
    found = queries.dispute_for(current_user, dispute_id, lock=True) or abort(404)
    form: Any = DecideForm(request.form)
    correction = form.as_correction() if form.validate() and event == "correct" else None
    if form.errors:
        return _page(found, decide=form), 422
    try:
        operations.decide_dispute(
            found, event, form.decision.data or "", form.version.data or 0, current_user, correction
        )
    except Refused as refusal:
        return _page(found, refusal.reasons, decide=form), 422
    return _done(dispute_id, _("Decided. Rates follow from today on; figures as known before stay."))


@bp.get("/disputes/files/<int:note_id>")
@access(people)
def dispute_file(note_id: int) -> Response:
    return downloads.send(queries.dispute_file_for(current_user, note_id) or abort(404))

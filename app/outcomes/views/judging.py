"""An officer's findings on reports and on single claims."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.outcomes import operations, queries
from app.outcomes.choices import ClaimStatus, Stage
from app.outcomes.forms import ClaimForm, VerifyForm
from app.outcomes.views import bp
from app.outcomes.views.reports import report_page

officer, staff = role("officer"), role("officer", "auditor")


@bp.post("/follow-ups/<int:follow_up_id>/<any(verify,return):event>")
@access(officer)
def judge(follow_up_id: int, event: str) -> Answer:
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    form: Any = VerifyForm(request.form)
    if event == "return":
        form.evidence_level.validators = []  # a returned report has no evidence level
    if form.validate():
        try:
            _judge(found, event, form)
        except Refused as refusal:
            form.refuse("remarks", refusal.reasons[0].message)
    if form.errors:
        return report_page(found, verify=form), 422
    flash(
        _("Verified: it now counts in the rates.") if event == "verify" else _("Returned. The project is told by mail.")
    )
    return redirect(url_for("outcomes.follow_up", follow_up_id=follow_up_id), 303)


def _judge(found: Any, event: str, form: Any) -> None:
    words, version = form.remarks.data or "", form.version.data or 0
    if event == "verify":
        operations.verify(found, int(form.evidence_level.data), words, current_user, version)
    else:
        operations.send_back(found, words, current_user, version)


@bp.post("/claims/<int:claim_id>/<any(verify,dispute,ask):event>")
@access(officer)
def judge_claim(claim_id: int, event: str) -> Answer:
    claim = queries.claim_for(current_user, claim_id, lock=True) or abort(404)
    form: Any = ClaimForm(request.form)
    if form.validate():
        try:
            _judge_claim(claim, event, form)
        except Refused as refusal:
            form.refuse("remarks", refusal.reasons[0].message)
    if form.errors:
        return report_page(claim.follow_up, claim_form=form, wrong_claim=claim.id), 422
    flash(_("Your finding is on record. The organisation is told by mail.") if event != "verify" else _("Verified: it now counts in the rates."))  # fmt: skip
    return redirect(url_for("outcomes.follow_up", follow_up_id=claim.follow_up_id), 303)


def _judge_claim(claim: Any, event: str, form: Any) -> None:
    words, version = form.remarks.data or "", form.version.data or 0
    if event == "dispute":
        operations.dispute(claim, words, current_user, version)
    elif event == "ask":
        operations.ask(claim, words, current_user, version)
    elif not form.evidence_level.data:
        form.refuse("evidence_level", _("Fill in this field."))
    else:
        operations.verify_claim(claim, int(form.evidence_level.data), words, current_user, version)


@bp.get("/officer/verification")
@access(staff)
def verification() -> str:
    """What waits for an officer's finding, and what the office waits for."""
    state = request.args.get("state", "reported")
    status = ClaimStatus(state) if state in ("reported", "asked", "disputed") else ClaimStatus.reported
    page = queries.claims_page(current_user, status, request.args.get("after"), request.args.get("before"))
    return render_template("outcomes/verification.html", page=page, status=status, stages=Stage,
                           states=(ClaimStatus.reported, ClaimStatus.asked, ClaimStatus.disputed))  # fmt: skip

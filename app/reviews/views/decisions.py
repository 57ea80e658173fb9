"""Pages of ranking, deciding and of the result."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.accounts import queries as accounts
from app.applications import queries as applications
from app.calls import policy as call_policy
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import Refused
from app.core.events import history
from app.core.i18n import _
from app.reviews import operations, policy, queries
from app.reviews.choices import Outcome
from app.reviews.forms import CorrectionForm, DecisionForm, ReasonForm
from app.reviews.views import bp
from app.reviews.workflow import CORRECTION, DECISION

reviewer, officer, staff = role("reviewer"), role("officer"), role("officer", "auditor")


KEPT = ("version", "amount_yen", "conditions", "reason", "remarks", "remarks_composed")


@bp.get("/officer/decisions")
@access(staff)
def decisions() -> str:
    lines = queries.calls_in_review(current_user)
    return render_template("reviews/decisions.html", lines=lines, state=call_policy.state, instant=now())


@bp.get("/officer/applications/<int:application_id>/decision")
@access(staff)
def decision(application_id: int) -> str:
    application = applications.get_for(current_user, application_id) or abort(404)
    found = queries.decision_of(application_id)
    values: dict[str, Any] = {"version": 0, "amount_yen": application.total_yen}
    if found:
        values = {name: getattr(found, name) for name in KEPT} | {"outcome": found.outcome.value}
    if request.args.get("compose") == "yes":  # a draft for the officer to edit; nothing is stored by looking at it
        said = [values.get("remarks") or "", *queries.comments_to_applicant(application_id)]
        values |= {"remarks": "\n\n".join(text for text in said if text), "remarks_composed": True}
    return _decision_page(application, found, DecisionForm(data=values))


def _decision_page(application: Any, found: Any, form: DecisionForm, reason: ReasonForm | None = None) -> str:
    people = [found.proposed_by_id, found.confirmed_by_id] if found else []
    names = {i: person.name for i in people if i and (person := accounts.get(i))}
    return render_template(
        "reviews/decision.html", application=application, decision=found, form=form, names=names,
        reason_form=reason or ReasonForm(), events=DECISION.available(found, current_user) if found else [],
        past=history(found, {}, names) if found else [], may_revise=not found or policy.may_revise(current_user, found),
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/decision")
@access(officer)
def propose(application_id: int) -> Answer | tuple[str, int]:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    form = DecisionForm(request.form)
    if form.validate():
        try:
            operations.propose(
                application, Outcome(form.outcome.data), form.amount_yen.data or 0, form.conditions.data or "",
                form.reason.data or "", form.version.data or 0, current_user, remarks=form.remarks.data or "",
                composed=bool(form.remarks_composed.data),
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "outcome", refusal.reasons[0].message)
    if form.errors:
        return _decision_page(application, queries.decision_of(application_id), form), 422
    flash(_("Proposed. Another officer now confirms it."))
    return redirect(url_for("reviews.decision", application_id=application_id), 303)


@bp.post("/officer/applications/<int:application_id>/decision/<any(confirm,reopen):event>")
@access(officer)
def decide(application_id: int, event: str) -> Answer | tuple[str, int]:
    application = applications.get_for(current_user, application_id) or abort(404)
    found = queries.decision_of(application_id, lock=True) or abort(404)
    form = ReasonForm(request.form)
    if event == "confirm":
        version = form.version.data or ""
        operations.confirm(found, int(version) if version.isdecimal() and len(version) < 10 else 0, current_user)
        flash(_("Confirmed. The applicant learns of it when the call's results are released."))
    elif not form.validate():
        return _decision_page(application, found, DecisionForm(obj=found), form), 422
    else:
        operations.take_back(found, current_user, form.reason.data or "")
    return redirect(url_for("reviews.decision", application_id=application_id), 303)


@bp.get("/applications/<int:application_id>/result")
@access(role("applicant", "officer", "auditor"))
def result(application_id: int) -> str:
    """What was decided, for the applicant: not there until it is released."""
    application = applications.get_for(current_user, application_id) or abort(404)
    found = queries.released_decision(application_id) or abort(404)
    return render_template(
        "reviews/result.html", application=application, decision=found,
        comments=queries.comments_beside(found), corrections=queries.corrections_of(found.id, confirmed=True),
        steps=call_policy.next_steps(application.call, found.outcome.value),
    )  # fmt: skip


@bp.get("/officer/applications/<int:application_id>/correction")
@access(staff)
def correction(application_id: int) -> str:
    """A released decision and how it was, or may be, corrected."""
    application = applications.get_for(current_user, application_id) or abort(404)
    found = queries.released_decision(application_id) or abort(404)
    values = {name: getattr(found, name) for name in ("version", "amount_yen", "conditions", "remarks")}
    return _correction_page(application, found, CorrectionForm(data={**values, "outcome": found.outcome.value}))


def _correction_page(application: Any, found: Any, form: CorrectionForm) -> str:
    rows = queries.corrections_of(found.id)
    people = {i for row in rows for i in (row.proposed_by_id, row.confirmed_by_id) if i}
    return render_template(
        "reviews/correction.html", application=application, decision=found, form=form, rows=rows,
        names={i: person.name for i in people if (person := accounts.get(i))}, reason_form=ReasonForm(),
        events={row.id: CORRECTION.available(row, current_user) for row in rows}, outcomes=Outcome,
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/correction")
@access(officer)
def propose_correction(application_id: int) -> Answer | tuple[str, int]:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    found = queries.released_decision(application_id) or abort(404)
    form = CorrectionForm(request.form)
    if form.validate():
        try:
            operations.propose_correction(
                found, Outcome(form.outcome.data), form.amount_yen.data or 0, form.conditions.data or "",
                form.remarks.data or "", form.reason.data, form.version.data or 0, current_user,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "outcome", refusal.reasons[0].message)
    if form.errors:
        return _correction_page(application, found, form), 422
    flash(_("Proposed. Nothing changes before another officer confirms it."))
    return redirect(url_for("reviews.correction", application_id=application_id), 303)


@bp.post("/officer/applications/<int:application_id>/corrections/<int:correction_id>/drop")
@access(officer)
def drop_correction(application_id: int, correction_id: int) -> Answer:
    applications.get_for(current_user, application_id) or abort(404)
    row = queries.correction_of(application_id, correction_id, lock=True) or abort(404)
    form = ReasonForm(request.form)
    operations.drop_correction(row, current_user, form.reason.data or "" if form.validate() else "")
    return redirect(url_for("reviews.correction", application_id=application_id), 303)

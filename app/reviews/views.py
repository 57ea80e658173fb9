"""Pages of reviewers and of officers who assign and decide."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.accounts import queries as accounts
from app.applications import queries as applications
from app.calls import policy as call_policy
from app.calls import queries as calls
from app.core import downloads
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import Refused
from app.core.events import history
from app.core.i18n import _
from app.reviews import operations, policy, queries
from app.reviews.choices import AssignmentStatus, Outcome
from app.reviews.forms import AnswerForm, AssignForm, DecisionForm, InterestForm, ReasonForm, review_form
from app.reviews.workflow import ASSIGNMENT, DECISION

bp = Blueprint("reviews", __name__)
reviewer, officer, staff = role("reviewer"), role("officer"), role("officer", "auditor")


# Reviewers


@bp.get("/reviews")
@access(reviewer)
def mine() -> str:
    return render_template("reviews/mine.html", assignments=queries.assignments_of(current_user))


@bp.get("/reviews/<int:assignment_id>")
@access(reviewer)
def detail(assignment_id: int) -> str:
    assignment = queries.get_for(current_user, assignment_id) or abort(404)
    return _review_page(assignment, _filled(assignment))


def _filled(assignment: Any, formdata: Any = None) -> Any:
    review = assignment.review
    data: dict[str, Any] = {f"score-{key}": value for key, value in queries.scores_of(review).items()}
    data["version"] = review.version if review else 0
    if review:
        data |= {"comment_to_panel": review.comment_to_panel, "comment_to_applicant": review.comment_to_applicant}
    return review_form(assignment.application.call.criteria, formdata, **data)


def _review_page(assignment: Any, form: Any, reasons: Any = (), answer: AnswerForm | None = None) -> str:
    accepted = assignment.status != AssignmentStatus.invited
    others = queries.others_reviews(assignment) if policy.may_see_other_reviews(assignment) else None
    criteria = list(assignment.application.call.criteria)
    return render_template(
        "reviews/detail.html", assignment=assignment, application=assignment.application, form=form, reasons=reasons,
        answer=answer or AnswerForm(), events=ASSIGNMENT.available(assignment, current_user), others=others,
        members=[] if accepted else queries.member_organisations(assignment.application_id), criteria=criteria,
        dossier=applications.dossier(assignment.application) if accepted else None, labels=_labels(),
    )  # fmt: skip


def _labels() -> dict[str, Any]:
    return {transition.event: transition.label for transition in ASSIGNMENT.transitions}


@bp.post("/reviews/<int:assignment_id>/answer/<any(accept,decline,conflict):event>")
@access(reviewer)
def answer(assignment_id: int, event: str) -> Answer | tuple[str, int]:
    assignment = queries.get_for(current_user, assignment_id, lock=True) or abort(404)
    form = AnswerForm(request.form)
    if not form.validate():
        return _review_page(assignment, _filled(assignment), answer=form), 422
    try:
        operations.answer(assignment, event, current_user, form.reason.data or "")
    except Refused as refusal:
        form.refuse("reason", refusal.reasons[0].message)
        return _review_page(assignment, _filled(assignment), answer=form), 422
    flash(_("Thank you. Your answer is recorded."))
    if event == "accept":
        return redirect(url_for("reviews.detail", assignment_id=assignment_id), 303)
    return redirect(url_for("reviews.mine"), 303)


@bp.post("/reviews/<int:assignment_id>")
@access(reviewer)
def save(assignment_id: int) -> Answer | tuple[str, int]:
    assignment = queries.get_for(current_user, assignment_id, lock=True) or abort(404)
    form = _filled(assignment, request.form)
    if not form.validate():
        return _review_page(assignment, form), 422
    scores = {c.id: form[f"score-{c.id}"].data for c in assignment.application.call.criteria}
    operations.save(
        assignment, scores, form.comment_to_panel.data or "", form.comment_to_applicant.data or "",
        form.version.data or 0, current_user,
    )  # fmt: skip
    if "submit" not in request.form:
        flash(_("Draft saved. Nobody else sees it yet."))
        return redirect(url_for("reviews.detail", assignment_id=assignment_id), 303)
    try:
        operations.submit(assignment, current_user)
    except Refused as refusal:
        return _review_page(assignment, form, refusal.reasons), 422
    flash(_("Your review is submitted. You can now see the other submitted reviews."))
    return redirect(url_for("reviews.detail", assignment_id=assignment_id), 303)


@bp.get("/reviews/<int:assignment_id>/files/<int:attachment_id>")
@access(reviewer)
def attachment(assignment_id: int, attachment_id: int) -> Response:
    assignment = queries.get_for(current_user, assignment_id) or abort(404)
    if assignment.status == AssignmentStatus.invited:
        abort(404)
    found = applications.attachment(assignment.application_id, attachment_id) or abort(404)
    return downloads.send(found.file)


@bp.get("/reviews/interests")
@access(reviewer)
def interests() -> str:
    return _interests_page(InterestForm())


def _interests_page(form: InterestForm) -> str:
    return render_template("reviews/interests.html", form=form, interests=queries.interests_of(current_user.id))


@bp.post("/reviews/interests")
@access(reviewer)
def declare() -> Answer | tuple[str, int]:
    form = InterestForm(request.form)
    if not form.validate():
        return _interests_page(form), 422
    organisation = queries.find_organisation(form.organisation.data)
    if organisation is None:
        form.refuse("organisation", _("No organisation of the register has this number or name."))
        return _interests_page(form), 422
    try:
        operations.declare_interest(current_user, organisation, form.kind.data, form.note.data or "")
    except Refused as refusal:
        form.refuse("organisation", refusal.reasons[0].message)
        return _interests_page(form), 422
    flash(_("Declared. Assignments that it touches have ended."))
    return redirect(url_for("reviews.interests"), 303)


# Officers


@bp.get("/officer/applications/<int:application_id>/reviews")
@access(staff)
def panel(application_id: int) -> str:
    application = applications.get_for(current_user, application_id) or abort(404)
    return _panel_page(application, AssignForm())


def _panel_page(application: Any, form: AssignForm) -> str:
    found = queries.candidates(application.id)
    free = [c for c in found if c.assignment is None and not c.conflicts]
    form.reviewer_id.offer([("", ""), *((str(c.reviewer.id), f"{c.reviewer.name} ({c.load})") for c in free)])
    return render_template(
        "reviews/panel.html", application=application, candidates=found, form=form,
        assignments=queries.of_application(application.id), criteria=queries.criteria_of(application.call_id),
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/reviews")
@access(officer)
def assign(application_id: int) -> Answer | tuple[str, int]:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    form = AssignForm(request.form)
    people = {str(c.reviewer.id): c.reviewer for c in queries.candidates(application.id)}
    form.reviewer_id.offer((key, person.name) for key, person in people.items())
    if not form.validate():
        return _panel_page(application, form), 422
    try:
        operations.assign(application, people[form.reviewer_id.data], form.due_on.data, current_user)
    except Refused as refusal:
        form.refuse(refusal.reasons[0].where or "reviewer_id", refusal.reasons[0].message)
        return _panel_page(application, form), 422
    flash(_("The reviewer is asked by mail."))
    return redirect(url_for("reviews.panel", application_id=application_id), 303)


@bp.post("/officer/assignments/<int:assignment_id>/<any(reopen,conflict):event>")
@access(officer)
def officer_event(assignment_id: int, event: str) -> Answer:
    assignment = queries.officer_assignment(assignment_id) or abort(404)
    form = ReasonForm(request.form)
    reason = form.reason.data if form.validate() else ""
    if event == "reopen":
        operations.reopen(assignment, current_user, reason or "")
    else:
        operations.answer(assignment, "conflict", current_user, reason or "")
    return redirect(url_for("reviews.panel", application_id=assignment.application_id), 303)


@bp.get("/officer/decisions")
@access(staff)
def decisions() -> str:
    lines = queries.calls_in_review()
    return render_template("reviews/decisions.html", lines=lines, state=call_policy.state, instant=now())


@bp.get("/officer/calls/<int:call_id>/ranking")
@access(staff)
def ranking(call_id: int) -> str:
    call = calls.get(call_id) or abort(404)
    return render_template(
        "reviews/ranking.html", call=call, lines=queries.ranking(call), undecided=queries.undecided(call_id),
        staged=queries.staged_decisions(call_id),
    )  # fmt: skip


@bp.get("/officer/applications/<int:application_id>/decision")
@access(staff)
def decision(application_id: int) -> str:
    application = applications.get_for(current_user, application_id) or abort(404)
    found = queries.decision_of(application_id)
    values: dict[str, Any] = {"version": 0, "amount_yen": application.total_yen}
    if found:
        values = {name: getattr(found, name) for name in ("version", "amount_yen", "conditions", "reason", "remarks")}
        values["outcome"] = found.outcome.value
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
        comments=queries.comments_to_applicant(application_id),
        steps=call_policy.next_steps(application.call, found.outcome.value),
    )  # fmt: skip

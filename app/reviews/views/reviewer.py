"""Pages of reviewers."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.applications import queries as applications
from app.core import downloads
from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.reviews import operations, policy, queries
from app.reviews.choices import AssignmentStatus
from app.reviews.forms import AnswerForm, review_form
from app.reviews.views import bp
from app.reviews.workflow import ASSIGNMENT

reviewer, officer, staff = role("reviewer"), role("officer"), role("officer", "auditor")


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

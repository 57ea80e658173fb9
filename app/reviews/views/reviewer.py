"""Pages of reviewers."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries as applications
from app.applications.parts import seen_versions
from app.core import downloads
from app.core.access import access, role
from app.core.errors import Reason, Refused
from app.core.http import after_reading, arrived_at
from app.core.i18n import Bilingual, _, locale
from app.reviewers import operations as pool
from app.reviewers import queries as ties
from app.reviewers.choices import ReadWhat
from app.reviews import operations, policy, queries
from app.reviews.choices import AssignmentStatus
from app.reviews.definitions import sheets
from app.reviews.forms import AnswerForm, ChangeForm, review_form, sent
from app.reviews.views import bp
from app.reviews.workflow import ASSIGNMENT

reviewer = role("reviewer")


@bp.get("/reviews")
@access(reviewer)
def mine() -> str:
    return _mine()


def _mine(reasons: Any = ()) -> str:
    assignments = queries.assignments_of(current_user)
    closed = queries.closed_to(current_user, assignments)
    asked = queries.requests_among(assignments, closed)
    holding = queries.phases_at({a.application.call_id for a in asked}, arrived_at())
    return render_template(
        "reviews/mine.html", assignments=assignments, closed=closed,
        titles=queries.titles(assignments, arrived_at()), asked=asked, reasons=reasons,
        members=queries.members_of({a.application_id for a in asked if not holding[a.application.call_id].blind}),
        years=ties.CONFLICT_YEARS,
    )  # fmt: skip


@bp.post("/reviews/accept")
@access(reviewer)
def accept_several() -> ResponseReturnValue:
    """Accept the ticked requests as one act: all of them, or none with the reason."""
    which = [int(key) for key in request.form.getlist("which") if key.isdecimal() and len(key) < 10]
    if not which:
        none = Bilingual("Tick the requests that you accept.", "受諾する依頼を選択してください。")
        return _mine([Reason("nothing-ticked", none, "requests")]), 422
    for key in which:
        operations.answer(load(key, lock=True), "accept", current_user)
    flash(_("Thank you. Your answer is recorded."))
    return redirect(url_for("reviews.mine"), 303)


def load(assignment_id: int, *, lock: bool = False) -> Any:
    return queries.get_for(current_user, assignment_id, lock=lock) or abort(404)


@bp.get("/reviews/<int:assignment_id>")
@access(reviewer)
def detail(assignment_id: int) -> str:
    assignment = load(assignment_id)
    phase = queries.phase_of(assignment.application.call, arrived_at())
    if policy.may_see_proposal(assignment, phase):
        note_reading(assignment, ReadWhat.proposal)
    if policy.may_see_other_reviews(assignment, phase):
        note_reading(assignment, ReadWhat.reviews)
    return review_page(assignment, filled(assignment))


def note_reading(assignment: Any, what: ReadWhat) -> None:
    """The record of what was read stays when a conflict ends the access (reliability B19)."""
    application_id, user_id = assignment.application_id, assignment.reviewer_id
    after_reading(lambda: pool.note_read(application_id, user_id, what))


def filled(assignment: Any, formdata: Any = None) -> Any:
    """The sheet with what is stored, or with what was sent; fields that were not sent stay as stored."""
    review, criteria = assignment.review, assignment.application.call.criteria
    return review_form(
        criteria, formdata, version=review.version if review else 0, **sheets.texts(criteria, review)
    )  # fmt: skip


def review_page(
    assignment: Any, form: Any, reasons: Any = (), answer: AnswerForm | None = None, change: ChangeForm | None = None
) -> str:
    application, phase = assignment.application, queries.phase_of(assignment.application.call, arrived_at())
    others = queries.others_reviews(assignment) if policy.may_see_other_reviews(assignment, phase) else None
    invited = assignment.status == AssignmentStatus.invited
    blot = queries.blind.redactors([application.id])[application.id] if phase.blind else None
    return render_template(
        "reviews/detail.html", assignment=assignment, application=application, phase=phase,
        title=blot(str(application.title)) if blot else application.title,
        form=form, reasons=reasons, criteria=list(application.call.criteria),
        answer=answer or AnswerForm(), labels=_labels(), events=ASSIGNMENT.available(assignment, current_user),
        writes=policy.may_write(current_user, assignment, phase),
        change=(change or ChangeForm()) if policy.may_change_scores(current_user, assignment, phase) else None,
        following=_following() if assignment.status == AssignmentStatus.submitted else None,
        others=others, blot=blot, years=ties.CONFLICT_YEARS,
        mean=queries.mean_of(application.id) if policy.may_see_means(assignment, phase) else None,
        members=queries.members_of([application.id])[application.id] if invited and not phase.blind else [],
        **(_proposal(assignment, blot) if policy.may_see_proposal(assignment, phase) else {}),
    )  # fmt: skip


def _following() -> Any:
    """What this reviewer has accepted and not sent yet, the most urgent first."""
    return next((a for a in queries.waiting_for(current_user) if a.status == AssignmentStatus.accepted), None)


def _proposal(assignment: Any, blot: Any) -> dict[str, Any]:
    """The proposal as this reviewer may read it: whole, or without names and with few files."""
    dossier = applications.dossier(assignment.application)
    if blot is None:
        return {"dossier": dossier}
    given = queries.blind.given(dossier, blot)
    copy = queries.blind.made_copy(assignment.application_id, locale(), queries.blind.digest(given))
    files = [
        (document.name, row.id)
        for document in dossier.documents
        if (row := dossier.attachments.get(document.id)) and policy.is_open_to_blind(row)
    ]
    return {"given": given, "copy": copy, "files": files}


def _labels() -> dict[str, Any]:
    return {transition.event: transition.label for transition in ASSIGNMENT.transitions}


@bp.post("/reviews/<int:assignment_id>/answer/<any(accept,decline,conflict):event>")
@access(reviewer)
def answer(assignment_id: int, event: str) -> ResponseReturnValue:
    assignment = load(assignment_id, lock=True)
    form = AnswerForm(request.form)
    if not form.validate():
        return review_page(assignment, filled(assignment), answer=form), 422
    try:
        operations.answer(assignment, event, current_user, form.reason.data or "")
    except Refused as refusal:
        form.refuse("reason", refusal.reasons[0].message)
        return review_page(assignment, filled(assignment), answer=form), 422
    flash(_("Thank you. Your answer is recorded."))
    if event == "accept":
        return redirect(url_for("reviews.detail", assignment_id=assignment_id), 303)
    return redirect(url_for("reviews.mine"), 303)


@bp.post("/reviews/<int:assignment_id>")
@access(reviewer)
def save(assignment_id: int) -> ResponseReturnValue:
    """The plain save button, and sending: merged with what another window stored meanwhile, or both shown."""
    assignment = load(assignment_id, lock=True)
    form = filled(assignment, request.form)
    if not form.validate():
        return review_page(assignment, form), 422
    typed = {name: text for name, text in form.texts().items() if name in request.form}
    try:
        saved = operations.save_fields(
            assignment, typed, form.version.data or 0, seen_versions(request.form.get("seen")),
            actor=current_user, arrived=arrived_at(),
        )  # fmt: skip
        if saved.conflicts:
            return review_page(assignment, contested(assignment, saved)), 409
        if "submit" in request.form:
            operations.submit(assignment, current_user, arrived=arrived_at())
    except Refused as refusal:
        return review_page(assignment, form, refusal.reasons), 422
    flash(
        _("Your review is submitted.") if "submit" in request.form else _("Draft saved. Nobody else sees it yet.")
    )  # fmt: skip
    return redirect(url_for("reviews.detail", assignment_id=assignment_id), 303)


def contested(assignment: Any, saved: operations.Saved) -> Any:
    """The sheet as typed, each field in conflict carrying what is stored and since when."""
    version = assignment.review.version if assignment.review else 0
    form = filled(assignment, sent(saved.outcome.values, version))
    form.validate()
    for name, conflict in saved.conflicts.items():
        by = {"name": _("you, in another window"), "at": saved.since[name]} if name in saved.since else None
        form[name].conflict = {"theirs": conflict.theirs, "by": by}
    return form


@bp.post("/reviews/<int:assignment_id>/scores")
@access(reviewer)
def change_scores(assignment_id: int) -> ResponseReturnValue:
    """Change scores that were sent, in a phase that lets one."""
    assignment = load(assignment_id, lock=True)
    form, change = filled(assignment, request.form), ChangeForm(request.form)
    valid, told = form.validate(), change.validate()
    if not (valid and told):
        return review_page(assignment, form, change=change), 422
    scores = {c.id: form[sheets.score_field(c.id)].data for c in assignment.application.call.criteria}
    try:
        operations.change_scores(
            assignment, {key: value for key, value in scores.items() if value is not None}, change.reason.data or "",
            form.version.data or 0, current_user, arrived=arrived_at(),
        )  # fmt: skip
    except Refused as refusal:
        return review_page(assignment, form, refusal.reasons, change=change), 422
    flash(_("Your scores are changed; the earlier ones are kept."))
    return redirect(url_for("reviews.detail", assignment_id=assignment_id), 303)


@bp.get("/reviews/<int:assignment_id>/files/<int:attachment_id>")
@access(reviewer)
def attachment(assignment_id: int, attachment_id: int) -> ResponseReturnValue:
    """A file of the proposal. Blind: only what the office marked as telling no names, under a name of ours."""
    assignment = load(assignment_id)
    phase = queries.phase_of(assignment.application.call, arrived_at())
    if not policy.may_see_proposal(assignment, phase):
        abort(404)
    found = applications.attachment(assignment.application_id, attachment_id) or abort(404)
    if phase.blind and not policy.is_open_to_blind(found):
        abort(404)
    note_reading(assignment, ReadWhat.file)
    if phase.blind:
        name = f"{assignment.application.number}-{found.document.code}.pdf"
        return downloads.send_as(found.file, name, operations.blind.without_metadata)
    return downloads.send(found.file)

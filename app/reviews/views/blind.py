"""While names are hidden: the printed copy for reviewers, and what officers have blotted out."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries as applications
from app.core import downloads
from app.core.access import access, role
from app.core.errors import Refused
from app.core.http import arrived_at
from app.core.i18n import _, locale
from app.reviewers.choices import ReadWhat
from app.reviews import operations, policy, queries
from app.reviews.forms import WordForm
from app.reviews.views import bp
from app.reviews.views.reviewer import load, note_reading, reviewer

officer, staff = role("officer"), role("officer", "auditor")


def _blind(assignment_id: int, *, lock: bool = False) -> Any:
    """An assignment whose proposal is read blind now."""
    assignment = load(assignment_id, lock=lock)
    phase = queries.phase_of(assignment.application.call, arrived_at())
    if not phase.blind or not policy.may_see_proposal(assignment, phase):
        abort(404)
    return assignment


@bp.get("/reviews/<int:assignment_id>/copy.pdf")
@access(reviewer)
def given_copy(assignment_id: int) -> ResponseReturnValue:
    """The printed copy of exactly what the page shows."""
    assignment = _blind(assignment_id)
    _content, sha256 = queries.blind.copy_of(assignment.application_id, locale())
    found = queries.blind.made_copy(assignment.application_id, locale(), sha256) or abort(404)
    if found.document.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    note_reading(assignment, ReadWhat.proposal)
    return downloads.send(found.document.file)


@bp.post("/reviews/<int:assignment_id>/copy")
@access(reviewer)
def order_copy(assignment_id: int) -> ResponseReturnValue:
    assignment = _blind(assignment_id, lock=True)
    operations.blind.order_copy(assignment.application, locale(), current_user)
    return redirect(url_for("reviews.given_copy", assignment_id=assignment_id), 303)


@bp.get("/officer/applications/<int:application_id>/blind")
@access(staff)
def blind_preview(application_id: int) -> str:
    """What blind reviewers would read, for the officer to look through."""
    return _preview(application_id, WordForm())


def _preview(application_id: int, form: WordForm) -> str:
    application = applications.get_for(current_user, application_id) or abort(404)
    given, _sha256 = queries.blind.copy_of(application.id, locale())
    return render_template(
        "reviews/blind.html", application=application, given=given, words=queries.blind.words(application.id),
        form=form, files=[], assignment=None,
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/blind")
@access(officer)
def add_blind_word(application_id: int) -> ResponseReturnValue:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    form = WordForm(request.form)
    if form.validate():
        try:
            operations.blind.add_word(application, form.word.data, current_user)
            flash(_("The word is blotted out from now on, in new copies too."))
            return redirect(url_for("reviews.blind_preview", application_id=application_id), 303)
        except Refused as refusal:
            form.refuse("word", refusal.reasons[0].message)
    return _preview(application_id, form), 422


@bp.post("/officer/applications/<int:application_id>/blind/<int:word_id>/remove")
@access(officer)
def remove_blind_word(application_id: int, word_id: int) -> ResponseReturnValue:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    row = queries.blind.word(application.id, word_id) or abort(404)
    operations.blind.remove_word(application, row, current_user)
    return redirect(url_for("reviews.blind_preview", application_id=application_id), 303)

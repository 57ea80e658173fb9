"""The applicants' answer to their reviews: for the consortium, and for those who read it afterwards."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused, Stale
from app.core.http import arrived_at
from app.core.i18n import _
from app.panels import operations, queries
from app.panels.forms import answers_form
from app.panels.operations.answering import LIMIT
from app.panels.views import bp

applicant, readers = role("applicant"), role("reviewer", "officer", "auditor")


def _answering(application_id: int, *, lock: bool = False) -> Any:
    return queries.answers.for_consortium(current_user, application_id, arrived_at(), lock=lock) or abort(404)


def _form(found: Any, formdata: Any = None) -> Any:
    stored = found.stored
    texts = {comment.key: stored.get(comment.review_id, "") for comment in found.comments}
    return answers_form(texts, formdata, overall=found.rebuttal.overall if found.rebuttal else "")


@bp.get("/applications/<int:application_id>/answer-to-reviews")
@access(applicant)
def answer(application_id: int) -> str:
    found = _answering(application_id)
    return _page(found, _form(found))


def _page(found: Any, form: Any, reasons: Any = ()) -> str:
    return render_template("panels/answer.html", found=found, form=form, reasons=reasons, limit=LIMIT)


@bp.post("/applications/<int:application_id>/answer-to-reviews")
@access(applicant)
def save_answer(application_id: int) -> ResponseReturnValue:
    """Save the draft, or save and send it."""
    found = _answering(application_id, lock=True)
    form = _form(found, request.form)
    if not form.validate():
        return _page(found, form), 422
    try:
        row = operations.answering.save(
            found, form.overall.data or "", form.texts(), form.version.data or 0, current_user
        )  # fmt: skip
        if "send" in request.form:
            operations.answering.send(found, row, arrived_at(), current_user)
    except Refused as refusal:
        return _page(found, form, refusal.reasons), 422
    except Stale as stale:
        raise Stale(stale.mine, stale.theirs, request.path) from None
    flash(_("The answer is sent.") if "send" in request.form else _("Draft saved. Only your consortium sees it."))
    return redirect(url_for("panels.answer", application_id=application_id), 303)


@bp.get("/panel/applications/<int:application_id>/answer")
@access(readers)
def answer_beside(application_id: int) -> str:
    """The answer beside the comments, for reviewers and the office."""
    found = queries.answers.beside(current_user, application_id, arrived_at()) or abort(404)
    return render_template("panels/answer_beside.html", found=found)

"""Pages of threads. Reviewers have none: what is said here must not colour a review."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.correspondence import operations, queries
from app.correspondence.choices import Side
from app.correspondence.forms import MessageForm

bp = Blueprint("correspondence", __name__)


@bp.get("/applications/<int:application_id>/messages")
@access(role("applicant", "officer", "auditor"))
def thread(application_id: int) -> str:
    found = queries.thread_for(current_user, application_id) or abort(404)
    return _page(found, MessageForm())


def _page(found: queries.Thread, form: MessageForm) -> str:
    read = queries.reading(current_user.id, found.application_id)
    return render_template(
        "correspondence/thread.html", thread=found, form=form, read_to=read.last_read_id if read else 0,
        page=queries.messages(found.application_id, request.args.get("after"), request.args.get("before")),
        names=_names_shown(found),
    )  # fmt: skip


def _names_shown(found: queries.Thread) -> Any:
    """To the consortium every officer is the programme office; the office reads names."""
    return {Side.consortium} if found.side is Side.consortium else set(Side)


@bp.post("/applications/<int:application_id>/messages")
@access(role("applicant", "officer"))
def write(application_id: int) -> ResponseReturnValue:
    found = queries.thread_for(current_user, application_id) or abort(404)
    form = MessageForm(request.form)
    if form.validate():
        try:
            operations.write(found, form.text.data, actor=current_user)
        except Refused as refusal:
            form.refuse("text", refusal.reasons[0].message)
    if form.errors:
        return _page(found, form), 422
    flash(_("The message is sent."))
    return redirect(url_for("correspondence.thread", application_id=application_id), 303)


@bp.post("/applications/<int:application_id>/messages/read")
@access(role("applicant", "officer", "auditor"))
def mark_read(application_id: int) -> ResponseReturnValue:
    found = queries.thread_for(current_user, application_id) or abort(404)
    operations.note_read(found, actor=current_user)
    return redirect(url_for("correspondence.thread", application_id=application_id), 303)


@bp.get("/officer/messages")
@access(role("officer", "auditor"))
def waiting() -> str:
    page = queries.waiting_threads(current_user, request.args.get("after"), request.args.get("before"))
    return render_template("correspondence/waiting.html", page=page)

"""Minutes: for the office only. Applicants and reviewers never read them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core import downloads
from app.core.access import access, role
from app.core.errors import Refused
from app.core.http import arrived_at
from app.core.i18n import _, locale
from app.panels import operations, policy, queries
from app.panels.choices import ItemStatus, Recommendation
from app.panels.forms import MinutesForm, VersionForm
from app.panels.operations.recording import MinutesValues
from app.panels.views import bp
from app.panels.views.planning import load
from app.reviews import queries as reviews

officer, staff = role("officer"), role("officer", "auditor")


def _item(meeting: Any, item_id: int, *, lock: bool = False) -> Any:
    return queries.meetings.item_for(current_user, meeting, item_id, lock=lock) or abort(404)


@bp.get("/officer/meetings/<int:meeting_id>/items/<int:item_id>/minutes")
@access(staff)
def item_minutes(meeting_id: int, item_id: int) -> str:
    meeting = load(meeting_id)
    item = _item(meeting, item_id)
    return _page(meeting, item, MinutesForm(obj=queries.minutes.of_item(item.id)))


def _page(meeting: Any, item: Any, form: MinutesForm, reasons: Any = ()) -> str:
    phase = reviews.phase_of(meeting.call, arrived_at())
    return render_template(
        "panels/minutes.html", meeting=meeting, item=item, form=form, reasons=reasons,
        minutes=queries.minutes.of_items([item.id]).get(item.id),
        room=queries.minutes.attendance([item.id])[item.id],
        changes=queries.minutes.changes(current_user, item.application_id, meeting.call_id, phase),
        writes=policy.is_officer(current_user, item) and item.status in (ItemStatus.discussing, ItemStatus.done),
        signs=item.status is ItemStatus.done and policy.may_sign(current_user, item),
    )  # fmt: skip


@bp.post("/officer/meetings/<int:meeting_id>/items/<int:item_id>/minutes")
@access(officer)
def save_minutes(meeting_id: int, item_id: int) -> ResponseReturnValue:
    meeting = load(meeting_id)
    item, form = _item(meeting, item_id, lock=True), MinutesForm(request.form)
    reasons: Any = ()
    if form.validate():
        values = MinutesValues(
            form.text.data, Recommendation(form.recommendation.data), form.amount_yen.data,
            frozenset(request.form.getlist("in_room", type=int)),
        )  # fmt: skip
        try:
            operations.recording.write(item, values, form.version.data or 0, current_user)
            flash(_("The minutes are saved. Another officer signs them."))
            return redirect(url_for("panels.item_minutes", meeting_id=meeting_id, item_id=item_id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
    return _page(meeting, item, form, reasons), 422


@bp.post("/officer/meetings/<int:meeting_id>/items/<int:item_id>/minutes/sign")
@access(officer)
def sign_minutes(meeting_id: int, item_id: int) -> ResponseReturnValue:
    meeting = load(meeting_id)
    item, form = _item(meeting, item_id, lock=True), VersionForm(request.form)
    operations.recording.sign(item, (form.version.data or 0) if form.validate() else 0, current_user)
    flash(_("The minutes are signed."))
    return redirect(url_for("panels.item_minutes", meeting_id=meeting_id, item_id=item_id), 303)


@bp.post("/officer/meetings/<int:meeting_id>/minutes")
@access(officer)
def print_minutes(meeting_id: int) -> ResponseReturnValue:
    row = operations.recording.print_minutes(load(meeting_id), locale(), current_user)
    return redirect(url_for("panels.minutes_copy", meeting_id=meeting_id, document_id=row.document_id), 303)


@bp.get("/officer/meetings/<int:meeting_id>/minutes/<int:document_id>")
@access(staff)
def minutes_copy(meeting_id: int, document_id: int) -> ResponseReturnValue:
    """The printed minutes, for readers who are recused from nothing of which they tell."""
    load(meeting_id)
    row = queries.minutes.copy(current_user, meeting_id, document_id) or abort(404)
    if row.document.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    return downloads.send(row.document.file)

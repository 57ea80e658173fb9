"""A meeting while it is held: what is discussed now, who has to leave; the officer leads through it."""

import hashlib
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.fiscal import jst
from app.core.http import arrived_at, let_go
from app.panels import operations, policy, queries
from app.panels.forms import VersionForm
from app.panels.views import bp
from app.panels.views.planning import load
from app.reviews import queries as reviews

everybody, officer = role("reviewer", "officer", "auditor"), role("officer")


@bp.get("/panel/meetings/<int:meeting_id>")
@access(everybody)
def meeting(meeting_id: int) -> str:
    return _page(load(meeting_id))


def _page(row: Any, reasons: Any = ()) -> str:
    room = queries.meetings.room(current_user, row, arrived_at())
    seen = policy.may_read_moves(current_user, row) and room.present
    return render_template(
        "panels/meeting.html", meeting=row, room=room, mark=_mark(room), reasons=reasons, clock=jst,
        moves=queries.meetings.moves(current_user, row, arrived_at())[:3] if seen else None,
    )  # fmt: skip


def _mark(room: Any) -> str:
    """Changes with what this reader sees, and with nothing else."""
    seen = [str(room.meeting.began_at), str(room.meeting.ended_at), str(room.present), f"{room.back_at:%H:%M}" if room.back_at else ""]  # fmt: skip
    for slot in room.slots:
        item = f"{slot.item.id} {slot.item.application.number}" if slot.item else "-"
        seen.append(f"{item} {slot.status.value} {slot.begins:%H:%M} {slot.ends:%H:%M}")
    if queries.meetings.is_office(current_user):
        seen.append(str(room.meeting.version))
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


@bp.get("/panel/meetings/<int:meeting_id>/state")
@access(everybody)
def meeting_state(meeting_id: int) -> dict[str, Any]:
    """What the page asks for every few seconds: has anything changed for this reader?"""
    row = load(meeting_id)
    room = queries.meetings.room(current_user, row, arrived_at())
    return {"mark": _mark(room), "over": row.ended_at is not None}


@bp.post("/officer/meetings/<int:meeting_id>/<any(start,next,postpone,back,end):event>")
@access(officer)
def drive_meeting(meeting_id: int, event: str) -> ResponseReturnValue:
    row, form = load(meeting_id, lock=True), VersionForm(request.form)
    try:
        operations.driving.drive(row, event, (form.version.data or 0) if form.validate() else 0, current_user)
    except Refused as refusal:
        flash(str(refusal.reasons[0]), "error")
        return _refused(meeting_id)
    return redirect(url_for("panels.meeting", meeting_id=meeting_id), 303)


def _refused(meeting_id: int) -> ResponseReturnValue:
    let_go()  # what was begun is undone; the page shows what is stored
    return _page(load(meeting_id)), 422


@bp.get("/panel/meetings/<int:meeting_id>/leaving")
@access(everybody)
def leaving(meeting_id: int) -> str:
    """The list of who has to leave and who comes back, to be printed: for the office and the chair."""
    row = load(meeting_id)
    present = queries.meetings.room(current_user, row, arrived_at()).present
    if not (policy.may_read_moves(current_user, row) and present):
        abort(404)
    return render_template(
        "panels/leaving.html", meeting=row, moves=queries.meetings.moves(current_user, row, arrived_at()), clock=jst
    )  # fmt: skip


@bp.get("/panel/meetings/<int:meeting_id>/items/<int:item_id>")
@access(everybody)
def meeting_item(meeting_id: int, item_id: int) -> str:
    """An item for those who may hear of it: scores that were changed, and where to go on."""
    row = load(meeting_id)
    if not queries.meetings.room(current_user, row, arrived_at()).present:
        abort(404)
    item = queries.meetings.item_for(current_user, row, item_id, in_room=True) or abort(404)
    phase = reviews.phase_of(row.call, arrived_at())
    return render_template(
        "panels/item.html", meeting=row, item=item, phase=phase,
        title=queries.meetings.titles_for(current_user, row, [item], arrived_at())[item.application_id],
        changes=queries.minutes.changes(current_user, item.application_id, row.call_id, phase),
        assignment=queries.people.assignment_of(current_user.id, item.application_id),
        talks=queries.discussions.thread_for(current_user, item.application_id, arrived_at()) is not None,
    )  # fmt: skip

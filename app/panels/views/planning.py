"""The officer's pages of meetings: planning one, its agenda, who takes part."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.calls import queries as calls
from app.core.access import access, role
from app.core.errors import Refused
from app.core.fiscal import jst
from app.core.http import arrived_at
from app.core.i18n import _
from app.panels import operations, queries
from app.panels.forms import MeetingForm, NamesForm, NumbersForm, PlanForm, TimeForm, VersionForm
from app.panels.operations.planning import MINUTES, MOST, MeetingValues
from app.panels.views import bp

officer, staff = role("officer"), role("officer", "auditor")


def _call(call_id: int) -> Any:
    return calls.get_for(current_user, call_id) or abort(404)


def load(meeting_id: int, *, lock: bool = False) -> Any:
    return queries.meetings.get_for(current_user, meeting_id, lock=lock) or abort(404)


def _people(call_id: int, form: Any) -> Any:
    people = queries.people.members_of(call_id)
    form.chair_id.offer([("", _("Nobody")), *((str(person.id), person.name) for person in people)])
    return people


def _values(form: Any) -> MeetingValues:
    chair = form.chair_id.data
    return MeetingValues(form.starts_at.data, form.place.data or "", int(chair) if chair else None)


@bp.get("/officer/calls/<int:call_id>/meetings")
@access(staff)
def meetings(call_id: int) -> str:
    return _list_page(_call(call_id), PlanForm(data={"minutes": MINUTES}))


def _list_page(call: Any, form: PlanForm, reasons: Any = ()) -> str:
    people = _people(call.id, form)
    names = NamesForm(data={"names_shown": queries.people.names_shown(call.id)})
    return render_template(
        "panels/meetings.html", call=call, form=form, names=names, reasons=reasons, people=people, most=MOST,
        meetings=queries.meetings.of_call(call.id),
    )  # fmt: skip


@bp.post("/officer/calls/<int:call_id>/meetings")
@access(officer)
def plan_meeting(call_id: int) -> ResponseReturnValue:
    call, form = _call(call_id), PlanForm(request.form)
    _people(call.id, form)
    if not form.validate():
        return _list_page(call, form), 422
    try:
        row = operations.planning.plan(call, _values(form), form.minutes.data, current_user)
    except Refused as refusal:
        return _list_page(call, form, refusal.reasons), 422
    flash(_("The meeting is planned. Check its agenda."))
    return redirect(url_for("panels.agenda", meeting_id=row.id), 303)


@bp.post("/officer/calls/<int:call_id>/panel-names")
@access(officer)
def panel_names(call_id: int) -> ResponseReturnValue:
    """Whether the reviewers of this call read one another's names."""
    form = NamesForm(request.form)
    operations.discussing.show_names(_call(call_id), bool(form.names_shown.data), current_user)
    return redirect(url_for("panels.meetings", call_id=call_id), 303)


@bp.get("/officer/meetings/<int:meeting_id>")
@access(staff)
def agenda(meeting_id: int) -> str:
    meeting = load(meeting_id)
    return _agenda_page(meeting, MeetingForm(obj=meeting))


def _agenda_page(meeting: Any, form: Any, numbers: Any = None, reasons: Any = ()) -> str:
    people = _people(meeting.call_id, form)
    members = {member.user_id: member for member in meeting.members}
    room = queries.meetings.room(current_user, meeting, arrived_at(), planning=True)
    return render_template(
        "panels/agenda.html", meeting=meeting, form=form, numbers=numbers or NumbersForm(), reasons=reasons, room=room,
        people=[*people, *(m.user for key, m in members.items() if all(key != person.id for person in people))],
        members=members, moves=queries.meetings.moves(current_user, meeting, arrived_at()),
        copies=queries.minutes.copies(current_user, meeting.id), clock=jst,
    )  # fmt: skip


@bp.post("/officer/meetings/<int:meeting_id>")
@access(officer)
def edit_meeting(meeting_id: int) -> ResponseReturnValue:
    meeting, form = load(meeting_id, lock=True), MeetingForm(request.form)
    _people(meeting.call_id, form)
    if not form.validate():
        return _agenda_page(meeting, form), 422
    try:
        operations.planning.edit(meeting, _values(form), form.version.data or 0, current_user)
    except Refused as refusal:
        return _agenda_page(meeting, form, reasons=refusal.reasons), 422
    return redirect(url_for("panels.agenda", meeting_id=meeting_id), 303)


def _do(meeting_id: int, verb: Callable[[Any, int], Any]) -> ResponseReturnValue:
    """Do something to an agenda as it was looked at, and show it again."""
    meeting, form = load(meeting_id, lock=True), VersionForm(request.form)
    try:
        verb(meeting, (form.version.data or 0) if form.validate() else 0)
    except Refused as refusal:
        return _agenda_page(meeting, MeetingForm(obj=meeting), reasons=refusal.reasons), 422
    return redirect(url_for("panels.agenda", meeting_id=meeting_id) + "#agenda", 303)


@bp.post("/officer/meetings/<int:meeting_id>/members")
@access(officer)
def meeting_members(meeting_id: int) -> ResponseReturnValue:
    members, present = (request.form.getlist(name, type=int) for name in ("member", "present"))
    return _do(
        meeting_id,
        lambda meeting, version: operations.planning.set_members(meeting, members, present, version, current_user),
    )


@bp.post("/officer/meetings/<int:meeting_id>/arrange")
@access(officer)
def arrange_agenda(meeting_id: int) -> ResponseReturnValue:
    return _do(meeting_id, lambda meeting, version: operations.planning.arrange(meeting, version, current_user))


@bp.post("/officer/meetings/<int:meeting_id>/items")
@access(officer)
def add_items(meeting_id: int) -> ResponseReturnValue:
    meeting, form = load(meeting_id, lock=True), NumbersForm(request.form)
    if form.validate():
        try:
            operations.planning.add(meeting, form.numbers.data.split(), form.version.data or 0, current_user)
            return redirect(url_for("panels.agenda", meeting_id=meeting_id) + "#agenda", 303)
        except Refused as refusal:
            form.refuse("numbers", refusal.reasons[0].message)
    return _agenda_page(meeting, MeetingForm(obj=meeting), form), 422


def _item(meeting: Any, item_id: int) -> Any:
    return queries.meetings.item_for(current_user, meeting, item_id, lock=True) or abort(404)


@bp.post("/officer/meetings/<int:meeting_id>/items/<int:item_id>/<any(up,down,drop):event>")
@access(officer)
def move_item(meeting_id: int, item_id: int, event: str) -> ResponseReturnValue:
    def verb(meeting: Any, version: int) -> None:
        item = _item(meeting, item_id)
        if event == "drop":
            operations.planning.drop(meeting, item, version, current_user)
        else:
            operations.planning.move(meeting, item, -1 if event == "up" else 1, version, current_user)

    return _do(meeting_id, verb)


@bp.post("/officer/meetings/<int:meeting_id>/items/<int:item_id>/time")
@access(officer)
def item_time(meeting_id: int, item_id: int) -> ResponseReturnValue:
    form = TimeForm(request.form)
    if not form.validate():
        meeting = load(meeting_id)
        return _agenda_page(meeting, MeetingForm(obj=meeting), reasons=[error for _f, _l, error in form.reasons()]), 422
    return _do(
        meeting_id,
        lambda meeting, version: operations.planning.set_minutes(
            meeting, _item(meeting, item_id), form.minutes.data, version, current_user
        ),
    )

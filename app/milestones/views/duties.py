"""What is due of a person, as a page and as a calendar file."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core.access import access, anyone, role
from app.core.clock import today
from app.core.i18n import _, in_locale
from app.milestones import operations, queries
from app.milestones.definitions.duties import Duty, duties_of
from app.milestones.exports import calendar_file
from app.milestones.views import bp


@bp.get("/my-duties")
@access(role("applicant"))
def duties() -> str:
    """Everything that is due of the reader over all projects."""
    return render_template("milestones/duties.html", duties=duties_of(current_user), on=today())


@bp.get("/my-calendar")
@access(role("applicant"))
def calendar_page() -> str:
    return render_template("milestones/calendar.html", address=queries.address_of(current_user.id), token=None)


@bp.post("/my-calendar")
@access(role("applicant"))
def give_address() -> str:
    """Make an address and show it, this once."""
    token = operations.give_address(current_user)
    return render_template("milestones/calendar.html", address=queries.address_of(current_user.id), token=token)


@bp.post("/my-calendar/revoke")
@access(role("applicant"))
def take_address() -> Answer:
    operations.take_address(current_user)
    flash(_("Revoked. Calendar programs that still ask for it find nothing."))
    return redirect(url_for("milestones.calendar_page"), 303)


@bp.get("/calendar/<token>.ics")
@access(anyone)
def calendar(token: str) -> Answer:
    """The due dates of whoever holds the address, as they are this minute; nothing about anybody else."""
    address = queries.address_by(token) or abort(404)
    with in_locale(address.user.locale):
        data = calendar_file(duties_of(address.user), address.created_at, _address, _("Renkei due dates"))
    response = Response(data, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="renkei.ics"'
    response.add_etag()
    return response.make_conditional(request)


def _address(duty: Duty) -> Any:
    path = url_for(duty.endpoint, **duty.arguments)
    return f"{current_app.config['PUBLIC_URL']}{path}"

"""While scoring: one field saved after a pause. Answers JSON; the page works without it."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access
from app.core.clock import now
from app.core.errors import Forbidden, OutOfOrder, Refused
from app.core.http import arrived_at
from app.core.i18n import _, show_clock
from app.reviews import operations
from app.reviews.definitions import sheets
from app.reviews.forms import sent
from app.reviews.views import bp
from app.reviews.views.reviewer import filled, load, reviewer


def _no(status: int, kind: str, message: Any, **more: Any) -> ResponseReturnValue:
    return jsonify({"kind": kind, "message": str(message), **more}), status


@bp.post("/reviews/<int:assignment_id>/field")
@access(reviewer)
def save_field(assignment_id: int) -> ResponseReturnValue:
    """Save one field of a sheet: form data ``field``, ``value`` and ``version``.

    200 ``{"version", "value", "merged", "by"}``; 409 ``{"kind": "conflict", "theirs", "by", "version"}``;
    422 ``{"kind": "wrong" | "refused", "message"}``. Nothing is stored unless the answer is 200.
    """
    assignment = load(assignment_id, lock=True)
    name, version = request.form.get("field", ""), request.form.get("version", type=int) or 0
    form = filled(assignment, sent({name: request.form.get("value", "")}, version))
    if name == "version" or name not in form:
        return _no(422, "wrong", _("There is no such field in this part any more. Load the page again."))
    form.validate()
    if form[name].errors:
        return _no(422, "wrong", form[name].errors[0])
    try:
        saved = operations.save_fields(
            assignment, {name: form.texts()[name]}, version, {}, actor=current_user, arrived=arrived_at()
        )
    except Refused as refusal:
        return _no(422, "refused", " ".join(str(reason) for reason in refusal.reasons))
    except (OutOfOrder, Forbidden):
        return _no(422, "refused", _("This part can no longer be changed. What you typed stays in this browser."))
    return _answer(assignment, name, saved)


def _answer(assignment: Any, name: str, saved: operations.Saved) -> ResponseReturnValue:
    review = assignment.review
    version = review.version if review else 0
    at = saved.since.get(name)
    by = {"name": _("you, in another window"), "at": show_clock(at)} if at else None
    if name in saved.conflicts:
        message = _("You changed this field in another window.")
        return _no(409, "conflict", message, theirs=saved.conflicts[name].theirs, by=by, version=version)
    text = sheets.texts(assignment.application.call.criteria, review)[name]
    merged = name in saved.outcome.joined or name in saved.outcome.kept
    return jsonify({"version": version, "value": text, "merged": merged, "by": by, "saved_at": show_clock(now())})

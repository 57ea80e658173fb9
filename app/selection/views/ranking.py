"""The ranking of a round, raw and calibrated; its criteria and its reviewers."""

from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.selection import exports, operations, policy, queries
from app.selection.choices import Sorting
from app.selection.definitions.calibration import THIN
from app.selection.forms import CalibrationForm, RankingForm
from app.selection.views import bp

officer, staff = role("officer"), role("officer", "auditor")


def calibrated(call: Any, joint: bool) -> dict[str, Any]:
    """The last calibration as pages show it: usable only when finished and made from the reviews as they are now."""
    row = queries.latest(call.id) if joint else None
    made = row if row is not None and row.made_at else None
    fresh = made is not None and made.digest == queries.fingerprint(call.id)
    thin = made.summary["thin"] if made else None
    return {
        "calibration": made,
        "waiting": row is not None and not row.made_at,
        "fresh": fresh,
        "usable": made.id if made and fresh else None,
        "thin": THIN[thin].format(**made.summary["thin_values"]) if made and thin else None,
    }


def _zone(found: dict[str, Any]) -> dict[str, Any]:
    parameters = found["calibration"].parameters if found["calibration"] else {}
    return {
        "lower": parameters.get("lower_pct", 10) / 100,
        "upper": parameters.get("upper_pct", 90) / 100,
        "disagreement": parameters.get("disagreement", 100) / 100,
    }


@bp.get("/officer/calls/<int:call_id>/ranking")
@access(staff)
def ranking(call_id: int) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    asked = RankingForm(request.args)
    sort = Sorting(asked.sort.data) if asked.validate() and asked.sort.data else Sorting.raw
    joint = policy.may_see_joint(current_user, call.id)
    found = calibrated(call, joint)
    after, before = request.args.get("after"), request.args.get("before")
    page = render_template(
        "selection/ranking.html", call=call, sort=sort, joint=joint, **found, **_zone(found),
        page=queries.page(current_user, call, found["usable"], sort, after, before),
        whole=queries.distribution(current_user, call), release=queries.release_of(current_user, call.id),
    )  # fmt: skip
    answer = make_response(page)
    if found["waiting"]:
        answer.headers["Refresh"] = "5"
    return answer


@bp.get("/officer/calls/<int:call_id>/calibration")
@access(officer)
def calibration(call_id: int) -> str:
    """The form that asks for one; for officers from whom nothing of the round is kept."""
    call = queries.call_of(current_user, call_id) or abort(404)
    if not policy.may_see_joint(current_user, call_id):
        abort(404)
    last = calibrated(call, True)["calibration"]
    first = {**operations.Parameters().__dict__, "budget_yen": call.budget_yen}
    form = CalibrationForm(data=last.parameters if last else first)
    return render_template("selection/calibration.html", call=call, form=form)


@bp.post("/officer/calls/<int:call_id>/calibration")
@access(officer)
def calibrate(call_id: int) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    form = CalibrationForm(request.form)
    if form.validate():
        try:
            operations.ask_calibration(call, operations.Parameters(**form.data), current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "places", refusal.reasons[0].message)
    if form.errors:
        return render_template("selection/calibration.html", call=call, form=form), 422
    flash(_("The calibration is asked for. It decides nothing."))
    return redirect(url_for("selection.ranking", call_id=call_id, sort="adjusted"), 303)


@bp.post("/officer/calls/<int:call_id>/ranking/export")
@access(officer)
def export(call_id: int) -> Response:
    """A file leaves the house, so it is on the record with its number of lines: hence no GET."""
    call = queries.call_of(current_user, call_id) or abort(404)
    joint = policy.may_see_joint(current_user, call_id)
    lines = queries.export_lines(current_user, call, calibrated(call, joint)["usable"])
    operations.record_export(call, len(lines), current_user)
    headers = {"Content-Disposition": f'attachment; filename="ranking-{call_id}.csv"'}
    return Response(exports.ranking(lines, joint), mimetype="text/csv", headers=headers)


@bp.get("/officer/calls/<int:call_id>/ranking/criteria")
@access(staff)
def criteria(call_id: int) -> str:
    call = queries.call_of(current_user, call_id) or abort(404)
    return render_template(
        "selection/criteria.html",
        call=call,
        lines=queries.criteria(current_user, call_id),
        whole=queries.distribution(current_user, call),
    )


@bp.get("/officer/calls/<int:call_id>/ranking/reviewers")
@access(officer)
def reviewers(call_id: int) -> str:
    call = queries.call_of(current_user, call_id) or abort(404)
    joint = policy.may_see_joint(current_user, call_id)
    found = calibrated(call, joint)
    return render_template(
        "selection/reviewers.html", call=call, joint=joint, lines=queries.reviewers(call_id) if joint else (),
        severities=found["calibration"].summary["severities"] if found["fresh"] and not found["thin"] else {}, **found,
    )  # fmt: skip

"""The figures of a round as they are printed, with the records behind each."""

from flask import Response, abort, render_template, request
from flask_login import current_user

from app.core.access import access, role
from app.core.clock import now
from app.core.i18n import _, show_instant
from app.selection import exports, queries
from app.selection.definitions.rounds import FIGURES, RATE, total
from app.selection.views import bp

staff = role("officer", "auditor")


@bp.get("/officer/calls/<int:call_id>/figures")
@access(staff)
def figures(call_id: int) -> str:
    call = queries.call_of(current_user, call_id) or abort(404)
    found = queries.figures(current_user, call_id)
    return render_template(
        "selection/figures.html", call=call, found=found, total=total(g.count for g in found["frame"]),
        definitions=FIGURES, rate=RATE, as_of=now(),
    )  # fmt: skip


@bp.get("/officer/calls/<int:call_id>/figures.csv")
@access(staff)
def figures_csv(call_id: int) -> Response:
    call = queries.call_of(current_user, call_id) or abort(404)
    data = exports.figures(queries.figures(current_user, call_id), str(call.title), show_instant(now()))
    headers = {"Content-Disposition": f'attachment; filename="figures-{call_id}.csv"'}
    return Response(data, mimetype="text/csv", headers=headers)


@bp.get(
    "/officer/calls/<int:call_id>/figures/<any(all, frame, region, kind):by>/<any(applied, eligible, adopted):figure>"
)
@access(staff)
def records(call_id: int, by: str, figure: str) -> str:
    """The applications behind one printed number."""
    call = queries.call_of(current_user, call_id) or abort(404)
    page = queries.records(
        current_user, call_id, by, request.args.get("group", "")[:40], figure, request.args.get("after"),
        request.args.get("before"),
    )  # fmt: skip
    shown = next(f for f in FIGURES if f.key == figure)
    return render_template("selection/records.html", call=call, page=page, heading=shown.title, note=shown.definition)


@bp.get("/officer/calls/<int:call_id>/undecided")
@access(staff)
def undecided(call_id: int) -> str:
    """What still keeps the results from being released."""
    call = queries.call_of(current_user, call_id) or abort(404)
    page = queries.open_page(current_user, call_id, request.args.get("after"), request.args.get("before"))
    return render_template(
        "selection/records.html", call=call, page=page, heading=_("Without a confirmed decision"), note=None
    )

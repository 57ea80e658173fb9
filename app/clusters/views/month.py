"""A cluster's month for its manager: who came and went, what happened, how the counter stands, what to do next."""

from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clusters import operations, policy, queries
from app.clusters.choices import FigureKind
from app.clusters.forms import ReportForm
from app.clusters.queries.activities import Wanted
from app.clusters.queries.businesses import Wanted as WantedBusinesses
from app.clusters.views import bp
from app.clusters.views.reading import last_day, refuse
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _

seers, manager = role("officer", "auditor", "admin", "cluster_manager"), role("cluster_manager")


def _month_asked(newest: date) -> date:
    """The first day of the month asked for (2005-12), or of the newest there is."""
    try:
        return date.fromisoformat(request.args.get("month", "") + "-01")
    except ValueError:
        return newest.replace(day=1)


@bp.get("/clusters/<code>/month")
@access(seers)
def month(code: str) -> str:
    cluster = policy.for_records(current_user, code) or abort(404)
    last = last_day([cluster])
    newest = last or today()
    first = _month_asked(newest)
    after = (first + timedelta(days=31)).replace(day=1) if first.year < 9999 or first.month < 12 else date.max
    day = min(after - timedelta(days=1), newest)
    joined, left = queries.waiting.moved(cluster, first, after)
    rows = queries.figures.targets(cluster)
    wanted = WantedBusinesses(cluster.cluster_code, FigureKind.actual, None, first, after)
    return render_template(
        "clusters/month.html",
        cluster=cluster,
        first=first,
        until=after - timedelta(days=1),
        last=last,
        earlier=(first - timedelta(days=1)).replace(day=1) if first > date(1900, 2, 1) else None,
        later=after if after <= newest else None,
        joined=joined,
        left=left,
        count=queries.member_counts(day).get(cluster.id, 0),
        activities=queries.activities.page(Wanted(cluster.cluster_code, None, first, after), None, None).rows,
        businesses=queries.businesses.page(wanted, None, None).rows,
        paces=[(row, pace) for row, pace in queries.figures.paces(rows, day) if row.valid_from <= day < row.valid_to],
        reported=queries.waiting.reported(cluster),
        may_manage=policy.may_manage(current_user, cluster),
        may_record=policy.may_record(current_user, cluster),
        day=day,
    )


@bp.get("/clusters/<code>/members/report")
@access(manager)
def report(code: str) -> str:
    cluster = policy.for_manager(current_user, code) or abort(404)
    return render_template("clusters/report.html", cluster=cluster, form=ReportForm())


@bp.post("/clusters/<code>/members/report", endpoint="report_post")
@access(manager)
def report_post(code: str) -> ResponseReturnValue:
    cluster, form = policy.for_manager(current_user, code) or abort(404), ReportForm(request.form)
    if form.validate():
        try:
            operations.report_name(
                cluster, form.name.data, form.corporate_number.data or "", form.prefecture.data, form.valid_from.data,
                form.evidence.data or "", current_user,
            )  # fmt: skip
            flash(_("The name waits to be matched. It appears here as soon as somebody has done so."))
            return redirect(url_for("clusters.month", code=code, _anchor="waiting"), 303)
        except Refused as refusal:
            refuse(form, refusal, "name")
    return render_template("clusters/report.html", cluster=cluster, form=form), 422


@bp.post("/clusters/<code>/members/waiting/<int:waiting_id>/take-in")
@access(manager)
def take_in(code: str, waiting_id: int) -> ResponseReturnValue:
    cluster: Any = policy.for_manager(current_user, code) or abort(404)
    row = queries.waiting.one(cluster, waiting_id) or abort(404)
    operations.take_in(cluster, row, current_user)
    flash(_("The membership was added."))
    return redirect(url_for("clusters.month", code=code, _anchor="waiting"), 303)

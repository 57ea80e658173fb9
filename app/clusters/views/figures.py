"""Pages of targets with their pace, and of the published figures beside what our records give."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clusters import operations, policy, queries
from app.clusters.choices import PUBLISHED, FigureKind
from app.clusters.forms import ReasonForm, TargetForm
from app.clusters.operations.targets import TargetValues
from app.clusters.views import bp
from app.clusters.views.reading import day_asked, last_day, refuse
from app.core.access import access, role, signed_in
from app.core.errors import Refused
from app.core.i18n import _

recorder, officer, staff = role("officer", "cluster_manager"), role("officer"), role("officer", "auditor", "admin")


@bp.get("/cluster-targets")
@access(signed_in)
def targets() -> str:
    found = queries.listed()
    last = last_day(found)
    day, wrong = day_asked(last=last)
    rows = queries.figures.targets(every=True)
    return render_template(
        "clusters/targets.html",
        paces=queries.figures.paces(rows, day),
        others=[row for row in rows if row.kind is not FigureKind.target],
        day=day,
        wrong=wrong,
        last=last,
        may_add=policy.may_record(current_user, None),
        may_record=(lambda of: policy.may_record(current_user, of))
        if current_user.has_role("officer", "cluster_manager")
        else None,
        own=[one for one in found if one.cluster_code in (policy.scopes(current_user) or ())]
        if current_user.has_role("cluster_manager")
        else [],
    )


def _page(form: TargetForm, cluster: Any, row: Any = None, status: int = 200) -> ResponseReturnValue:
    return render_template("clusters/target.html", form=form, cluster=cluster, row=row, reason=ReasonForm()), status


def _back(cluster: Any) -> ResponseReturnValue:
    address = url_for("clusters.detail", code=cluster.cluster_code) if cluster else url_for("clusters.targets")
    return redirect(address, 303)


def _save(cluster: Any, row: Any) -> ResponseReturnValue:
    form = TargetForm(request.form)
    if form.validate():
        try:
            operations.targets.save(cluster, row, TargetValues(**form.values()), form.version.data, current_user)
            flash(_("The figure was saved."))
            return _back(cluster)
        except Refused as refusal:
            refuse(form, refusal, "value")
    return _page(form, cluster, row, 422)


@bp.get("/cluster-targets/add")
@access(officer)
def target_add_all() -> ResponseReturnValue:
    return _page(TargetForm(), None)


@bp.post("/cluster-targets/add", endpoint="target_add_all_post")
@access(officer)
def target_add_all_post() -> ResponseReturnValue:
    return _save(None, None)


@bp.get("/clusters/<code>/targets/add")
@access(recorder)
def target_add(code: str) -> ResponseReturnValue:
    return _page(TargetForm(), policy.for_recording(current_user, code) or abort(404))


@bp.post("/clusters/<code>/targets/add", endpoint="target_add_post")
@access(recorder)
def target_add_post(code: str) -> ResponseReturnValue:
    return _save(policy.for_recording(current_user, code) or abort(404), None)


def _mine(target_id: int) -> Any:
    row = queries.figures.target(target_id)
    return row if row is not None and policy.may_record(current_user, row.cluster) else abort(404)


@bp.get("/cluster-targets/<int:target_id>/edit")
@access(recorder)
def target_edit(target_id: int) -> ResponseReturnValue:
    row = _mine(target_id)
    return _page(TargetForm(obj=row), row.cluster, row)


@bp.post("/cluster-targets/<int:target_id>/edit", endpoint="target_edit_post")
@access(recorder)
def target_edit_post(target_id: int) -> ResponseReturnValue:
    row = _mine(target_id)
    return _save(row.cluster, row)


@bp.post("/cluster-targets/<int:target_id>/withdraw")
@access(recorder)
def target_withdraw(target_id: int) -> ResponseReturnValue:
    row, form = _mine(target_id), ReasonForm(request.form)
    if form.validate():
        operations.targets.withdraw(row.cluster, row, form.reason.data, form.version.data, current_user)
        flash(_("The figure was withdrawn."))
        return _back(row.cluster)
    page = TargetForm(obj=row)
    return render_template("clusters/target.html", form=page, cluster=row.cluster, row=row, reason=form), 422


@bp.get("/cluster-figures")
@access(signed_in)
def published() -> str:
    last = last_day(queries.listed())
    day, wrong = day_asked(last=last)
    return render_template(
        "clusters/figures.html",
        published=PUBLISHED.values(),
        ours=queries.published.OURS,
        values=queries.published.values(day),
        day=day,
        wrong=wrong,
        last=last,
    )


@bp.get("/cluster-figures/<figure>")
@access(staff)
def record_list(figure: str) -> str:
    """The records behind one figure, with names: for those who may see the members of every cluster."""
    if figure not in PUBLISHED:
        abort(404)
    day, wrong = day_asked()
    page = queries.published.page(figure, day, request.args.get("after"), request.args.get("before"))
    return render_template(
        "clusters/figure.html",
        row=PUBLISHED[figure],
        ours=queries.published.OURS[figure],
        value=queries.published.values(day)[figure],
        page=page,
        day=day,
        wrong=wrong,
    )

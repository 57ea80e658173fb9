"""Pages of the counter of new businesses (CR-15)."""

import base64
import binascii
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict

from app.clusters import exchange, operations, policy, queries
from app.clusters.choices import PUBLISHED, BusinessType, FigureKind, Indicator
from app.clusters.forms import BusinessForm, FileForm, ReasonForm
from app.clusters.operations.businesses import BusinessValues, LikelyDouble
from app.clusters.queries.businesses import Wanted
from app.clusters.views import bp
from app.clusters.views.reading import code_asked, day_asked, day_or_none, last_day, refuse, text_asked
from app.core.access import access, role, signed_in
from app.core.errors import Refused
from app.core.i18n import _

seers = role("officer", "auditor", "admin", "cluster_manager")
recorder = role("officer", "cluster_manager")
PREVIEW_BYTES = 1_000_000


@bp.get("/new-businesses")
@access(signed_in)
def businesses() -> str:
    """What is expected, aimed at and reached, kept apart; without names, so for everybody who is signed in."""
    clusters = queries.listed()
    last = last_day(clusters)
    day, wrong = day_asked(last=last)
    counts = queries.businesses.counts(day)
    rows = [row for row in queries.figures.targets(every=True) if row.indicator is Indicator.new_businesses]
    return render_template(
        "clusters/businesses.html",
        published=PUBLISHED["new_businesses"],
        last=last,
        lines=[
            (c, counts.get(c.id, {})) for c in clusters if counts.get(c.id) or any(r.cluster_id == c.id for r in rows)
        ],
        totals={kind: sum(one.get(kind, 0) for one in counts.values()) for kind in FigureKind},
        figures=[row for row in rows if row.cluster_id is None],
        aims={row.cluster_id: row for row in queries.figures.in_force(rows, day) if row.kind is FigureKind.target},
        paces=queries.figures.paces([row for row in rows if row.cluster_id is None], day),
        kinds=FigureKind,
        scopes=policy.scopes(current_user),
        clusters=clusters,
        may_record=lambda cluster: policy.may_record(current_user, cluster),
        day=day,
        wrong=wrong,
    )


def _wanted() -> Wanted:
    return Wanted(
        text_asked("cluster"), code_asked(FigureKind, "kind"), code_asked(BusinessType, "type"), day_or_none("since"),
        day_or_none("until"), policy.scopes(current_user),
    )  # fmt: skip


@bp.get("/new-businesses/list")
@access(seers)
def business_list() -> str:
    wanted = _wanted()
    return render_template(
        "clusters/business_list.html",
        page=queries.businesses.page(wanted, request.args.get("after"), request.args.get("before")),
        total=queries.businesses.total(wanted),
        wanted=wanted,
        asked=request.args,
        kinds=(FigureKind.forecast, FigureKind.actual),
        types=BusinessType,
        clusters=[c for c in queries.listed() if wanted.only is None or c.cluster_code in wanted.only],
    )


@bp.get("/new-businesses/list.csv")
@access(seers)
def business_export() -> Response:
    content = "".join(exchange.export_businesses(policy.scopes(current_user)))
    headers = {"Content-Disposition": "attachment; filename=new_businesses.csv"}
    return Response(content.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


@bp.get("/new-businesses/<int:business_id>")
@access(seers)
def business(business_id: int) -> str:
    row = _seen(business_id)
    return render_template(
        "clusters/business.html",
        row=row,
        distinct=queries.businesses.by_keys(row.distinct_from),
        may_record=policy.may_record(current_user, row.cluster),
    )


def _seen(business_id: int, *, write: bool = False) -> Any:
    row = queries.businesses.get(business_id)
    if row is None:
        abort(404)
    may = policy.may_record if write else policy.may_see_members
    return row if may(current_user, row.cluster) else abort(404)


def _page(form: BusinessForm, cluster: Any, row: Any, alike: Any = (), status: int = 200) -> ResponseReturnValue:
    return render_template(
        "clusters/business_form.html", form=form, cluster=cluster, row=row, alike=alike, reason=ReasonForm()
    ), status


def _save(cluster: Any, row: Any) -> ResponseReturnValue:
    form, alike = BusinessForm(request.form), []
    if form.validate():
        distinct = frozenset(request.form.getlist("distinct")[:50])
        try:
            values = BusinessValues(**form.values(), distinct=distinct)
            saved = operations.businesses.save(cluster, row, values, form.version.data, current_user)
            flash(_("The new business was recorded."))
            return redirect(url_for("clusters.business", business_id=saved.id), 303)
        except LikelyDouble as refusal:
            alike = refusal.alike
        except Refused as refusal:
            refuse(form, refusal, "organisation")
    return _page(form, cluster, row, alike, 422)


@bp.get("/clusters/<code>/new-businesses/add")
@access(recorder)
def business_add(code: str) -> ResponseReturnValue:
    return _page(BusinessForm(), policy.for_recording(current_user, code) or abort(404), None)


@bp.post("/clusters/<code>/new-businesses/add", endpoint="business_add_post")
@access(recorder)
def business_add_post(code: str) -> ResponseReturnValue:
    return _save(policy.for_recording(current_user, code) or abort(404), None)


@bp.get("/new-businesses/<int:business_id>/edit")
@access(recorder)
def business_edit(business_id: int) -> ResponseReturnValue:
    row = _seen(business_id, write=True)
    form = BusinessForm(
        data={
            name: getattr(row, name)
            for name in ("name_ja", "name_en", "type", "kind", "started_on", "evidence", "version")
        }
        | {"organisation": row.organisation.org_key}
    )
    return _page(form, row.cluster, row)


@bp.post("/new-businesses/<int:business_id>/edit", endpoint="business_edit_post")
@access(recorder)
def business_edit_post(business_id: int) -> ResponseReturnValue:
    row = _seen(business_id, write=True)
    return _save(row.cluster, row)


@bp.post("/new-businesses/<int:business_id>/retract")
@access(recorder)
def business_retract(business_id: int) -> ResponseReturnValue:
    row, form = _seen(business_id, write=True), ReasonForm(request.form)
    if form.validate():
        operations.businesses.retract(row.cluster, row, form.reason.data, form.version.data, current_user)
        flash(_("The record no longer counts."))
        return redirect(url_for("clusters.business_list", cluster=row.cluster.cluster_code), 303)
    return _page(BusinessForm(obj=row), row.cluster, row, status=422)


@bp.get("/clusters/<code>/new-businesses/import")
@access(recorder)
def business_upload(code: str) -> ResponseReturnValue:
    return _upload_page(policy.for_recording(current_user, code) or abort(404), FileForm())


def _upload_page(
    cluster: Any, form: FileForm, report: Any = None, content: str = "", status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "clusters/business_import.html", cluster=cluster, form=form, report=report, content=content,
        columns=exchange.BUSINESSES.names,
    ), status  # fmt: skip


@bp.post("/clusters/<code>/new-businesses/import", endpoint="business_upload_post")
@access(recorder)
def business_upload_post(code: str) -> ResponseReturnValue:
    """Check a file and show what it would do; the confirmation carries the same bytes back."""
    cluster = policy.for_recording(current_user, code) or abort(404)
    if request.form.get("content"):
        return _confirmed(cluster, request.form["content"])
    form = FileForm(CombinedMultiDict((request.files, request.form)))
    if not form.validate():
        return _upload_page(cluster, form, status=422)
    with form.file.data.stream as stream:
        data = stream.read(PREVIEW_BYTES + 1)
    if len(data) > PREVIEW_BYTES:
        form.refuse("file", _("The file is larger than 1 MB. Split it."))
        return _upload_page(cluster, form, status=422)
    report = exchange.import_businesses(cluster, data, current_user, dry_run=True)
    content = base64.b64encode(data).decode() if report.good else ""
    return _upload_page(cluster, form, report, content, 200 if report.good else 422)


def _confirmed(cluster: Any, content: str) -> ResponseReturnValue:
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        abort(400)
    report = exchange.import_businesses(cluster, data, current_user, dry_run=False)
    if not report.good:
        return _upload_page(cluster, FileForm(), report, status=422)
    flash(_("Imported: %(created)d created, %(updated)d updated.", created=report.created, updated=report.updated))
    return redirect(url_for("clusters.business_list", cluster=cluster.cluster_code), 303)

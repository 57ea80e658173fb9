"""Pages of clusters: for everybody; with members' names for those who may; with the list for its manager."""

import base64
import binascii
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict

from app.clusters import exchange, operations, policy, queries
from app.clusters.choices import FIELDS, PHASES, BaseRole, FigureKind
from app.clusters.definitions import lineage
from app.clusters.forms import AreaForm, BaseOrganisationForm, EndBaseForm, EndForm, FileForm, MemberForm
from app.clusters.operations.registers import AreaValues
from app.clusters.views import bp
from app.clusters.views.reading import day_asked, last_day, refuse
from app.core.access import access, anyone, role
from app.core.errors import Refused
from app.core.i18n import _
from app.organisations import queries as organisations
from app.organisations.choices import BUREAUS, ORG_TYPES

seers = role("officer", "auditor", "admin", "cluster_manager")
manager, recorder = role("cluster_manager"), role("officer", "cluster_manager")
#: A file that is previewed travels back in the form, so it must fit into one.
PREVIEW_BYTES = 1_000_000


@bp.get("/clusters")
@access(anyone)
def index() -> str:
    links = queries.links()
    found = sorted(
        queries.listed(), key=lambda c: (c.phase, list(BUREAUS).index(c.bureau) if c.bureau in BUREAUS else 99, c.id)
    )
    last = last_day(found)
    day, wrong = day_asked(last=last)
    # a phase that is over is counted on its last day: on a later one nobody is a member
    days = {p: min(day, last_day(c for c in found if c.phase == p) or day) for p in {c.phase for c in found}}
    counts = {one: queries.member_counts(one) for one in set(days.values())}
    changes = [lineage.reorganise(phase, found, links) for phase in (1, 2)]
    return render_template(
        "clusters/index.html",
        phases=[
            (phase, PHASES[str(phase)], [c for c in found if c.phase == phase], on, counts[on])
            for phase, on in sorted(days.items())
        ],
        links=links,
        changes=[
            (one, lineage.draw(one, links, 300, 140), lineage.draw(one, links, 156, 44))
            for one in changes
            if one.before and one.after
        ],
        day=day,
        wrong=wrong,
        last=last,
        bureaus=BUREAUS,
        fields=FIELDS,
    )


@bp.get("/clusters/<code>")
@access(anyone)
def detail(code: str) -> str:
    cluster = queries.by_code(code) or abort(404)
    last = last_day([cluster])
    day, wrong = day_asked(last=last)
    rows = queries.figures.targets(cluster)
    return render_template(
        "clusters/detail.html",
        cluster=cluster,
        links=queries.links_of(cluster),
        areas=queries.registers.areas_of(cluster),
        bases=queries.registers.bases_of(cluster),
        paces=queries.figures.paces(rows, day),
        others=[row for row in rows if row.kind is not FigureKind.target],
        counts=queries.businesses.counts(day).get(cluster.id, {}),
        kinds=FigureKind,
        may_record=policy.may_record(current_user, cluster),
        may_record_any=lambda of: policy.may_record(current_user, of),
        count=queries.member_counts(day).get(cluster.id, 0),
        day=day,
        wrong=wrong,
        last=last,
        bureaus=BUREAUS,
        fields=FIELDS,
        may_see=policy.may_see_members(current_user, cluster),
        may_manage=policy.may_manage(current_user, cluster),
    )


@bp.get("/clusters/<code>/members")
@access(seers)
def members(code: str) -> str:
    cluster = policy.for_members(current_user, code) or abort(404)
    last = last_day([cluster])
    day, wrong = day_asked(last=last)
    asked = request.args
    page = queries.members(cluster, day, asked.get("q", ""), asked.get("after"), asked.get("before"))
    return render_template(
        "clusters/members.html",
        cluster=cluster,
        page=page,
        day=day,
        wrong=wrong,
        last=last,
        asked=asked,
        org_types=ORG_TYPES,
        may_manage=policy.may_manage(current_user, cluster),
    )


@bp.get("/clusters/<code>/members.csv")
@access(seers)
def export(code: str) -> Response:
    cluster = policy.for_members(current_user, code) or abort(404)
    content = "".join(exchange.export_members(cluster.cluster_code))
    headers = {"Content-Disposition": "attachment; filename=memberships.csv"}
    return Response(content.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _own(code: str) -> Any:
    return policy.for_manager(current_user, code) or abort(404)


@bp.get("/clusters/<code>/members/add")
@access(manager)
def add(code: str) -> str:
    return render_template("clusters/add.html", cluster=_own(code), form=MemberForm())


@bp.post("/clusters/<code>/members/add", endpoint="add_post")
@access(manager)
def add_post(code: str) -> ResponseReturnValue:
    cluster, form = _own(code), MemberForm(request.form)
    if form.validate():
        try:
            operations.add_member(
                cluster, form.organisation.data, form.valid_from.data, form.evidence.data or "", current_user
            )
            flash(_("The membership was added."))
            return redirect(url_for("clusters.members", code=code), 303)
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "organisation", str(reason))
    return render_template("clusters/add.html", cluster=cluster, form=form), 422


@bp.get("/clusters/<code>/members/<int:membership_id>/end")
@access(manager)
def end(code: str, membership_id: int) -> str:
    cluster = _own(code)
    row = queries.membership(cluster, membership_id) or abort(404)
    form = EndForm(data={"version": row.version, "valid_to": row.valid_to})
    return render_template("clusters/end.html", cluster=cluster, row=row, form=form)


@bp.post("/clusters/<code>/members/<int:membership_id>/end", endpoint="end_post")
@access(manager)
def end_post(code: str, membership_id: int) -> ResponseReturnValue:
    cluster, form = _own(code), EndForm(request.form)
    row = queries.membership(cluster, membership_id) or abort(404)
    if form.validate():
        try:
            operations.end_membership(
                cluster, row, form.valid_to.data, form.reason.data, form.version.data, current_user
            )
            flash(_("The membership was ended."))
            return redirect(url_for("clusters.members", code=code), 303)
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "valid_to", str(reason))
    return render_template("clusters/end.html", cluster=cluster, row=row, form=form), 422


@bp.get("/clusters/<code>/members/import")
@access(manager)
def upload(code: str) -> str:
    return render_template("clusters/import.html", cluster=_own(code), form=FileForm(), report=None, content="")


@bp.post("/clusters/<code>/members/import", endpoint="upload_post")
@access(manager)
def upload_post(code: str) -> ResponseReturnValue:
    """Check a file and show what it would do; the confirmation carries the same bytes back."""
    cluster = _own(code)
    form = FileForm(CombinedMultiDict((request.files, request.form)))
    report, content = None, ""
    if request.form.get("content"):
        return _confirmed(cluster, request.form["content"])
    if form.validate():
        with form.file.data.stream as stream:
            data = stream.read(PREVIEW_BYTES + 1)
        if len(data) > PREVIEW_BYTES:
            form.refuse("file", _("The file is larger than 1 MB. Split it."))
        else:
            report = exchange.import_members(cluster, data, current_user, dry_run=True)
            content = base64.b64encode(data).decode() if report.good else ""
    status = 200 if report and report.good else 422
    return render_template("clusters/import.html", cluster=cluster, form=form, report=report, content=content), status


def _confirmed(cluster: Any, content: str) -> ResponseReturnValue:
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        abort(400)
    report = exchange.import_members(cluster, data, current_user, dry_run=False)
    if not report.good:
        page = render_template("clusters/import.html", cluster=cluster, form=FileForm(), report=report, content="")
        return page, 422
    flash(_("Imported: %(created)d created, %(updated)d updated.", created=report.created, updated=report.updated))
    return redirect(url_for("clusters.members", code=cluster.cluster_code), 303)


@bp.get("/organisations/<int:organisation_id>/clusters")
@access(role("officer", "auditor", "admin"))
def of_organisation(organisation_id: int) -> str:
    row = organisations.get(organisation_id) or abort(404)
    return render_template("clusters/of_organisation.html", row=row, memberships=queries.memberships_of(row.id))


# --- areas, and the organisations that run a cluster ------------------------------------------------------------------


def _mine(code: str) -> Any:
    return policy.for_recording(current_user, code) or abort(404)


def _area_page(cluster: Any, row: Any, form: AreaForm, status: int = 200) -> ResponseReturnValue:
    return render_template("clusters/area.html", cluster=cluster, row=row, form=form), status


def _save_area(cluster: Any, row: Any) -> ResponseReturnValue:
    form = AreaForm(request.form)
    if form.validate():
        try:
            operations.registers.save_area(cluster, row, AreaValues(**form.values()), form.version.data, current_user)
            flash(_("The area was saved."))
            return redirect(url_for("clusters.detail", code=cluster.cluster_code), 303)
        except Refused as refusal:
            refuse(form, refusal, "area_code")
    return _area_page(cluster, row, form, 422)


@bp.get("/clusters/<code>/areas/add")
@access(recorder)
def area_add(code: str) -> ResponseReturnValue:
    return _area_page(_mine(code), None, AreaForm())


@bp.post("/clusters/<code>/areas/add", endpoint="area_add_post")
@access(recorder)
def area_add_post(code: str) -> ResponseReturnValue:
    return _save_area(_mine(code), None)


@bp.get("/clusters/<code>/areas/<int:area_id>/edit")
@access(recorder)
def area_edit(code: str, area_id: int) -> ResponseReturnValue:
    cluster = _mine(code)
    row = queries.registers.area(cluster, area_id) or abort(404)
    return _area_page(cluster, row, AreaForm(obj=row))


@bp.post("/clusters/<code>/areas/<int:area_id>/edit", endpoint="area_edit_post")
@access(recorder)
def area_edit_post(code: str, area_id: int) -> ResponseReturnValue:
    cluster = _mine(code)
    return _save_area(cluster, queries.registers.area(cluster, area_id) or abort(404))


@bp.get("/clusters/<code>/bases/add")
@access(recorder)
def base_add(code: str) -> str:
    return render_template("clusters/base.html", cluster=_mine(code), form=BaseOrganisationForm(), row=None)


@bp.post("/clusters/<code>/bases/add", endpoint="base_add_post")
@access(recorder)
def base_add_post(code: str) -> ResponseReturnValue:
    cluster, form = _mine(code), BaseOrganisationForm(request.form)
    if form.validate():
        try:
            role_ = BaseRole(str(form.role.data))
            operations.registers.add_base(
                cluster, form.organisation.data, role_, form.valid_from.data, form.evidence.data or "", current_user
            )
            flash(_("The organisation was added."))
            return redirect(url_for("clusters.detail", code=code), 303)
        except Refused as refusal:
            refuse(form, refusal, "organisation")
    return render_template("clusters/base.html", cluster=cluster, form=form, row=None), 422


@bp.get("/clusters/<code>/bases/<int:base_id>/end")
@access(recorder)
def base_end(code: str, base_id: int) -> str:
    cluster = _mine(code)
    row = queries.registers.base(cluster, base_id) or abort(404)
    form = EndBaseForm(data={"version": row.version, "valid_to": row.valid_to})
    return render_template("clusters/base.html", cluster=cluster, form=form, row=row)


@bp.post("/clusters/<code>/bases/<int:base_id>/end", endpoint="base_end_post")
@access(recorder)
def base_end_post(code: str, base_id: int) -> ResponseReturnValue:
    cluster, form = _mine(code), EndBaseForm(request.form)
    row = queries.registers.base(cluster, base_id) or abort(404)
    if form.validate():
        try:
            operations.registers.end_base(cluster, row, form.valid_to.data, form.version.data, current_user)
            flash(_("The day was saved."))
            return redirect(url_for("clusters.detail", code=code), 303)
        except Refused as refusal:
            refuse(form, refusal, "valid_to")
    return render_template("clusters/base.html", cluster=cluster, form=form, row=row), 422

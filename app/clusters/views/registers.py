"""Pages of clusters: for everybody; with members' names for those who may; with the list for its manager."""

import base64
import binascii
from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict

from app.clusters import exchange, operations, policy, queries
from app.clusters.choices import FIELDS
from app.clusters.forms import EndForm, FileForm, MemberForm
from app.clusters.views import bp
from app.core.access import access, anyone, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.fiscal import parse_day
from app.core.i18n import _
from app.organisations import queries as organisations
from app.organisations.choices import BUREAUS, ORG_TYPES

seers = role("officer", "auditor", "admin", "cluster_manager")
manager = role("cluster_manager")
#: A file that is previewed travels back in the form, so it must fit into one.
PREVIEW_BYTES = 1_000_000


def _day() -> tuple[date, str]:
    """The day asked for (today without one), and what was typed when it is none."""
    typed = request.args.get("on", "").strip()
    try:
        return (parse_day(typed), "") if typed else (today(), "")
    except ValueError:
        return today(), typed


@bp.get("/clusters")
@access(anyone)
def index() -> str:
    day, wrong = _day()
    found, links = queries.listed(), queries.links()
    return render_template(
        "clusters/index.html",
        phases=[(phase, [c for c in found if c.phase == phase]) for phase in (1, 2, 3)],
        links=links,
        sums=queries.reorganisation(links, found),
        counts=queries.member_counts(day),
        day=day,
        wrong=wrong,
        bureaus=BUREAUS,
        fields=FIELDS,
    )


@bp.get("/clusters/<code>")
@access(anyone)
def detail(code: str) -> str:
    cluster = queries.by_code(code) or abort(404)
    day, wrong = _day()
    return render_template(
        "clusters/detail.html",
        cluster=cluster,
        links=queries.links_of(cluster),
        count=queries.member_counts(day).get(cluster.id, 0),
        day=day,
        wrong=wrong,
        bureaus=BUREAUS,
        fields=FIELDS,
        may_see=policy.may_see_members(current_user, cluster),
        may_manage=policy.may_manage(current_user, cluster),
    )


@bp.get("/clusters/<code>/members")
@access(seers)
def members(code: str) -> str:
    cluster = policy.for_members(current_user, code) or abort(404)
    day, wrong = _day()
    asked = request.args
    page = queries.members(cluster, day, asked.get("q", ""), asked.get("after"), asked.get("before"))
    return render_template(
        "clusters/members.html",
        cluster=cluster,
        page=page,
        day=day,
        wrong=wrong,
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

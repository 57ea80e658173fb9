"""One product for the office: what is known of it, its shares over projects, its sales, and all that was known before."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.outcomes import operations, queries
from app.outcomes.choices import EvidenceLevel, Stage
from app.outcomes.definitions import shares_at
from app.outcomes.forms import KnownAtForm, ProductForm, SalesForm, ShareForm
from app.outcomes.views import bp
from app.outcomes.views.sources import told

officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/products/<int:product_id>")
@access(staff)
def product(product_id: int) -> str:
    return _page(queries.product_for(current_user, product_id) or abort(404))


def _page(found: Any, reasons: Any = (), wrong: Any = None, **given: Any) -> str:
    known_form: Any = KnownAtForm(request.args)
    known = known_form.known.data if known_form.validate() else None
    version = queries.versions_of([found.id], known).get(found.id)
    shares = queries.shares_of([found.id]).get(found.id, [])
    rows = [row for row in queries.attributions_of([found.id]) if known is None or row.recorded_on <= known]
    forms = {"facts": _facts(version), "sold": SalesForm(prefix="sold-"), "share": ShareForm(prefix="share-"), **given}
    sold = queries.sales_of([found.id], known)
    standing, told_of = queries.sales_marks_of([found.id], known), [*rows, *sold, *([version] if version else [])]
    return render_template(
        "outcomes/product.html", product=found, version=version, rows=rows, current=shares_at(shares, known or today(), known),
        sales=sold, known=known, known_form=known_form, reasons=reasons, wrong=wrong,
        standing=standing, sources=told(told_of), doubts=queries.disputes_of_product(found.product_key, known), stages=Stage,
        levels=EvidenceLevel, names={row.project_id: row.project.project_key for row in rows}, **forms,
    )  # fmt: skip


def _facts(version: Any) -> ProductForm:
    if version is None:
        return ProductForm(prefix="facts-")
    data = {name: getattr(version, name) for name in ("name_ja", "name_en", "first_sale_on", "withdrawn_on")}
    return ProductForm(prefix="facts-", data={**data, "kind": version.kind.value, "seen": version.number})


def _done(product_id: int) -> Answer:
    flash(_("Recorded. What was there before stays on record."))
    return redirect(url_for("outcomes.product", product_id=product_id), 303)


@bp.post("/products/<int:product_id>/facts")
@access(officer)
def revise(product_id: int) -> Answer:
    found = queries.product_for(current_user, product_id) or abort(404)
    form: Any = ProductForm(request.form, prefix="facts-")
    if not form.validate():
        return _page(found, wrong=form, facts=form), 422
    present = queries.versions_of([found.id]).get(found.id)
    data = form.as_data(present.organisation_id if present else None)
    try:
        operations.revise_product(found, data, form.source.data, form.level, form.seen.data or 0, current_user)
    except Refused as refusal:
        return _page(found, refusal.reasons, facts=form), 422
    return _done(product_id)


@bp.post("/products/<int:product_id>/sales")
@access(officer)
def sales(product_id: int) -> Answer:
    found = queries.product_for(current_user, product_id) or abort(404)
    form: Any = SalesForm(request.form, prefix="sold-")
    if not form.validate():
        return _page(found, wrong=form, sold=form), 422
    try:
        operations.record_sales(found, form.as_data(), form.source.data, form.level, current_user)
    except Refused as refusal:
        return _page(found, refusal.reasons, sold=form), 422
    return _done(product_id)


@bp.post("/products/<int:product_id>/shares")
@access(officer)
def shares(product_id: int) -> Answer:
    found = queries.product_for(current_user, product_id) or abort(404)
    form: Any = ShareForm(request.form, prefix="share-")
    if not form.validate() or not (split := _split(form)):
        return _page(found, wrong=form, share=form), 422
    try:
        operations.attribute(found, split, form.valid_from.data, form.source.data, form.level, current_user)
    except Refused as refusal:
        return _page(found, refusal.reasons, share=form), 422
    return _done(product_id)


def _split(form: Any) -> dict[int, int]:
    """Shares by project id; empty, with words at the fields, when a line is wrong."""
    lines = form.pairs()
    known = queries.visible_projects_by_key(current_user, [key for _field, key, _share in lines])
    found: dict[int, int] = {}
    for field, key, share in lines:
        if key not in known:
            form.refuse(field, _("There is no project with this key."))
        elif share is None:
            form.refuse(field.replace("project", "share"), _("Write a percentage from 0 to 100, such as 12.5."))
        else:
            found[known[key].id] = share
    return {} if form.errors else found

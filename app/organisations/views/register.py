"""Pages of the register of organisations."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.organisations import operations, queries
from app.organisations.choices import ORG_TYPES, PREFECTURES
from app.organisations.definitions.page import sections
from app.organisations.forms import OrganisationForm
from app.organisations.views import bp

readers, officer = role("officer", "auditor", "admin"), role("officer")


@bp.get("/organisations")
@access(readers)
def index() -> str:
    asked = request.args
    found = queries.page(
        asked.get("q", ""), asked.get("org_type"), asked.get("prefecture"), asked.get("after"), asked.get("before")
    )
    return render_template(
        "organisations/index.html", page=found, org_types=ORG_TYPES, prefectures=PREFECTURES, asked=asked
    )


@bp.get("/organisations/<int:organisation_id>")
@access(readers)
def detail(organisation_id: int) -> str:
    row = queries.get(organisation_id) or abort(404)
    years = queries.profile_years(row)
    return render_template(
        "organisations/detail.html",
        row=row,
        years=years,
        names=queries.names_of(row.id),
        current=queries.current(row),
        after=queries.successors_of(row.id),
        sections=sections(current_user, row),
        size=queries.size_on(row, today(), years),
        org_types=ORG_TYPES,
        prefectures=PREFECTURES,
    )


def _form_page(form: OrganisationForm, row: Any = None, status: int = 200) -> ResponseReturnValue:
    return render_template("organisations/edit.html", form=form, row=row), status


def _refused(form: OrganisationForm, refusal: Refused) -> None:
    for reason in refusal.reasons:
        form.refuse(reason.where or "name_ja", str(reason))


@bp.get("/organisations/new")
@access(officer)
def new() -> ResponseReturnValue:
    return _form_page(OrganisationForm())


@bp.post("/organisations/new", endpoint="create")
@access(officer)
def create() -> ResponseReturnValue:
    form = OrganisationForm(request.form)
    if form.validate():
        try:
            row = operations.create(form.values(), current_user)
            flash(_("The organisation was added."))
            return redirect(url_for("organisations.detail", organisation_id=row.id), 303)
        except Refused as refusal:
            _refused(form, refusal)
    return _form_page(form, status=422)


@bp.get("/organisations/<int:organisation_id>/edit")
@access(officer)
def edit(organisation_id: int) -> ResponseReturnValue:
    row = queries.get(organisation_id) or abort(404)
    return _form_page(OrganisationForm(obj=row), row)


@bp.post("/organisations/<int:organisation_id>/edit", endpoint="save")
@access(officer)
def save(organisation_id: int) -> ResponseReturnValue:
    row = queries.get(organisation_id) or abort(404)
    form = OrganisationForm(request.form)
    if form.validate():
        back = url_for("organisations.edit", organisation_id=row.id)
        stored = OrganisationForm(obj=row).typed()
        try:
            operations.change(
                row, form.values(), form.version.data, current_user, mine=form.typed(), theirs=stored, back=back
            )
            flash(_("The changes were saved."))
            return redirect(url_for("organisations.detail", organisation_id=row.id), 303)
        except Refused as refusal:
            _refused(form, refusal)
    return _form_page(form, row, 422)

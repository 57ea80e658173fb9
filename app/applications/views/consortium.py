"""The members of a consortium."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, policy, queries
from app.applications.choices import MemberRole
from app.applications.forms import (
    OfferForm,
    RoleForm,
    VersionForm,
    member_form,
    new_member_form,
)
from app.applications.views import bp
from app.applications.views.pages import applicant, attempt, load, load_draft, section
from app.core.access import access
from app.core.forms import clean_text
from app.core.http import arrived_at
from app.core.i18n import _


def consortium_page(application: Any, reasons: Any = (), form: Any = None, new: Any = None) -> str:
    try:
        wanted = clean_text(request.args.get("q", ""))[:100]
    except ValueError:
        wanted = ""
    return section(
        application,
        "consortium",
        form or member_form(application),
        reasons,
        new=new or new_member_form(application),
        found=queries.search_organisations(wanted) if wanted else None,
        wanted=wanted,
        people=queries.people_by_member(application.id),
        may_sign=policy.may_sign(current_user, application),
        offer=queries.open_handover(application.id),
        invitations=queries.invitations_of(application.id),
        lead=application.lead_organisation_id,
    )


@bp.get("/applications/<int:application_id>/members")
@access(applicant)
def consortium(application_id: int) -> str:
    return consortium_page(load_draft(application_id))


def consortium_url(application: Any) -> str:
    return url_for("applications.consortium", application_id=application.id)


@bp.post("/applications/<int:application_id>/members", endpoint="add_member")
@access(applicant)
def add_member(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = member_form(application, request.form)

    def verb() -> None:
        organisation = queries.organisation(form.organisation_id.data or 0) or abort(404)
        operations.add_member(
            application, organisation, MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        )  # fmt: skip

    return attempt(form, verb, lambda reasons: consortium_page(application, reasons, form), consortium_url(application))


@bp.post("/applications/<int:application_id>/members/new", endpoint="add_new_member")
@access(applicant)
def add_new_member(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = new_member_form(application, request.form)
    return attempt(
        form,
        lambda: operations.add_member(
            application, form.values(), MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        ),
        lambda reasons: consortium_page(application, reasons, new=form),
        consortium_url(application),
    )  # fmt: skip


def member_in(application: Any, member_id: int) -> Any:
    return queries.member_of(application, member_id) or abort(404)


@bp.post("/applications/<int:application_id>/members/<int:member_id>/remove")
@access(applicant)
def remove_member(application_id: int, member_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    member, form = member_in(application, member_id), VersionForm(request.form)
    return attempt(
        form,
        lambda: operations.remove_member(
            application, member, form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: consortium_page(application, reasons),
        consortium_url(application),
    )


@bp.post("/applications/<int:application_id>/members/<int:member_id>/role")
@access(applicant)
def change_role(application_id: int, member_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    member, form = member_in(application, member_id), RoleForm(request.form)
    return attempt(
        form,
        lambda: operations.change_role(
            application, member, MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        ),
        lambda reasons: consortium_page(application, reasons),
        consortium_url(application),
    )  # fmt: skip


@bp.post("/applications/<int:application_id>/lead", endpoint="offer_lead")
@access(applicant)
def offer_lead(application_id: int) -> ResponseReturnValue:
    """Offer the lead to another member."""
    application, form = load_draft(application_id, lock=True), OfferForm(request.form)
    member = member_in(application, form.member_id.data or 0)
    return attempt(
        form,
        lambda: operations.offer_lead(
            application, member, MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        ),
        lambda reasons: consortium_page(application, reasons),
        consortium_url(application),
    )  # fmt: skip


@bp.post("/applications/<int:application_id>/lead/answer", endpoint="answer_lead")
@access(applicant)
def answer_lead(application_id: int) -> ResponseReturnValue:
    """Accept, decline or withdraw the offer."""
    application, accept = load(application_id, lock=True), request.form.get("accept") == "1"
    operations.close_offer(application, accept, actor=current_user, arrived=arrived_at())
    flash(_("The lead is handed over.") if accept else _("The offer of the lead is closed."))
    return redirect(url_for("applications.detail", application_id=application.id), 303)

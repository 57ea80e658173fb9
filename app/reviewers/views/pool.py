"""Pages of officers on the pool of reviewers."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries as applications
from app.clusters.choices import FIELDS
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.fiscal import fiscal_year
from app.core.forms import clean_text
from app.core.i18n import _
from app.reviewers import operations, queries
from app.reviewers.choices import ReviewerKind
from app.reviewers.forms import EmployerForm, ProfileForm, ReasonForm
from app.reviewers.views import bp
from app.reviewers.views.own import add_employer_from, profile_form, tell_doubts

officer, staff = role("officer"), role("officer", "auditor")


def _asked(name: str) -> str:
    try:
        return clean_text(request.args.get(name, ""))[:100]
    except ValueError:
        return ""


@bp.get("/officer/reviewers")
@access(staff)
def pool() -> str:
    filters = queries.Filters(_asked("text"), _asked("kind"), _asked("field"), _asked("declared"))
    page = queries.pool_page(filters, request.args.get("after"), request.args.get("before"))
    return render_template(
        "reviewers/pool.html", page=page, filters=filters, kinds=ReviewerKind, fields=FIELDS,
        loads=queries.loads([row.user_id for row in page.rows], applications.kept_out(current_user)),
        fields_of=queries.fields_of([row.profile_id for row in page.rows if row.profile_id]),
        year=fiscal_year(today()), waiting=queries.to_judge_count(current_user),
    )  # fmt: skip


def _person_page(user: Any, employer: EmployerForm | None = None, reasons: Any = ()) -> str:
    hidden, year = applications.kept_out(current_user), fiscal_year(today())
    return render_template(
        "reviewers/person.html", person=user, profile=queries.profile_of(user.id), fields=FIELDS, year=year,
        employments=queries.employments_of(user.id), affiliations=queries.affiliations_of(user.id),
        interests=queries.interests_of(user.id), declaration=queries.declaration_of(user.id, year),
        judgements=queries.judgements_of(user.id, hidden), readings=queries.readings_of(user.id, hidden),
        load=queries.loads([user.id], hidden)[user.id], employer=employer or EmployerForm(), reasons=reasons,
    )  # fmt: skip


@bp.get("/officer/reviewers/<int:user_id>")
@access(staff)
def person(user_id: int) -> str:
    return _person_page(queries.person(user_id) or abort(404))


@bp.get("/officer/reviewers/<int:user_id>/profile")
@access(officer)
def edit_profile(user_id: int) -> str:
    user = queries.person(user_id) or abort(404)
    return _profile_page(user, profile_form(queries.profile_of(user.id)))


def _profile_page(user: Any, form: ProfileForm) -> str:
    return render_template("reviewers/profile.html", person=user, form=form)


@bp.post("/officer/reviewers/<int:user_id>/profile", endpoint="save_profile_for")
@access(officer)
def save_profile_for(user_id: int) -> ResponseReturnValue:
    user = queries.person(user_id) or abort(404)
    form = profile_form(queries.profile_of(user.id), request.form)
    if not form.validate():
        return _profile_page(user, form), 422
    operations.save_profile(user, form.values(), form.version.data or 0, current_user)
    flash(_("The profile is saved."))
    tell_doubts(form)
    return redirect(url_for("reviewers.person", user_id=user_id), 303)


@bp.post("/officer/reviewers/<int:user_id>/employers", endpoint="add_employer_for")
@access(officer)
def add_employer_for(user_id: int) -> ResponseReturnValue:
    user, form = queries.person(user_id) or abort(404), EmployerForm(request.form)
    if not add_employer_from(form, user):
        return _person_page(user, form), 422
    flash(_("The employer is added. Assignments that it touches have ended."))
    return redirect(url_for("reviewers.person", user_id=user_id, _anchor="employers"), 303)


@bp.post("/officer/reviewers/<int:user_id>/employers/<int:employment_id>/remove")
@access(officer)
def remove_employer(user_id: int, employment_id: int) -> ResponseReturnValue:
    user = queries.person(user_id) or abort(404)
    row, form = queries.employer(user_id, employment_id) or abort(404), ReasonForm(request.form)
    try:
        operations.remove_employer(row, current_user, form.reason.data or "" if form.validate() else "")
    except Refused as refusal:
        return _person_page(user, reasons=[str(reason) for reason in refusal.reasons]), 422
    flash(_("The employer is removed."))
    return redirect(url_for("reviewers.person", user_id=user_id, _anchor="employers"), 303)

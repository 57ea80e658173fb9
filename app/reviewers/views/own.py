"""Pages of people about themselves: profile, employers, ties of the year."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.clock import today
from app.core.erad import fits
from app.core.errors import Refused
from app.core.fiscal import fiscal_year
from app.core.i18n import _
from app.reviewers import definitions, operations, queries
from app.reviewers.definitions import orcid_fits
from app.reviewers.forms import EmployerForm, EndForm, InterestForm, ProfileForm
from app.reviewers.views import bp

reviewer, bound = role("reviewer"), role("reviewer", "officer", "auditor")


def profile_form(profile: Any, formdata: Any = None) -> ProfileForm:
    """The form with what is stored, or with what was sent."""
    if profile is None:
        return ProfileForm(formdata, data={"version": 0, "languages": ["ja"]})
    names = ("version", "keywords", "orcid", "erad_number", "load_limit", "name_kana", "name_roman", "other_names")
    values = {name: getattr(profile, name) for name in names}
    values |= {"kind": profile.kind.value, "fields": profile.field_codes, "languages": profile.languages.split(";")}
    return ProfileForm(formdata, data=values)


def tell_doubts(form: ProfileForm) -> None:
    """Numbers that look wrong are kept: the rules behind them were only derived."""
    if form.erad_number.data and not fits(form.erad_number.data):
        flash(_("The researcher number does not look like one of e-Rad. It is kept; please compare it once more."))
    if form.orcid.data and not orcid_fits(form.orcid.data):
        flash(_("The check digit of the ORCID does not fit. It is kept; please compare it once more."))


@bp.get("/reviewers/me")
@access(bound)
def me() -> str:
    return _me()


def _me(profile: ProfileForm | None = None, employer: EmployerForm | None = None, reasons: Any = ()) -> str:
    year = fiscal_year(today())
    return render_template(
        "reviewers/me.html", profile=profile or profile_form(queries.profile_of(current_user.id)),
        employer=employer or EmployerForm(), year=year, employments=queries.employments_of(current_user.id),
        affiliations=queries.affiliations_of(current_user.id), interests=queries.interests_of(current_user.id),
        declaration=queries.declaration_of(current_user.id, year), reasons=reasons,
        before=queries.last_declaration(current_user.id, year),
    )  # fmt: skip


@bp.post("/reviewers/me/profile")
@access(reviewer)
def save_profile() -> ResponseReturnValue:
    form = profile_form(queries.profile_of(current_user.id), request.form)
    if not form.validate():
        return _me(profile=form), 422
    operations.save_profile(current_user, form.values(), form.version.data or 0, current_user)
    flash(_("Your profile is saved."))
    tell_doubts(form)
    return redirect(url_for("reviewers.me"), 303)


def employer_data(form: EmployerForm | InterestForm) -> Any:
    """The register's organisation that was named, or None; a name that is not in the register is refused at its field."""
    if not form.organisation.data:
        return None
    found = queries.find_organisation(form.organisation.data)
    if found is None:
        form.refuse("organisation", _("No organisation of the register has this number or name."))
    return found


def add_employer_from(form: EmployerForm, user: Any) -> bool:
    """Add what the form says; answers whether it could be added."""
    if form.validate():
        organisation = employer_data(form)
        if not form.errors:
            data = operations.EmployerData(
                organisation, form.name.data or "", form.corporate_number.data, form.position.data or "",
                form.starts_on.data, form.ends_on.data,
            )  # fmt: skip
            try:
                operations.add_employer(user, data, current_user)
            except Refused as refusal:
                form.refuse(refusal.reasons[0].where or "organisation", refusal.reasons[0].message)
    return not form.errors


@bp.post("/reviewers/me/employers")
@access(reviewer)
def add_employer() -> ResponseReturnValue:
    form = EmployerForm(request.form)
    if not add_employer_from(form, current_user):
        return _me(employer=form), 422
    flash(_("The employer is added. Assignments that it touches have ended."))
    return redirect(url_for("reviewers.me", _anchor="employers"), 303)


@bp.post("/reviewers/me/employers/<int:employment_id>/end")
@access(reviewer)
def end_employer(employment_id: int) -> ResponseReturnValue:
    row, form = queries.employer(current_user.id, employment_id) or abort(404), EndForm(request.form)
    if not form.validate():
        return _me(reasons=[message for _id, _label, message in form.reasons()]), 422
    operations.end_employer(row, form.ends_on.data, current_user)
    flash(_("The end of the employment is recorded."))
    return redirect(url_for("reviewers.me", _anchor="employers"), 303)


# --- ties -------------------------------------------------------------------------------------------------------------


@bp.get("/reviewers/interests")
@access(bound)
def interests() -> str:
    return _interests_page(InterestForm())


def _interests_page(form: InterestForm) -> str:
    year = fiscal_year(today())
    return render_template(
        "reviewers/interests.html",
        form=form,
        interests=queries.interests_of(current_user.id),
        year=year,
        years=definitions.CONFLICT_YEARS,
    )


@bp.post("/reviewers/interests")
@access(bound)
def declare() -> ResponseReturnValue:
    form = InterestForm(request.form)
    if form.validate():
        organisation = employer_data(form)
        if not form.errors:
            try:
                operations.declare_interest(
                    current_user, organisation, form.kind.data, form.note.data or "", name=form.name.data or "",
                    corporate_number=form.corporate_number.data, person_name=form.person_name.data or "",
                )  # fmt: skip
            except Refused as refusal:
                form.refuse(refusal.reasons[0].where or "organisation", refusal.reasons[0].message)
    if form.errors:
        return _interests_page(form), 422
    flash(_("Declared. Assignments that it touches have ended."))
    return redirect(url_for("reviewers.interests"), 303)


@bp.post("/reviewers/interests/<int:interest_id>/take-back")
@access(bound)
def take_back(interest_id: int) -> ResponseReturnValue:
    operations.take_back(queries.interest(current_user.id, interest_id) or abort(404), current_user)
    flash(_("Taken back. It stays on record, and an officer may ask about it."))
    return redirect(url_for("reviewers.interests"), 303)


@bp.post("/reviewers/declaration/<any(complete,none,unchanged):what>")
@access(bound)
def declare_year(what: str) -> ResponseReturnValue:
    """The statement for this fiscal year: the declared ties are complete, there are none, or nothing has changed."""
    try:
        if what == "unchanged":
            operations.nothing_changed(current_user)
        else:
            operations.declare_year(current_user, no_ties=what == "none")
    except Refused as refusal:
        return _me(reasons=refusal.reasons), 422
    flash(_("Thank you. Your declaration for this fiscal year is recorded."))
    return redirect(url_for("reviewers.me", _anchor="ties"), 303)

"""Pages of reviewers about themselves."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.reviewers import operations, queries
from app.reviewers.forms import InterestForm

bp = Blueprint("reviewers", __name__)
reviewer = role("reviewer")


@bp.get("/reviewers/interests")
@access(reviewer)
def interests() -> str:
    return _interests_page(InterestForm())


def _interests_page(form: InterestForm) -> str:
    return render_template("reviewers/interests.html", form=form, interests=queries.interests_of(current_user.id))


@bp.post("/reviewers/interests")
@access(reviewer)
def declare() -> Answer | tuple[str, int]:
    form = InterestForm(request.form)
    if not form.validate():
        return _interests_page(form), 422
    organisation = queries.find_organisation(form.organisation.data)
    if organisation is None:
        form.refuse("organisation", _("No organisation of the register has this number or name."))
        return _interests_page(form), 422
    try:
        operations.declare_interest(current_user, organisation, form.kind.data, form.note.data or "")
    except Refused as refusal:
        form.refuse("organisation", refusal.reasons[0].message)
        return _interests_page(form), 422
    flash(_("Declared. Assignments that it touches have ended."))
    return redirect(url_for("reviewers.interests"), 303)

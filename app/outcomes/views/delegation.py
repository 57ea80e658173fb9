"""One report given into another person's hands."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user, login_user
from werkzeug.exceptions import abort

from app.accounts import queries as accounts
from app.applications.forms import JoinForm
from app.core.access import access, anyone, role
from app.core.errors import Refused
from app.core.i18n import _
from app.outcomes import operations, queries
from app.outcomes.forms import GiveForm
from app.outcomes.views import bp
from app.outcomes.views.reports import report_page

giving = role("applicant", "officer")


@bp.post("/follow-ups/<int:follow_up_id>/invitations")
@access(giving)
def give(follow_up_id: int) -> Answer:
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    form: Any = GiveForm(request.form)
    if form.validate():
        try:
            operations.give(found, form.email.data, form.locale.data or "ja", current_user)
        except Refused as refusal:
            form.refuse("email", refusal.reasons[0].message)
    if form.errors:
        return report_page(found, give=form), 422
    flash(_("The invitation is on its way. You can withdraw it at any time."))
    return redirect(url_for("outcomes.follow_up", follow_up_id=follow_up_id), 303)


@bp.post("/follow-ups/<int:follow_up_id>/invitations/<int:invitation_id>/withdraw")
@access(giving)
def withdraw(follow_up_id: int, invitation_id: int) -> Answer:
    found = queries.get_for(current_user, follow_up_id, lock=True) or abort(404)
    operations.withdraw(found, invitation_id, current_user)
    flash(_("The invitation is withdrawn; its link no longer works."))
    return redirect(url_for("outcomes.follow_up", follow_up_id=follow_up_id), 303)


def _page(token: str, form: Any, reasons: Any = ()) -> Answer:
    """What the link shows. Looking at it changes nothing."""
    row, status = queries.invitation_by_token(token), 422 if reasons or form.errors else 200
    try:
        operations.check_invitation(row)
    except Refused as refusal:
        return render_template("applications/invitation_closed.html", reasons=refusal.reasons), 410
    assert row is not None
    return render_template(
        "outcomes/invitation.html", invitation=row, follow_up=row.follow_up, token=token, form=form, reasons=reasons,
        known=operations.has_account(row.email),
        right_person=current_user.is_authenticated and current_user.email == row.email,
    ), status  # fmt: skip


@bp.get("/follow-ups/invitations/<token>")
@access(anyone)
def invitation(token: str) -> Answer:
    return _page(token, JoinForm())


@bp.post("/follow-ups/invitations/<token>", endpoint="accept_invitation")
@access(anyone)
def accept(token: str) -> Answer:
    if not current_user.is_authenticated:
        return _join(token)
    try:
        found = operations.accept(token, current_user)
    except Refused as refusal:
        if any(reason.code == "invitation-address" for reason in refusal.reasons):
            return render_template("applications/invitation_closed.html", reasons=refusal.reasons), 403
        return _page(token, JoinForm(), refusal.reasons)
    flash(_("The report is in your hands now."))
    return redirect(url_for("outcomes.follow_up", follow_up_id=found.id), 303)


def _join(token: str) -> Answer:
    """Somebody without a sign-in: an account is made for the invited address, which the link has proved."""
    form: Any = JoinForm(request.form)
    if not form.validate():
        return _page(token, form)
    try:
        opened, found = operations.join(token, form.name.data, form.password.data)
    except Refused as refusal:
        return _page(token, form, refusal.reasons)
    user: Any = accounts.user_of_session(opened)
    language = session.get("lang")
    session.clear()
    session["lang"] = language or user.locale
    login_user(user)
    return redirect(url_for("outcomes.follow_up", follow_up_id=found.id), 303)

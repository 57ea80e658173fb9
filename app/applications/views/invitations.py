"""Inviting people to act for a member, and accepting."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from app.accounts import queries as people
from app.applications import operations, queries
from app.applications.choices import Right
from app.applications.forms import InviteForm, JoinForm
from app.applications.views import bp
from app.applications.views.pages import applicant, attempt, load
from app.applications.views.shares import after_people, draft_share, share_page, share_url
from app.core.access import access, anyone
from app.core.errors import Refused
from app.core.http import arrived_at
from app.core.i18n import _


@bp.post("/applications/<int:application_id>/members/<int:member_id>/invite")
@access(applicant)
def invite(application_id: int, member_id: int) -> ResponseReturnValue:
    application, member = draft_share(application_id, member_id, lock=True)
    form: Any = InviteForm(request.form)
    return attempt(
        form,
        lambda: operations.invite(
            application,
            member,
            form.email.data,
            form.locale.data or "ja",
            actor=current_user,
            arrived=arrived_at(),
            right=Right(form.right.data or "sign"),
        ),
        lambda reasons: share_page(application, member, reasons=reasons, invite=form),
        share_url(application, member),
    )


@bp.post("/applications/<int:application_id>/invitations/<int:invitation_id>/withdraw")
@access(applicant)
def withdraw_invitation(application_id: int, invitation_id: int) -> ResponseReturnValue:
    application = load(application_id, lock=True)
    row = next((i for i in queries.invitations_of(application.id) if i.id == invitation_id), None) or abort(404)
    operations.withdraw_invitation(application, row, actor=current_user)
    flash(_("The invitation is withdrawn; its link no longer works."))
    return redirect(after_people(application, queries.member_of(application, row.member_id)), 303)


def _page(token: str, form: JoinForm, reasons: Any = ()) -> ResponseReturnValue:
    """What the link shows. Looking at it changes nothing."""
    invitation, status = queries.invitation_by_token(token), 422 if reasons or form.errors else 200
    try:
        operations.check_invitation(invitation)
    except Refused as refusal:
        return render_template("applications/invitation_closed.html", reasons=refusal.reasons), 410
    assert invitation is not None
    return render_template(
        "applications/invitation.html",
        invitation=invitation,
        application=invitation.member.application,
        token=token,
        form=form,
        reasons=reasons,
        known=operations.has_account(invitation.email),
        right_person=current_user.is_authenticated and current_user.email == invitation.email,
    ), status


@bp.get("/invitations/<token>")
@access(anyone)
def invitation(token: str) -> ResponseReturnValue:
    return _page(token, JoinForm())


@bp.post("/invitations/<token>", endpoint="accept_invitation")
@access(anyone)
def accept_invitation(token: str) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return _join(token)
    try:
        application = operations.accept_invitation(token, actor=current_user)
    except Refused as refusal:
        if any(reason.code == "invitation-address" for reason in refusal.reasons):
            return render_template("applications/invitation_closed.html", reasons=refusal.reasons), 403
        return _page(token, JoinForm(), refusal.reasons)
    flash(_("You now act for your organisation in %(number)s.", number=application.number))
    return redirect(url_for("applications.detail", application_id=application.id), 303)


def _join(token: str) -> ResponseReturnValue:
    """Somebody without a sign-in: an account is made for the invited address, which the link has proved."""
    form = JoinForm(request.form)
    if not form.validate():
        return _page(token, form)
    try:
        _user, opened, application = operations.join_with_new_account(token, form.name.data, form.password.data)
    except Refused as refusal:
        return _page(token, form, refusal.reasons)
    user: Any = people.user_of_session(opened)
    language = session.get("lang")
    session.clear()
    session["lang"] = language or user.locale
    login_user(user)
    return redirect(url_for("applications.detail", application_id=application.id), 303)

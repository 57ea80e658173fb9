"""Signing in and out."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.accounts import operations, queries
from app.accounts.forms import ForgotForm, PasswordForm, SignInForm
from app.core.access import access, anyone, signed_in
from app.core.errors import Refused
from app.core.http import safe_next
from app.core.i18n import _

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@access(anyone)
def sign_in() -> str:
    return _sign_in_page(SignInForm())


@bp.post("/sign-in", endpoint="sign_in_post")
@access(anyone)
def sign_in_post() -> Response | tuple[str, int]:
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form), 422
    token = operations.sign_in(form.email.data, form.password.data, request.remote_addr or "")
    if token is None:
        g.keep_failure = True
        form.refuse("password", _("The address or the password is not right. Check both and try again."))
        return _sign_in_page(form), 422
    user = queries.user_of_session(token)
    language = session.get("lang")
    session.clear()
    assert user is not None  # the session was opened in this very transaction
    session["lang"] = language or user.locale
    login_user(user)
    return redirect(safe_next(request.form.get("next")), 303)


@bp.post("/sign-out")
@access(signed_in)
def sign_out() -> Response:
    operations.sign_out(current_user)
    language = session.get("lang")
    logout_user()
    session.clear()
    if language:
        session["lang"] = language
    return redirect(url_for("pages.home"), 303)


@bp.get("/password")
@access(anyone)
def forgot() -> str:
    return render_template("accounts/forgot.html", form=ForgotForm())


@bp.post("/password", endpoint="forgot_post")
@access(anyone)
def forgot_post() -> Response | tuple[str, int]:
    form = ForgotForm(request.form)
    if not form.validate():
        return render_template("accounts/forgot.html", form=form), 422
    operations.forgot_password(form.email.data)
    flash(_("If there is an account with this address, a mail with a link is on its way. The link works for one hour."))
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/password/<token>")
@access(anyone)
def choose_password(token: str) -> str:
    queries.password_link(token) or abort(404)
    return render_template("accounts/password.html", form=PasswordForm(), token=token)


@bp.post("/password/<token>", endpoint="choose_password_post")
@access(anyone)
def choose_password_post(token: str) -> Response | tuple[str, int]:
    link = queries.password_link(token, lock=True) or abort(404)
    form = PasswordForm(request.form)
    if form.validate():
        try:
            operations.use_password_link(link, form.password.data or "")
        except Refused as refusal:
            form.refuse("password", refusal.reasons[0].message)
    if form.errors:
        return render_template("accounts/password.html", form=form, token=token), 422
    flash(_("Your password is set. Sign in with it."))
    return redirect(url_for("accounts.sign_in"), 303)


def _sign_in_page(form: SignInForm) -> str:
    demo = queries.demo_users() if current_app.config["DEMO"] else []
    return render_template(
        "accounts/sign_in.html",
        form=form,
        next=request.values.get("next", ""),
        demo=demo,
        demo_password=current_app.config["DEMO_PASSWORD"],
    )

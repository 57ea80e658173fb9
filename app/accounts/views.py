"""Signing in and out."""

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.accounts import operations, queries
from app.accounts.forms import SignInForm
from app.core.access import access, anyone, signed_in
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


def _sign_in_page(form: SignInForm) -> str:
    demo = queries.demo_users() if current_app.config["DEMO"] else []
    return render_template(
        "accounts/sign_in.html",
        form=form,
        next=request.values.get("next", ""),
        demo=demo,
        demo_password=current_app.config["DEMO_PASSWORD"],
    )

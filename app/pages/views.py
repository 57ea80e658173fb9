"""Start pages, the mail folder for administrators, health."""

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core import outbox
from app.core.access import access, anyone, role
from app.core.health import check
from app.core.i18n import _
from app.pages import tasks

bp = Blueprint("pages", __name__)
admin = role("admin")


@bp.get("/")
@access(anyone)
def home() -> str:
    waiting = tasks.waiting_for(current_user) if current_user.is_authenticated else []
    return render_template("pages/home.html", tasks=waiting, calls=tasks.open_calls())


@bp.get("/admin/mail")
@access(admin)
def mail() -> str:
    return render_template("pages/mail.html", items=outbox.listing())


@bp.get("/admin/mail/<int:item_id>")
@access(admin)
def letter(item_id: int) -> str:
    item = outbox.get(item_id) or abort(404)
    return render_template("pages/letter.html", item=item)


@bp.post("/admin/mail/<int:item_id>/retry")
@access(admin)
def retry(item_id: int) -> ResponseReturnValue:
    outbox.get(item_id) or abort(404)
    outbox.retry(item_id)
    flash(_("It will be tried again within a minute."))
    return redirect(url_for("pages.mail"), 303)


@bp.get("/healthz")
@access(anyone)
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
@access(anyone)
def readyz() -> ResponseReturnValue:
    failing = check(current_app)
    if failing:
        return jsonify(status="failing", failing=failing), 503
    return jsonify(status="ok")

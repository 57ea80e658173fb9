"""Start pages, help, the mail folder for administrators, health."""

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import operations as account_operations
from app.accounts import queries as accounts
from app.accounts.choices import Role
from app.accounts.forms import PersonForm, RightsForm
from app.core import mail as letters
from app.core import outbox
from app.core.access import access, anyone, can_open, role
from app.core.errors import Refused
from app.core.health import check
from app.core.i18n import _
from app.pages import help as helping
from app.pages import menu, operations, tasks

bp = Blueprint("pages", __name__)
admin = role("admin")
bp.add_app_template_global(lambda: menu.places(can_open, request.endpoint or ""), "menu_places")
bp.add_app_template_global(lambda: menu.here(can_open, request.endpoint or ""), "menu_here")


@bp.get("/")
@access(anyone)
def home() -> str:
    waiting = tasks.waiting_for(current_user) if current_user.is_authenticated else []
    return render_template("pages/home.html", tasks=waiting, calls=tasks.open_calls())


@bp.get("/admin/mail")
@access(admin)
def mail() -> str:
    return render_template("pages/mail.html", items=outbox.listing(), readable=letters.are_read_here())


@bp.get("/admin/mail/<int:item_id>")
@access(admin)
def letter(item_id: int) -> str:
    item = outbox.get(item_id) or abort(404)
    return render_template("pages/letter.html", item=item, readable=letters.are_read_here())


@bp.post("/admin/mail/<int:item_id>/retry")
@access(admin)
def retry(item_id: int) -> ResponseReturnValue:
    outbox.get(item_id) or abort(404)
    outbox.retry(item_id)
    flash(_("It will be tried again within a minute."))
    return redirect(url_for("pages.mail"), 303)


@bp.get("/admin/people")
@access(admin)
def people() -> str:
    text = request.args.get("text", "")[:100].replace("\x00", "")
    page = accounts.page(text, request.args.get("after"), request.args.get("before"))
    return render_template("pages/people.html", page=page, text=text)


@bp.get("/admin/people/new")
@access(admin)
def new_person() -> str:
    return render_template("pages/new_person.html", form=PersonForm())


@bp.post("/admin/people/new", endpoint="add_person")
@access(admin)
def add_person() -> ResponseReturnValue:
    form = PersonForm(request.form)
    if form.validate():
        try:
            operations.add_person(
                form.email.data, form.name.data, Role(form.role.data), form.scope.data or "",
                form.organisation.data or "", form.locale.data, current_user,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "email", refusal.reasons[0].message)
    if form.errors:
        return render_template("pages/new_person.html", form=form), 422
    flash(_("The account is open; its link is on its way by mail."))
    return redirect(url_for("pages.people"), 303)


@bp.get("/admin/people/<int:user_id>")
@access(admin)
def person(user_id: int) -> str:
    found = accounts.get(user_id) or abort(404)
    scope = next((row.scope for row in found.role_rows if row.scope), "")
    roles = [role.value for role in found.roles]
    values = {"version": found.version, "roles": roles, "scope": scope, "active": found.active}
    return render_template("pages/person.html", person=found, form=RightsForm(data=values))


@bp.post("/admin/people/<int:user_id>", endpoint="save_person")
@access(admin)
def save_person(user_id: int) -> ResponseReturnValue:
    found = accounts.get(user_id) or abort(404)
    form = RightsForm(request.form)
    if form.validate():
        try:
            account_operations.set_roles(found, form.rights(), form.active.data, form.version.data or 0, current_user)
        except Refused as refusal:
            form.refuse("roles", refusal.reasons[0].message)
    if form.errors:
        return render_template("pages/person.html", person=found, form=form), 422
    flash(_("Saved. The person has to sign in again."))
    return redirect(url_for("pages.people"), 303)


@bp.get("/help")
@access(anyone)
def help_index() -> str:
    return render_template("help/index.html", topics=helping.topics_for(current_user))


@bp.get("/help/<string:code>")
@access(anyone)
def help_topic(code: str) -> str:
    topic = helping.topic_for(current_user, code) or abort(404)
    return render_template(
        "help/topic.html", topic=topic, text=helping.text_of(topic), topics=helping.topics_for(current_user)
    )


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

"""The officers' list of flags, and what is done about each."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.flags import operations, queries
from app.flags.definitions import RULES
from app.flags.forms import FlagFilter, HandleForm
from app.flags.workflow import FLAG

bp = Blueprint("flags", __name__)
officer, staff = role("officer"), role("officer", "auditor")


def section(actor: Any, project: Any) -> dict[str, Any] | None:
    """The living flags of a project, for the office."""
    if not actor.has_role("officer", "auditor"):
        return None
    return {"flags": queries.of_project(project.id), "rules": RULES}


@bp.get("/officer/flags")
@access(staff)
def index() -> str:
    form = FlagFilter(request.args)
    attention = [code for code, rule in RULES.items() if rule.attention]
    form.rule.offer([("", _("Those that call for action")), *((c, r.title) for c, r in RULES.items())])
    valid = form.validate()
    rule, status = (form.rule.data, form.status.data) if valid else (None, None)
    page = queries.page(current_user, rule, status, attention, request.args.get("after"), request.args.get("before"))
    return render_template("flags/index.html", form=form, page=page, rules=RULES, counts=queries.counts(current_user))


@bp.get("/officer/flags/<int:flag_id>")
@access(staff)
def detail(flag_id: int) -> str:
    return _flag_page(queries.get_for(current_user, flag_id) or abort(404), HandleForm())


def _flag_page(found: Any, form: HandleForm) -> str:
    form.version.data = form.version.data or found.version
    labels = {t.event: t.label for t in FLAG.transitions}
    return render_template(
        "flags/detail.html", flag=found, rule=RULES[found.rule], form=form, labels=labels,
        events=FLAG.available(found, current_user),
    )  # fmt: skip


@bp.post("/officer/flags/<int:flag_id>/<any(acknowledge,snooze,resolve):event>")
@access(officer)
def handle(flag_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, flag_id, lock=True) or abort(404)
    form = HandleForm(request.form)
    if form.validate():
        try:
            operations.handle(found, event, form.note.data or "", form.until.data, form.version.data or 0, current_user)
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "note", reason.message)
    if form.errors:
        return _flag_page(found, form), 422
    flash(_("Recorded."))
    return redirect(url_for("flags.detail", flag_id=flag_id), 303)

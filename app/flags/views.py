"""The officers' list of flags, what is done about each, and how the rules are set."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.calls.choices import Programme
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import Refused
from app.core.i18n import _
from app.flags import operations, queries
from app.flags.choices import Gone, Judged
from app.flags.definitions import RULES
from app.flags.exports import facts_of
from app.flags.forms import FlagFilter, HandleForm, setting_form
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
    chosen = queries.Filters(attention)
    if form.validate():
        chosen = queries.Filters(
            attention, form.rule.data, form.status.data, form.programme.data, form.owner.data == "me"
        )
    page = queries.page(current_user, chosen, request.args.get("after"), request.args.get("before"))
    return render_template(
        "flags/index.html",
        form=form,
        page=page,
        rules=RULES,
        counts=queries.counts(current_user),
        moment=now(),
        programmes={p.value: p.short for p in Programme},
    )


@bp.get("/officer/flags/<int:flag_id>")
@access(staff)
def detail(flag_id: int) -> str:
    return _flag_page(queries.get_for(current_user, flag_id) or abort(404), HandleForm())


def _flag_page(found: Any, form: HandleForm) -> str:
    form.version.data = form.version.data or found.version
    labels = {t.event: t.label for t in FLAG.transitions}
    return render_template(
        "flags/detail.html", flag=found, rule=RULES[found.rule], form=form, labels=labels, moment=now(),
        events=FLAG.available(found, current_user), programmes={p.value: p.label for p in Programme},
        facts=facts_of(found.facts, RULES[found.rule].of), gone=Gone(found.gone) if found.gone else None,
    )  # fmt: skip


@bp.post("/officer/flags/<int:flag_id>/<any(acknowledge,snooze,resolve):event>")
@access(officer)
def handle(flag_id: int, event: str) -> Answer | tuple[str, int]:
    found = queries.get_for(current_user, flag_id, lock=True) or abort(404)
    form = HandleForm(request.form)
    if form.validate():
        judged = Judged(form.judged.data) if form.judged.data else None
        try:
            operations.handle(
                found, event, form.note.data or "", form.until.data, form.version.data or 0, current_user, judged
            )
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "note", reason.message)
    if form.errors:
        return _flag_page(found, form), 422
    flash(_("Recorded."))
    return redirect(url_for("flags.detail", flag_id=flag_id), 303)


@bp.get("/officer/flags/rules")
@access(staff)
def rules() -> str:
    return render_template(
        "flags/rules.html", rules=RULES, rows=queries.settings_rows(), counts=queries.counts(current_user),
        judged=queries.judgements(current_user), programmes=list(Programme),
    )  # fmt: skip


def _setting(rule: str, programme: str) -> tuple[Any, str]:
    if rule not in RULES or programme not in ("all", *Programme):
        abort(404)
    return RULES[rule], "" if programme == "all" else programme


@bp.get("/officer/flags/rules/<rule>/<programme>")
@access(staff)
def setting(rule: str, programme: str) -> str:
    found, code = _setting(rule, programme)
    row = queries.setting(rule, code)
    values = {**found.defaults, **(row.given if row else {})}
    data = {f"p-{name}": value for name, value in values.items()}
    form = setting_form(found, enabled=row.enabled if row else True, version=row.version if row else 0, **data)
    return _setting_page(found, programme, form, row)


def _setting_page(found: Any, programme: str, form: Any, row: Any) -> str:
    label = None if programme == "all" else Programme(programme).label
    return render_template("flags/setting.html", rule=found, programme=programme, label=label, form=form, row=row)


@bp.post("/officer/flags/rules/<rule>/<programme>")
@access(officer)
def save_setting(rule: str, programme: str) -> Answer | tuple[str, int]:
    found, code = _setting(rule, programme)
    form = setting_form(found, request.form)
    if form.validate():
        given = {one.name: form[f"p-{one.name}"].data for one in found.parameters}
        try:
            operations.set_rule(
                rule, code, form.enabled.data, given, form.reason.data or "", form.version.data or 0, current_user
            )
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "reason", reason.message)
    if form.errors:
        return _setting_page(found, programme, form, queries.setting(rule, code)), 422
    flash(_("Set. It holds from the next time the rules run."))
    return redirect(url_for("flags.rules"), 303)

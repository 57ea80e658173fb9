"""Run a wave: its page, whom it asks, letters and reminders."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.surveys import operations, policy, queries
from app.surveys.choices import GROUPS
from app.surveys.definitions.effects import options_of
from app.surveys.forms import AddressForm
from app.surveys.views import bp
from app.surveys.views.composing import composers, is_draft, own_wave, readers
from app.surveys.workflow import WAVE

listers = role("officer", "auditor", "admin", "cluster_manager")


def _page(wave: Any, reasons: Any = ()) -> str:
    items, runs = queries.waves.items(wave), policy.may_run(current_user, wave)
    firm = current_user.has_role("applicant")
    return render_template(
        "surveys/detail.html", wave=wave, items=items, groups=GROUPS, reasons=reasons, runs=runs,
        options={item.id: options_of(item.kind, item.options) for item in items},
        events=[t for t in WAVE.transitions if t.event in WAVE.available(wave, current_user)], is_draft=is_draft(wave),
        counts=queries.waves.counts([wave.id]).get(wave.id), own=queries.waves.own_in(current_user, wave) if firm else [],
        lists=runs or policy.sees_records(current_user), results=policy.may_read_results(current_user, wave),
    )  # fmt: skip


@bp.get("/surveys/<int:wave_id>")
@access(readers)
def detail(wave_id: int) -> str:
    return _page(queries.get_for(current_user, wave_id) or abort(404))


@bp.post("/surveys/<int:wave_id>/move")
@access(composers)
def move(wave_id: int) -> Answer:
    wave, event = own_wave(wave_id, lock=True), request.form.get("event", "")
    if event not in WAVE.events:
        abort(404)
    try:
        operations.running.move(wave, event, current_user)
    except Refused as refusal:
        return _page(wave, refusal.reasons), 422
    flash(_("Done."))
    return redirect(url_for("surveys.detail", wave_id=wave_id), 303)


@bp.post("/surveys/<int:wave_id>/remind")
@access(composers)
def remind(wave_id: int) -> Answer:
    wave = own_wave(wave_id, lock=True)
    try:
        number = operations.inviting.remind(wave, current_user)
    except Refused as refusal:
        return _page(wave, refusal.reasons), 422
    flash(_("Reminders that were queued: %(n)d.", n=number))
    return redirect(url_for("surveys.detail", wave_id=wave_id), 303)


def _asked(wave: Any, form: Any = None, wrong: int | None = None) -> str:
    state = request.args.get("state", "")
    return render_template(
        "surveys/asked.html", wave=wave, state=state, form=form or AddressForm(), wrong=wrong,
        page=queries.waves.asked_list(wave, state, request.args.get("after"), request.args.get("before")),
        runs=policy.may_run(current_user, wave) and operations.answering.is_open(wave),
    )  # fmt: skip


@bp.get("/surveys/<int:wave_id>/asked")
@access(listers)
def asked(wave_id: int) -> str:
    wave = queries.get_for(current_user, wave_id) or abort(404)
    if not (policy.sees_records(current_user) or policy.may_run(current_user, wave)):
        abort(404)
    return _asked(wave)


@bp.post("/surveys/<int:wave_id>/asked/<int:asked_id>/invite")
@access(composers)
def invite(wave_id: int, asked_id: int) -> Answer:
    wave, form = own_wave(wave_id), AddressForm(request.form)
    found = queries.waves.asked_of(wave, asked_id, lock=True) or abort(404)
    if form.validate():
        try:
            operations.inviting.invite(found, str(form.email.data), form.locale.data or "ja", current_user)
            flash(_("The letter is on its way."))
            return redirect(url_for("surveys.asked", wave_id=wave_id), 303)
        except Refused as refusal:
            form.refuse("email", refusal.reasons[0].message)
    return _asked(wave, form, asked_id), 422

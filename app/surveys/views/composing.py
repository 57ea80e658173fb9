"""Compose waves: the list, the form, the questions."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.surveys import operations, policy, queries
from app.surveys.choices import EFFECT_ITEMS, ItemKind, WaveStatus
from app.surveys.forms import ItemForm, WaveForm
from app.surveys.views import bp

readers = role("applicant", "officer", "auditor", "admin", "cluster_manager")
composers = role("officer", "cluster_manager")


@bp.get("/surveys")
@access(readers)
def index() -> str:
    page = queries.waves.listed(current_user, request.args.get("after"), request.args.get("before"))
    counts = queries.waves.counts([row[0].id for row in page.rows])
    return render_template(
        "surveys/index.html", page=page, counts=counts, may_compose=policy.may_compose(current_user),
        own=queries.tasks_of(current_user) if current_user.has_role("applicant") else [],
        sees_counts=current_user.has_role("officer", "auditor", "admin", "cluster_manager"),
    )  # fmt: skip


def _form(formdata: Any = None, data: Any = None) -> WaveForm:
    clusters, officer = queries.waves.clusters_for(current_user), current_user.has_role("officer")
    return WaveForm(formdata, data=data, clusters=clusters, officer=officer)


def _page(form: WaveForm, wave: Any = None, status: int = 200) -> Answer:
    return render_template("surveys/wave_form.html", form=form, wave=wave), status


def _refused(form: WaveForm, refusal: Refused, wave: Any = None) -> Answer:
    for reason in refusal.reasons:
        form.refuse(reason.where if reason.where and reason.where in form else "title_en", str(reason))
    return _page(form, wave, 422)


@bp.get("/surveys/add")
@access(composers)
def add() -> Answer:
    return _page(_form(data={"standard": list(EFFECT_ITEMS), "answered": ItemKind.yes_no.value}))


@bp.post("/surveys/add", endpoint="add_post")
@access(composers)
def add_post() -> Answer:
    form = _form(request.form)
    if not form.validate():
        return _page(form, None, 422)
    try:
        wave = operations.composing.compose(form.data_of(), current_user)
    except Refused as refusal:
        return _refused(form, refusal)
    flash(_("The survey is a draft. Look at the questions, then let it go."))
    return redirect(url_for("surveys.detail", wave_id=wave.id), 303)


def own_wave(wave_id: int, lock: bool = False) -> Any:
    """The wave if this reader runs it; else it does not exist."""
    wave = queries.get_for(current_user, wave_id, lock=lock)
    return wave if wave is not None and policy.may_run(current_user, wave) else abort(404)


@bp.get("/surveys/<int:wave_id>/edit")
@access(composers)
def edit(wave_id: int) -> Answer:
    wave = own_wave(wave_id)
    items = queries.waves.items(wave)
    names = ("title_en", "title_ja", "as_of", "opens_on", "closes_on", "first_year", "last_year", "version")
    data = {name: getattr(wave, name) for name in names} | {
        "kind": wave.kind.value, "basis": wave.basis.value, "programme": wave.programme.value if wave.programme else None,
        "clusters": [one.id for one in wave.clusters], "standard": [one.standard for one in items if one.standard],
        "answered": next((one.kind.value for one in items if one.standard), ItemKind.yes_no.value),
    }  # fmt: skip
    return _page(_form(data=data), wave)


@bp.post("/surveys/<int:wave_id>/edit", endpoint="edit_post")
@access(composers)
def edit_post(wave_id: int) -> Answer:
    wave, form = own_wave(wave_id, lock=True), _form(request.form)
    form.kind.data = wave.kind.value  # what is asked for stays
    if not form.validate():
        return _page(form, wave, 422)
    try:
        operations.composing.change(wave, form.data_of(), form.version.data, current_user)
    except Refused as refusal:
        return _refused(form, refusal, wave)
    flash(_("Saved."))
    return redirect(url_for("surveys.detail", wave_id=wave_id), 303)


@bp.get("/surveys/<int:wave_id>/items/add")
@access(composers)
def item_add(wave_id: int) -> Answer:
    wave = own_wave(wave_id)
    return render_template("surveys/item_form.html", form=ItemForm(), wave=wave), 200


@bp.post("/surveys/<int:wave_id>/items/add", endpoint="item_add_post")
@access(composers)
def item_add_post(wave_id: int) -> Answer:
    wave, form = own_wave(wave_id, lock=True), ItemForm(request.form)
    if form.validate():
        try:
            operations.composing.add_item(wave, form.data_of(), current_user)
            return redirect(url_for("surveys.detail", wave_id=wave_id), 303)
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse(reason.where or "text_en", str(reason))
    return render_template("surveys/item_form.html", form=form, wave=wave), 422


@bp.post("/surveys/<int:wave_id>/items/<int:item_id>/remove")
@access(composers)
def item_remove(wave_id: int, item_id: int) -> Answer:
    operations.composing.remove_item(own_wave(wave_id, lock=True), item_id, current_user)
    return redirect(url_for("surveys.detail", wave_id=wave_id), 303)


def is_draft(wave: Any) -> bool:
    return bool(wave.status is WaveStatus.draft)

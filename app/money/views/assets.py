"""The register of restricted assets and what happens to them (MON-7)."""

from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements.views.base import attempt
from app.core.access import access
from app.core.clock import today
from app.core.i18n import _
from app.money import operations, policy, queries
from app.money.choices import Sighting
from app.money.definitions.property import book_value
from app.money.forms import AssetForm, DecisionForm, DisposalForm, DoneForm, SightForm, VersionForm
from app.money.views.base import both_sides, bp, go, officer, people
from app.money.workflow import ASSET
from app.projects import queries as projects


@bp.get("/projects/<int:project_id>/money/assets")
@access(people)
def assets(project_id: int) -> str:
    project = projects.get_for(current_user, project_id) or abort(404)
    return _page(project, _form(project))


def _form(project: Any, formdata: Any = None) -> AssetForm:
    """With the lines of equipment that this reader may register."""
    standing = policy.standing(current_user, project)
    writes = None if standing.officer else standing.writes
    limit = operations.restricted_from(project.id)
    lines = queries.not_registered(project.id, limit, writes) if standing.officer or standing.writes else []
    form = AssetForm(formdata)
    form.expense_id.offer([(str(one.id), f"{one.voucher} {one.payee} ({one.net_yen:,})") for one in lines])
    return form


def _page(project: Any, form: Any, reasons: Any = ()) -> str:
    standing = policy.standing(current_user, project)
    return render_template(
        "money/assets.html", project=project, standing=standing, form=form, reasons=reasons,
        rows=queries.assets_of(project.id, standing.sums_of), limit=operations.restricted_from(project.id),
        gone={one.id for one in queries.unapproved_disposals([project.id])},
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/assets")
@access(both_sides)
def register(project_id: int) -> Answer:
    project = projects.get_for(current_user, project_id, lock=True) or abort(404)
    form, reasons = _form(project, request.form), []
    if form.validate():
        line = queries.expense_for(current_user, project_id, int(form.expense_id.data)) or abort(404)  # one offered
        reasons = attempt(form, lambda: operations.register(line, form.data_of(), current_user))
    if form.errors or reasons:
        return _page(project, form, reasons), 422
    flash(_("The asset is registered."))
    return go("assets", project_id=project_id)


def _load(project_id: int, asset_id: int, lock: bool = False) -> Any:
    found = queries.asset_for(current_user, project_id, asset_id, lock=lock) or abort(404)
    seen = policy.standing(current_user, found.project).sums_of
    return found if seen is None or found.organisation_id in seen else abort(404)


@bp.get("/projects/<int:project_id>/money/assets/<int:asset_id>")
@access(people)
def asset(project_id: int, asset_id: int) -> str:
    return _asset(_load(project_id, asset_id))


def _asset(found: Any, reasons: Any = (), **forms: Any) -> str:
    blank = {"version": found.version, "on": today(), "seen_on": today()}
    made = {"request": DisposalForm, "decision": DecisionForm, "done": DoneForm, "sight": SightForm}
    return render_template(
        "money/asset.html", asset=found, project=found.project, disposals=queries.disposals_of(found.id),
        sightings=queries.sightings_of(found.id), events=ASSET.available(found, current_user), reasons=reasons,
        labels={t.event: t.label for t in ASSET.transitions}, officer=policy.officer_of_asset(current_user, found),
        value=book_value(found.unit_price_yen, found.acquired_on, found.useful_life_years, today()),
        **{f"{name}_form": forms.get(name) or made[name](data=blank) for name in made},
    )  # fmt: skip


def _after(found: Any, form: Any, name: str, verb: Any) -> Answer:
    reasons = attempt(form, verb) if form.validate() else []
    if form.errors or reasons:
        return _asset(found, reasons, **{name: form}), 422
    flash(_("Recorded."))
    return go("asset", project_id=found.project_id, asset_id=found.id)


@bp.post("/projects/<int:project_id>/money/assets/<int:asset_id>/disposal")
@access(both_sides)
def request_disposal(project_id: int, asset_id: int) -> Answer:
    found, form = _load(project_id, asset_id, True), DisposalForm(request.form)
    verb = lambda: operations.request_disposal(found, form.data_of(), form.version.data or 0, current_user)  # noqa: E731
    return _after(found, form, "request", verb)


@bp.post("/projects/<int:project_id>/money/assets/<int:asset_id>/take-back")
@access(both_sides)
def take_back(project_id: int, asset_id: int) -> Answer:
    found, form = _load(project_id, asset_id, True), VersionForm(request.form)
    verb = lambda: operations.take_back_disposal(found, form.version.data or 0, current_user)  # noqa: E731
    return _after(found, form, "back", verb)


@bp.post("/projects/<int:project_id>/money/assets/<int:asset_id>/<any(approve,refuse):event>")
@access(officer)
def decide_disposal(project_id: int, asset_id: int, event: str) -> Answer:
    found, form = _load(project_id, asset_id, True), DecisionForm(request.form)
    verb = lambda: operations.decide_disposal(  # noqa: E731
        found, event == "approve", form.condition.data or "", form.repay_yen.data, form.version.data or 0, current_user
    )
    return _after(found, form, "decision", verb)


@bp.post("/projects/<int:project_id>/money/assets/<int:asset_id>/dispose")
@access(both_sides)
def dispose(project_id: int, asset_id: int) -> Answer:
    found, form = _load(project_id, asset_id, True), DoneForm(request.form)
    verb = lambda: operations.dispose(found, form.on.data, form.version.data or 0, current_user)  # noqa: E731
    return _after(found, form, "done", verb)


@bp.post("/projects/<int:project_id>/money/assets/<int:asset_id>/sighting")
@access(officer)
def sight(project_id: int, asset_id: int) -> Answer:
    found, form = _load(project_id, asset_id, True), SightForm(request.form)
    verb = lambda: operations.sight(  # noqa: E731
        found, Sighting(form.found.data), form.seen_on.data, form.note.data or "", current_user
    )
    return _after(found, form, "sight", verb)

"""The checklist and the assessment of costs."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements import exports, operations, policy, queries
from app.agreements.definitions import ASSESSING, BEFORE_CONTRACT
from app.agreements.forms import ObjectionForm, PointForm, ReasonForm, SignForm, amounts_of, costs_form
from app.agreements.views.base import attempt, award_of, both_sides, bp, lead, officer, people
from app.calls.choices import COST_ITEMS
from app.core import downloads, storage
from app.core.access import access
from app.core.i18n import _


@bp.get("/projects/<int:project_id>/agreement/checklist")
@access(people)
def checklist(project_id: int) -> str:
    return _checklist(award_of(project_id))


def _checklist(award: Any, wrong: Any = None, code: str = "", reasons: Any = ()) -> str:
    open_here = award.status in BEFORE_CONTRACT
    mine = {
        "office": open_here and policy.is_officer(current_user, award),
        "consortium": open_here and policy.is_recipient(current_user, award),
    }
    rows = []
    for item, point in exports.points_of(award):
        form = wrong if item.code == code and wrong else PointForm(
            prefix=f"{item.code}-",
            data={"version": item.version, "done": item.done_at is not None, "not_applicable": item.not_applicable, "note": item.note},
        )  # fmt: skip
        rows.append((item, point, form if mine[item.side.value] else None))
    return render_template(
        "agreements/checklist.html", award=award, project=award.project, rows=rows, wrong=wrong, reasons=reasons,
        files=policy.sees_everybodys_costs(current_user, award),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/agreement/checklist/<code>")
@access(both_sides)
def tick(project_id: int, code: str) -> Answer:
    award = award_of(project_id, lock=True)
    item = queries.item_of(award, code, lock=True) or abort(404)
    form, reasons = PointForm(request.form, prefix=f"{code}-"), []
    if form.validate():
        reasons = attempt(form, lambda: _tick(item, form))
    if form.errors or reasons:
        return _checklist(award, form, code, reasons), 422
    flash(_("Saved."))
    return redirect(url_for("agreements.checklist", project_id=project_id, _anchor=f"item-{code}"), 303)


def _tick(item: Any, form: PointForm) -> None:
    upload, kept = request.files.get("file"), None
    if upload and upload.filename:
        kept = storage.accept(storage.receive(upload.stream, upload.filename), created_by_id=current_user.id)
    operations.tick(
        item, form.done.data, form.note.data or "", form.version.data or 0, current_user,
        not_applicable=form.not_applicable.data, file=kept,
    )  # fmt: skip


@bp.get("/projects/<int:project_id>/agreement/checklist/<code>/file")
@access(people)
def point_file(project_id: int, code: str) -> Response:
    award = award_of(project_id)
    item = queries.item_of(award, code)
    if item is None or item.file is None or not policy.sees_everybodys_costs(current_user, award):
        abort(404)
    return downloads.send(item.file)


@bp.get("/projects/<int:project_id>/agreement/costs")
@access(people)
def costs(project_id: int) -> str:
    return _costs(award_of(project_id))


def _costs(award: Any, form: Any = None, reasons: Any = (), **forms: Any) -> str:
    lines = exports.lines_for(current_user, award)
    assessing = award.status in ASSESSING and award.agreed_at is None
    may_assess = assessing and policy.is_officer(current_user, award)
    answering = assessing and award.assessed_at is not None
    version = {"version": award.version}
    back = award.status in ASSESSING and award.assessed_at is not None and policy.is_officer(current_user, award)
    return render_template(
        "agreements/costs.html", award=award, project=award.project, lines=lines, sums=exports.sums(lines),
        form=(form or costs_form(lines, version=award.version)) if may_assess else None, reasons=reasons,
        cost_items=COST_ITEMS, whole=policy.sees_everybodys_costs(current_user, award), wrong=form,
        sign=forms.get("sign") or (SignForm(data=version) if answering and policy.may_sign(current_user, award) else None),
        objection=forms.get("objection")
        or (ObjectionForm(data=version) if answering and policy.is_recipient(current_user, award) else None),
        back=forms.get("back") or (ReasonForm(data=version) if back else None),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/agreement/costs")
@access(officer)
def assess_costs(project_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    lines = queries.lines_of(award)
    form, reasons = costs_form(lines, request.form), []
    if form.validate():
        reasons = attempt(form, lambda: _assess(award, form, lines))
    if form.errors or reasons:
        return _costs(award, form, reasons), 422
    flash(_("The assessment is on its way to the consortium.") if "send" in request.form else _("Saved."))
    return redirect(url_for("agreements.costs", project_id=project_id), 303)


def _assess(award: Any, form: Any, lines: Any) -> None:
    operations.save_lines(award, amounts_of(form, lines), form.version.data or 0, current_user)
    if "send" in request.form:
        operations.send_assessment(award, award.version, current_user)


@bp.post("/projects/<int:project_id>/agreement/costs/agree")
@access(lead)
def agree(project_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    form, reasons = SignForm(request.form), []
    if form.validate():
        reasons = attempt(form, lambda: operations.agree(award, form.name.data, form.version.data or 0, current_user))
    if form.errors or reasons:
        return _costs(award, reasons=reasons, sign=form), 422
    flash(_("The assessed budget is confirmed. It is the agreed budget of the project now."))
    return redirect(url_for("agreements.agreement", project_id=project_id), 303)


@bp.post("/projects/<int:project_id>/agreement/costs/object")
@access(lead)
def object_to(project_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    form, reasons = ObjectionForm(request.form), []
    if form.validate():
        verb = lambda: operations.object_to(award, form.objection.data, form.version.data or 0, current_user)  # noqa: E731 - handed on
        reasons = attempt(form, verb)
    if form.errors or reasons:
        return _costs(award, reasons=reasons, objection=form), 422
    flash(_("The office is told and assesses again."))
    return redirect(url_for("agreements.costs", project_id=project_id), 303)


@bp.post("/projects/<int:project_id>/agreement/costs/take-back")
@access(officer)
def take_back(project_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    form, reasons = ReasonForm(request.form), []
    if form.validate():
        verb = lambda: operations.take_back(award, form.reason.data, form.version.data or 0, current_user)  # noqa: E731 - handed on
        reasons = attempt(form, verb)
    if form.errors or reasons:
        return _costs(award, reasons=reasons, back=form), 422
    flash(_("The assessment is open again."))
    return redirect(url_for("agreements.costs", project_id=project_id), 303)

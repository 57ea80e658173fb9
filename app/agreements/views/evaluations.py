"""Interim evaluations: scheduling, the consortium's sheet, grades, the verdict."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements import operations, policy, queries
from app.agreements.choices import EvaluationStatus
from app.agreements.definitions import AXES
from app.agreements.forms import DecideForm, ReviewForm, ScheduleForm, sheet_form, sheet_of
from app.agreements.views.base import attempt, award_of, bp, lead, officer, people
from app.core.access import access
from app.core.clock import today
from app.core.fiscal import fiscal_year
from app.core.i18n import _


@bp.get("/projects/<int:project_id>/agreement/evaluations/new")
@access(officer)
def new_evaluation(project_id: int) -> str:
    award = award_of(project_id)
    current = queries.current_contract(award)
    year = current.fiscal_year if current else fiscal_year(today())
    return _schedule_page(award, ScheduleForm(data={"fiscal_year": year}))


def _schedule_page(award: Any, form: Any, reasons: Any = ()) -> str:
    return render_template("agreements/schedule.html", award=award, project=award.project, form=form, reasons=reasons)


@bp.post("/projects/<int:project_id>/agreement/evaluations/new")
@access(officer)
def schedule(project_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    form, reasons = ScheduleForm(request.form), []
    if form.validate():
        verb = lambda: operations.schedule(award, form.fiscal_year.data, form.held_on.data, current_user)  # noqa: E731 - handed on
        reasons = attempt(form, verb)
    if form.errors or reasons:
        return _schedule_page(award, form, reasons), 422
    flash(_("Scheduled. The consortium is told by mail."))
    return redirect(url_for("agreements.agreement", project_id=project_id), 303)


def _found(project_id: int, evaluation_id: int, *, lock: bool = False) -> tuple[Any, Any]:
    """An evaluation, for the office and the lead: its problems and plans are not every partner's."""
    award = award_of(project_id, lock=lock)
    row = queries.evaluation_of(award, evaluation_id, lock=lock)
    if row is None or not policy.sees_everybodys_costs(current_user, award):
        abort(404)
    return award, row


@bp.get("/projects/<int:project_id>/agreement/evaluations/<int:evaluation_id>")
@access(people)
def evaluation(project_id: int, evaluation_id: int) -> str:
    award, row = _found(project_id, evaluation_id)
    return _page(award, row)


def _page(award: Any, row: Any, reasons: Any = (), wrong: Any = None, **forms: Any) -> str:
    names = ("version", "trl", "problems", "plan_update")
    typed = {name: getattr(row, name) for name in names} | {
        f"result_{n}": t["result"] for n, t in enumerate(row.targets)
    }
    scheduled, office = row.status is EvaluationStatus.scheduled, policy.is_officer(current_user, award)
    version = {"version": row.version}
    fills = scheduled and policy.is_recipient(current_user, award)
    return render_template(
        "agreements/evaluation.html", award=award, project=award.project, row=row, axes=AXES, reasons=reasons, wrong=wrong,
        sheet=(forms.get("sheet") or sheet_form(row.targets, **typed)) if fills else None,
        review=(forms.get("review") or ReviewForm(data=version)) if scheduled and office else None,
        decide=(forms.get("decide") or DecideForm(data=version)) if row.status is EvaluationStatus.reviewed and office else None,
    )  # fmt: skip


def _to(project_id: int, evaluation_id: int) -> Answer:
    return redirect(url_for("agreements.evaluation", project_id=project_id, evaluation_id=evaluation_id), 303)


@bp.post("/projects/<int:project_id>/agreement/evaluations/<int:evaluation_id>/fill")
@access(lead)
def fill(project_id: int, evaluation_id: int) -> Answer:
    award, row = _found(project_id, evaluation_id, lock=True)
    form, reasons = sheet_form(row.targets, request.form), []
    if form.validate():
        sheet = sheet_of(form, row.targets)
        reasons = attempt(form, lambda: operations.fill(row, sheet, form.version.data or 0, current_user))
    if form.errors or reasons:
        return _page(award, row, reasons, form, sheet=form), 422
    flash(_("Saved. You can change it until the evaluation is graded."))
    return _to(project_id, evaluation_id)


@bp.post("/projects/<int:project_id>/agreement/evaluations/<int:evaluation_id>/review")
@access(officer)
def review(project_id: int, evaluation_id: int) -> Answer:
    award, row = _found(project_id, evaluation_id, lock=True)
    form, reasons = ReviewForm(request.form), []
    if form.validate():
        given = (form.grades(), form.comment.data, form.version.data or 0)
        reasons = attempt(form, lambda: operations.review(row, *given, current_user))
    if form.errors or reasons:
        return _page(award, row, reasons, form, review=form), 422
    flash(_("The grades are recorded."))
    return _to(project_id, evaluation_id)


@bp.post("/projects/<int:project_id>/agreement/evaluations/<int:evaluation_id>/decide")
@access(officer)
def decide(project_id: int, evaluation_id: int) -> Answer:
    award, row = _found(project_id, evaluation_id, lock=True)
    form, reasons = DecideForm(request.form), []
    if form.validate():
        verb = lambda: operations.decide(row, form.verdict(), form.version.data or 0, current_user)  # noqa: E731 - handed on
        reasons = attempt(form, verb)
    if form.errors or reasons:
        return _page(award, row, reasons, form, decide=form), 422
    flash(_("The verdict is recorded. The consortium is told by mail."))
    return _to(project_id, evaluation_id)

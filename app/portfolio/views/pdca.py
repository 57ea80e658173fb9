"""The PDCA board: targets, pace, gaps, what is done about them, and what came of it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.core.access import access
from app.core.clock import today
from app.core.errors import Reason, Refused
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual, _
from app.portfolio import operations, policy
from app.portfolio.forms.pdca import ActionForm, MoveForm, TargetForm, ValueForm
from app.portfolio.queries import pdca as queries
from app.portfolio.views import bp
from app.portfolio.views.reading import HOMES, officer, staff
from app.portfolio.workflow import MACHINE


def _year() -> int:
    text = request.args.get("year", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return number if 1950 <= number <= 2100 else fiscal_year(today())


def _board(template: str) -> str:
    board = queries.board(_year(), current_user)
    return render_template(
        f"portfolio/{template}.html", board=board, years=queries.years(), may_plan=policy.may_plan(current_user),
        machine=MACHINE, move=MoveForm(), this_year=fiscal_year(today()), homes=HOMES,
    )  # fmt: skip


@bp.get("/pdca")
@access(staff)
def board() -> str:
    return _board("board")


@bp.get("/pdca/print")
@access(staff)
def board_print() -> str:
    """The board of a year to be printed: everything open, nothing to press."""
    return _board("board_print")


def _form_page(form: TargetForm, row: Any = None) -> Answer:
    return render_template("portfolio/target_edit.html", form=form, row=row), 422 if form.errors else 200


@bp.get("/pdca/targets/new")
@access(officer)
def new_target() -> Answer:
    return _form_page(TargetForm(None, queries.clusters(), actual="typed"))


@bp.post("/pdca/targets")
@access(officer)
def set_target() -> Answer:
    form = TargetForm(request.form, queries.clusters())
    if form.validate():
        try:
            row = operations.set_target(form.target_data(), current_user)
        except Refused as refusal:
            form.refuse("ends_on", str(refusal.reasons[0]))
        else:
            flash(_("The target is set."))
            return redirect(url_for("portfolio.target", target_id=row.id), 303)
    return _form_page(form)


@bp.get("/pdca/targets/<int:target_id>")
@access(staff)
def target(target_id: int) -> Answer:
    row = queries.target_of(target_id) or abort(404)
    return _target_page(row, ValueForm(observed_on=today()))


def _target_page(row: Any, form: ValueForm) -> Answer:
    page = render_template(
        "portfolio/target.html", row=row, progress=queries.progress([row], today(), current_user)[0], values=queries.values_of(row, current_user),
        actions=queries.actions_of(row), form=form, may_plan=policy.may_plan(current_user), machine=MACHINE,
        move=MoveForm(), year=fiscal_year(today()),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.get("/pdca/targets/<int:target_id>/edit")
@access(officer)
def edit_target(target_id: int) -> Answer:
    row = queries.target_of(target_id) or abort(404)
    return _form_page(TargetForm.of(row, queries.clusters()), row)


@bp.post("/pdca/targets/<int:target_id>")
@access(officer)
def change_target(target_id: int) -> Answer:
    row = queries.target_of(target_id, lock=True) or abort(404)
    form, back = TargetForm(request.form, queries.clusters()), url_for("portfolio.target", target_id=target_id)
    if form.validate():
        try:
            operations.change_target(row, form.version.data or 0, form.target_data(), current_user, back)
        except Refused as refusal:
            form.refuse("ends_on", str(refusal.reasons[0]))
        else:
            flash(_("The target is changed. What it was stays in the record."))
            return redirect(back, 303)
    return _form_page(form, row)


@bp.post("/pdca/targets/<int:target_id>/values")
@access(officer)
def record_value(target_id: int) -> Answer:
    row, form = queries.target_of(target_id, lock=True) or abort(404), ValueForm(request.form)
    if form.validate():
        try:
            operations.record_value(row, form.observed_on.data, form.value.data, form.source.data, current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "value", str(refusal.reasons[0]))
        else:
            flash(_("The value is recorded."))
            return redirect(url_for("portfolio.target", target_id=target_id), 303)
    return _target_page(row, form)


@bp.post("/pdca/targets/<int:target_id>/answers")
@access(officer)
def keep_answer(target_id: int) -> Answer:
    row = queries.target_of(target_id, lock=True) or abort(404)
    operations.keep_answer(row, current_user)
    flash(_("Today's answer is kept."))
    return redirect(url_for("portfolio.target", target_id=target_id), 303)


# --- actions ---------------------------------------------------------------------------------------------------------


def _action_page(kind: str, key: int, form: ActionForm) -> Answer:
    row, gap, day = queries.subject(kind, key, current_user) or abort(404)
    return render_template("portfolio/action_new.html", row=row, gap=gap, day=day, kind=kind, form=form), (
        422 if form.errors else 200
    )


@bp.get("/pdca/actions/<any(own, cluster):kind>/<int:target_id>/new")
@access(officer)
def new_action(kind: str, target_id: int) -> Answer:
    year = _year()
    form = ActionForm(None, queries.officers(), year=year, due_on=fiscal_year_end(year), owner_id=str(current_user.id))
    return _action_page(kind, target_id, form)


@bp.post("/pdca/actions/<any(own, cluster):kind>/<int:target_id>")
@access(officer)
def plan_action(kind: str, target_id: int) -> Answer:
    form = ActionForm(request.form, queries.officers())
    if form.validate():
        try:
            action = operations.plan_action(kind, target_id, form.year.data, form.action_data(), current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "title", str(refusal.reasons[0]))
        else:
            flash(_("The action is planned."))
            return _to_board(action or abort(404))
    return _action_page(kind, target_id, form)


def _to_board(action: Any) -> Answer:
    return redirect(url_for("portfolio.board", year=action.fiscal_year, _anchor=f"action-{action.id}"), 303)


def _loaded(action_id: int) -> tuple[Any, MoveForm, str]:
    """An action, the sound form sent for it, and the page to come back to."""
    action, form = queries.action_of(action_id, lock=True) or abort(404), MoveForm(request.form)
    if not form.validate():
        raise Refused([Reason("pdca", message) for _id, _label, message in form.reasons()])
    return action, form, url_for("portfolio.board", year=action.fiscal_year)


@bp.post("/pdca/actions/<int:action_id>/<any(start, finish, drop):event>")
@access(officer)
def move_action(action_id: int, event: str) -> Answer:
    action, form, back = _loaded(action_id)
    operations.move(action, event, form.version.data or 0, form.words.data or "", current_user, back)
    flash(_("Noted."))
    return _to_board(action)


@bp.post("/pdca/actions/<int:action_id>/result")
@access(officer)
def note_result(action_id: int) -> Answer:
    action, form, back = _loaded(action_id)
    operations.note_result(action, form.version.data or 0, form.words.data or "", current_user, back)
    flash(_("Noted."))
    return _to_board(action)


@bp.post("/pdca/actions/<int:action_id>/carry")
@access(officer)
def carry_action(action_id: int) -> Answer:
    action, form, back = _loaded(action_id)
    if form.due_on.data is None:
        words = Bilingual("Give the new due day.", "新しい期日を入力してください。")
        raise Refused([Reason("action-due", words, "due_on")])
    follower = operations.carry_over(action, form.version.data or 0, form.due_on.data, current_user, back)
    flash(_("Carried over to the following fiscal year."))
    return _to_board(follower)

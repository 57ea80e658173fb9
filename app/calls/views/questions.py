"""Questions and answers of a call: asked and read by applicants, answered by the office, public for everybody."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.calls import operations, policy, queries
from app.calls.forms import AnswerForm, QuestionForm
from app.calls.views import bp
from app.core.access import access, anyone, role
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.core.http import arrived_at
from app.core.i18n import _

officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/calls/<int:call_id>/questions-and-answers")
@access(anyone)
def questions(call_id: int) -> str:
    call = queries.get_for(current_user, call_id) or abort(404)
    return _public_page(call, QuestionForm())


def _public_page(call: Any, form: QuestionForm) -> str:
    instant = now()
    return render_template(
        "calls/questions.html", call=call, form=form, instant=instant,
        page=queries.published_questions(call.id, request.args.get("after"), request.args.get("before")),
        mine=queries.questions_by(current_user, call.id) if current_user.is_authenticated else [],
        may_ask=policy.may_ask(current_user, call, instant), takes=policy.takes_questions(call, instant),
    )  # fmt: skip


@bp.post("/calls/<int:call_id>/questions-and-answers")
@access(role("applicant"))
def ask(call_id: int) -> ResponseReturnValue:
    call = queries.get_for(current_user, call_id) or abort(404)
    form = QuestionForm(request.form)
    if form.validate():
        try:
            operations.ask(call, form.text.data, actor=current_user, arrived=arrived_at())
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "text", refusal.reasons[0].message)
    if form.errors:
        return _public_page(call, form), 422
    flash(_("Your question has reached the programme office. You get a letter when it is answered."))
    return redirect(url_for("calls.questions", call_id=call.id), 303)


@bp.get("/officer/questions")
@access(staff)
def waiting_questions() -> str:
    page = queries.waiting_questions(request.args.get("after"), request.args.get("before"))
    return render_template("calls/waiting_questions.html", page=page)


@bp.get("/officer/questions/<int:question_id>")
@access(staff)
def question(question_id: int) -> str:
    found = queries.question(question_id) or abort(404)
    return render_template("calls/question.html", question=found, form=AnswerForm(obj=found))


@bp.post("/officer/questions/<int:question_id>", endpoint="answer")
@access(officer)
def answer(question_id: int) -> ResponseReturnValue:
    found = queries.question(question_id, lock=True) or abort(404)
    form = AnswerForm(request.form)
    if form.validate():
        try:
            _answer(found, form)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "answer_ja", refusal.reasons[0].message)
    if form.errors:
        return render_template("calls/question.html", question=found, form=form), 422
    flash(_("The answer is public.") if found.published_at else _("The answer is saved, but not public yet."))
    return redirect(url_for("calls.question", question_id=question_id), 303)


def _answer(found: Any, form: Any) -> None:
    names = ("question_en", "question_ja", "answer_en", "answer_ja")
    values = operations.AnswerValues(*(form[name].data or "" for name in names))
    try:
        operations.save_answer(found, values, form.version.data or 0, actor=current_user)
    except Stale:
        mine, theirs = form, AnswerForm(obj=found)
        raise Stale(
            {mine[name].label.text: mine[name].data or "" for name in names},
            {theirs[name].label.text: theirs[name].data or "" for name in names},
            url_for("calls.question", question_id=found.id),
        ) from None
    if request.form.get("publish"):
        operations.publish_answer(found, actor=current_user)

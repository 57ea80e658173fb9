"""The questions of a call: for everybody to read and print, and for officers the way to composing them."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.calls import operations, queries
from app.calls.views import bp
from app.core.access import access, anyone, role
from app.questionnaires import queries as questionnaires


@bp.get("/calls/<int:call_id>/questionnaire")
@access(anyone)
def questionnaire(call_id: int) -> str:
    """The published questions, in the order in which they are asked."""
    call = queries.get_for(current_user, call_id) or abort(404)
    version = questionnaires.published(call.questionnaire_id)
    if version is None and not current_user.has_role("officer", "auditor"):
        abort(404)
    content = questionnaires.content(version) if version else None
    return render_template("questionnaires/asked.html", call=call, version=version, content=content)


@bp.post("/calls/<int:call_id>/questionnaire", endpoint="add_questionnaire")
@access(role("officer"))
def add_questionnaire(call_id: int) -> ResponseReturnValue:
    call = queries.get_for(current_user, call_id, lock=True) or abort(404)
    row = operations.add_questionnaire(call, actor=current_user)
    return redirect(url_for("questionnaires.overview", questionnaire_id=row.id), 303)


@bp.get("/questionnaires/<int:questionnaire_id>/call")
@access(role("officer", "auditor"))
def of_questionnaire(questionnaire_id: int) -> ResponseReturnValue:
    """From the questions to the call that asks them."""
    row = queries.by_questionnaire(questionnaire_id) or abort(404)
    call = queries.get_for(current_user, row.id) or abort(404)
    return redirect(url_for("calls.detail", call_id=call.id))

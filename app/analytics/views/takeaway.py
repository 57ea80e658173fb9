"""What readers take along: CSV at once, PDF from the worker."""

from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.analytics import exports, operations, policy, queries
from app.analytics.views import bp
from app.analytics.views.asking import asked_of, part_of, seers
from app.core import downloads, tabular, taken
from app.core.access import access, signed_in
from app.core.i18n import locale


def _csv(rows: Any, name: str) -> Response:
    taken.rows(len(rows))
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(tabular.portions(rows), mimetype="text/csv", headers=headers)


@bp.get("/rates/<any(participation, commercialization):kind>/figures.csv")
@access(signed_in)
def figures_csv(kind: str) -> Response:
    question = asked_of(kind, request.args).question()
    return _csv(exports.figures(question, policy.sees_whole(current_user, question)), f"{question.rule.id}-figures.csv")


@bp.get("/rates/<any(participation, commercialization):kind>/records.csv")
@access(seers)
def records_csv(kind: str) -> Response:
    question = asked_of(kind, request.args).question()
    return _csv(exports.units(question, current_user, part_of(question)), f"{question.rule.id}-records.csv")


@bp.post("/rates/<any(participation, commercialization):kind>/pdf")
@access(signed_in)
def order_pdf(kind: str) -> ResponseReturnValue:
    form = asked_of(kind, request.form)
    document = operations.order_document(form.question(), form.address(), current_user, locale())
    return redirect(url_for("analytics.document", document_id=document.id), 303)


@bp.get("/documents/<int:document_id>")
@access(signed_in)
def document(document_id: int) -> Response:
    row = queries.document_of(current_user, document_id) or abort(404)
    answer = make_response(render_template("analytics/document.html", row=row))
    if row.file_id is None:
        answer.headers["Refresh"] = "3"
    return answer


@bp.get("/documents/<int:document_id>/file")
@access(signed_in)
def document_file(document_id: int) -> Response:
    row = queries.document_of(current_user, document_id) or abort(404)
    if row.file is None:
        abort(404)
    return downloads.send(row.file)

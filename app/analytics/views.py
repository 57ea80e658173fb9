"""Pages of rates: ask, see the answer with its definition and doubts, look at the records behind it, take it along."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.analytics import exports, operations, queries
from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, Verdict, figures
from app.analytics.forms import CommercializationForm, ParticipationForm
from app.analytics.published import CONTRADICTIONS, FIGURES
from app.core import downloads, tabular
from app.core.access import access, anyone, role, signed_in
from app.core.i18n import locale

bp = Blueprint("analytics", __name__)
seers = role("officer", "auditor", "admin")
#: Curves are not drawn where fewer are at risk (CR-6).
FEWEST_AT_RISK = 10


def _participation_form(asked: Any) -> ParticipationForm:
    return ParticipationForm(asked, queries.lists())


def _form(kind: str, asked: Any) -> Any:
    return {"participation": _participation_form, "commercialization": CommercializationForm}[kind](asked)


def _asked(kind: str, asked: Any) -> Any:
    """The form of a question that must be sound (the pages that only the first page links to)."""
    form = _form(kind, asked)
    if not form.validate():
        abort(404)
    return form


@bp.get("/rates")
@access(signed_in)
def index() -> ResponseReturnValue:
    form = _participation_form(request.args)
    found: dict[str, Any] = {"rate": None, "cohorts": (), "chance": None}
    sound = form.validate()
    if sound:
        question = form.question()
        found = {
            "rate": queries.measure(question),
            "cohorts": queries.cohorts(question),
            "chance": queries.by_chance(figures.Chance(question)),
        }
    page = render_template("analytics/participation.html", form=form, kind="participation", **found)
    return page, 200 if sound else 422


@bp.get("/rates/commercialization")
@access(signed_in)
def commercialization() -> ResponseReturnValue:
    form = CommercializationForm(request.args)
    found: dict[str, Any] = {"rate": None, "cohorts": (), "levels": (), "points": ()}
    sound = form.validate()
    if sound:
        question = form.question()
        found = {
            "rate": queries.measure(question),
            "cohorts": queries.cohorts(question),
            "levels": queries.levels(figures.Levels(question)).at(question.lag) if question.lag in (0, 1, 3, 5) else (),
            "points": queries.curve(question),
        }
    page = render_template(
        "analytics/commercialization.html", form=form, kind="commercialization", fewest=FEWEST_AT_RISK, **found
    )
    return page, 200 if sound else 422


@bp.get("/rates/definitions")
@access(anyone)
def definitions() -> str:
    return render_template("analytics/definitions.html", groups=(PARTICIPATION, COMMERCIALIZATION))


@bp.get("/rates/phase-one")
@access(anyone)
def phase_one() -> str:
    rows = [(figure, queries.measure(figure.question) if figure.question else None) for figure in FIGURES]
    return render_template("analytics/phase_one.html", rows=rows, contradictions=CONTRADICTIONS)


@bp.get("/rates/<any(participation, commercialization):kind>/records")
@access(seers)
def records(kind: str) -> str:
    form = _asked(kind, request.args)
    question = form.question()
    try:
        verdict = Verdict(request.args.get("verdict", "yes"))
    except ValueError:
        abort(404)
    page = queries.records(question, verdict, request.args.get("after"), request.args.get("before"))
    rate = queries.measure(question)
    return render_template(
        "analytics/records.html", form=form, kind=kind, question=question, verdict=verdict, page=page, rate=rate
    )


def _csv(rows: Any, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(tabular.portions(rows), mimetype="text/csv", headers=headers)


@bp.get("/rates/<any(participation, commercialization):kind>/figures.csv")
@access(signed_in)
def figures_csv(kind: str) -> Response:
    question = _asked(kind, request.args).question()
    return _csv(exports.figures(question), f"{question.rule.id}-figures.csv")


@bp.get("/rates/<any(participation, commercialization):kind>/records.csv")
@access(seers)
def records_csv(kind: str) -> Response:
    question = _asked(kind, request.args).question()
    return _csv(exports.units(question), f"{question.rule.id}-records.csv")


@bp.post("/rates/<any(participation, commercialization):kind>/pdf")
@access(signed_in)
def order_pdf(kind: str) -> ResponseReturnValue:
    form = _asked(kind, request.form)
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

"""What the office learns from past rounds: criteria, reviewers' forecasts and plans against later results."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.learning import exports, queries
from app.learning.choices import COUNTED, COUNTED_LABEL, State, headings
from app.learning.definitions import figures
from app.learning.definitions.questions import CENSORING, FIGURES, SELECTION
from app.learning.forms import LearningForm

bp = Blueprint("learning", __name__)
staff = role("officer", "auditor")


def _answer(kind: str, measure: Any) -> ResponseReturnValue:
    """One page: the question, who is counted, the figures; 422 where the question is not sound."""
    form = LearningForm(request.args)
    found: dict[str, Any] = {}
    sound = form.validate()
    if sound:
        question = form.question()
        cases = queries.cases(current_user, question)
        found = {
            "question": question,
            "counts": figures.counts(cases, kind, question),
            "reviewed": queries.reviewed(current_user, question),
            "cases": len(cases),
            **measure(cases, question),
        }
    page = render_template(
        f"learning/{kind}.html", form=form, kind=kind, figure=FIGURES[kind], selection=SELECTION, censoring=CENSORING,
        **found,
    )  # fmt: skip
    return page, 200 if sound else 422


def _asked() -> LearningForm:
    """The question of a page that only the first ones link to: sound, or not there."""
    form = LearningForm(request.args)
    if not form.validate():
        abort(404)
    return form


@bp.get("/officer/learning")
@access(staff)
def criteria() -> ResponseReturnValue:
    return _answer("criteria", lambda cases, q: {"lines": figures.criteria(cases, queries.criterion_names(q), q)})


@bp.get("/officer/learning/forecasts")
@access(staff)
def forecasts() -> ResponseReturnValue:
    return _answer("forecasts", lambda cases, question: {"score": figures.forecasts(cases, question)})


@bp.get("/officer/learning/plans")
@access(staff)
def plans() -> ResponseReturnValue:
    return _answer(
        "plans",
        lambda cases, question: {
            "first": figures.first_sales(cases, question),
            "lines": figures.sales_lines(cases, question),
            "rank": figures.planned_rank(cases, question),
        },
    )


@bp.get("/officer/learning/<any(criteria, forecasts, plans):kind>/records")
@access(staff)
def records(kind: str) -> str:
    """The projects behind a figure, with the values that entered it."""
    form = _asked()
    try:
        asked = request.args.get("state", COUNTED)
        states = headings(asked)
    except ValueError:
        abort(404)
    question = form.question()
    cases = queries.cases(current_user, question)
    page = queries.page(cases, kind, question, states, request.args.get("after"), request.args.get("before"))
    return render_template(
        "learning/records.html", form=form, kind=kind, figure=FIGURES[kind], question=question, state=asked, page=page,
        label=COUNTED_LABEL if asked == COUNTED else State(asked).label, counted=COUNTED, counted_label=COUNTED_LABEL,
        counts=figures.counts(cases, kind, question), names=queries.criterion_names(question),
    )  # fmt: skip


def _csv(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(data, mimetype="text/csv", headers=headers)


@bp.get("/officer/learning/<any(criteria, forecasts, plans):kind>/figures.csv")
@access(staff)
def figures_csv(kind: str) -> Response:
    question = _asked().question()
    cases = queries.cases(current_user, question)
    return _csv(exports.figures(kind, cases, question, queries.criterion_names(question)), f"learning-{kind}")


@bp.get("/officer/learning/<any(criteria, forecasts, plans):kind>/records.csv")
@access(staff)
def records_csv(kind: str) -> Response:
    question = _asked().question()
    cases = queries.cases(current_user, question)
    return _csv(exports.records(kind, cases, question, queries.criterion_names(question)), f"learning-{kind}-records")

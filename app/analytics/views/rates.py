"""The pages of the rates themselves."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.analytics import policy, queries
from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, figures
from app.analytics.forms import CommercializationForm, ComparisonForm
from app.analytics.published import CONTRADICTIONS, FIGURES
from app.analytics.views import bp
from app.analytics.views.asking import HOMES, asked_of, dimension, part_of, participation_form, seers, verdict
from app.core.access import access, anyone, signed_in


@bp.get("/rates")
@access(signed_in)
def index() -> ResponseReturnValue:
    form = participation_form(request.args)
    if not form.validate():
        return render_template("analytics/participation.html", form=form, kind="participation", found=None), 422
    question = form.question()
    if not policy.sees_whole(current_user, question):
        return render_template("analytics/public.html", form=form, kind="participation", **_public(question))
    found = queries.participation_page(question, dimension())
    return render_template("analytics/participation.html", form=form, kind="participation", found=found)


def _public(question: queries.Question) -> dict[str, object]:
    aside = queries.STANDS_ASIDE if queries.stands_aside(current_user, question) else None
    return {"found": queries.public_page(question), "offered": queries.offered(question), "aside": aside}


@bp.get("/rates/commercialization")
@access(signed_in)
def commercialization() -> ResponseReturnValue:
    form, kind = CommercializationForm(request.args), "commercialization"
    if not form.validate():
        return render_template("analytics/commercialization.html", form=form, kind=kind, found=None), 422
    question = form.question()
    if not policy.sees_whole(current_user, question):
        return render_template("analytics/public.html", form=form, kind=kind, **_public(question))
    found = queries.commercialization_page(question, dimension())
    good = figures.GOOD_RESPONSE
    return render_template("analytics/commercialization.html", form=form, kind=kind, found=found, good_response=good)


@bp.get("/rates/cohorts")
@access(seers)
def cohorts() -> ResponseReturnValue:
    """The cohort triangle and rates at equal age (CR-7, CR-8)."""
    form = CommercializationForm(request.args)
    if not form.validate():
        return render_template("analytics/cohorts.html", form=form, triangle=None), 422
    question = form.question()
    if not policy.sees_whole(current_user, question):
        return render_template("analytics/cohorts.html", form=form, triangle=None, aside=queries.STANDS_ASIDE)
    width = 10 if request.args.get("width") == "10" else 5
    triangle = queries.triangle(figures.Triangle(question, width))
    aged = queries.equal_age(figures.EqualAge(question))
    return render_template("analytics/cohorts.html", form=form, triangle=triangle, aged=aged, question=question)


@bp.get("/rates/groups")
@access(seers)
def groups() -> ResponseReturnValue:
    """Projects with and without a cluster member (CR-12)."""
    form = ComparisonForm(request.args)
    sound = form.validate()
    if sound and not policy.sees_whole(current_user, form.question()):
        return render_template("analytics/groups.html", form=form, found=None, aside=queries.STANDS_ASIDE)
    found = queries.compare(form.comparison()) if sound else None
    fewest = figures.FEWEST_AT_RISK
    return render_template("analytics/groups.html", form=form, found=found, fewest=fewest), 200 if sound else 422


@bp.get("/rates/definitions")
@access(anyone)
def definitions() -> str:
    return render_template("analytics/definitions.html", groups=(PARTICIPATION, COMMERCIALIZATION))


@bp.get("/rates/phase-one")
@access(anyone)
def phase_one() -> str:
    asked = [figure.question for figure in FIGURES]
    whole = policy.sees_records(current_user) and not any(queries.stands_aside(current_user, q) for q in asked if q)
    answers = queries.measured(asked) if whole else queries.shown_all(asked)
    rows = list(zip(FIGURES, answers, strict=True))
    ages = queries.shown_all(asked[:1])[0]
    return render_template("analytics/phase_one.html", rows=rows, contradictions=CONTRADICTIONS, ages=ages)


@bp.get("/rates/<any(participation, commercialization):kind>/records")
@access(seers)
def records(kind: str) -> str:
    form = asked_of(kind, request.args)
    question, which = form.question(), verdict()
    part = part_of(question)
    whole = policy.sees_whole(current_user, question)
    with queries.lists_for(current_user):
        page = queries.records(question, which, request.args.get("after"), request.args.get("before"), part)
    return render_template(
        "analytics/records.html", form=form, kind=kind, home=HOMES[kind], verdict=which, page=page, part=part,
        count=queries.counted(question, part) if whole else None, definition=question.rule,
        names=queries.labels(part.by) if isinstance(part, figures.Part) else {},
        aside=None if whole else queries.STANDS_ASIDE,
    )  # fmt: skip

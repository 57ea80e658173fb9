"""Reading a question, and a row of a breakdown, from an address."""

from typing import Any

from flask import abort, request

from app.analytics import queries
from app.analytics.definitions import Verdict
from app.analytics.definitions.figures import Dimension, Part, Within
from app.analytics.forms import CommercializationForm, ParticipationForm
from app.core.access import role

#: The office: whoever sees the records behind a rate (policy.sees_records says the same of a person).
seers = role("officer", "auditor", "admin")
HOMES = {"participation": "analytics.index", "commercialization": "analytics.commercialization"}


def participation_form(asked: Any) -> ParticipationForm:
    return ParticipationForm(asked, queries.lists())


def form_of(kind: str, asked: Any) -> Any:
    return {"participation": participation_form, "commercialization": CommercializationForm}[kind](asked)


def asked_of(kind: str, asked: Any) -> Any:
    """The form of a question that must be sound (the pages that only the first page links to)."""
    form = form_of(kind, asked)
    if not form.validate():
        abort(404)
    return form


def dimension() -> Dimension | None:
    """By what the breakdown is wanted; None where nothing sensible is said."""
    try:
        return Dimension(request.args.get("by", ""))
    except ValueError:
        return None


def verdict() -> Verdict:
    try:
        return Verdict(request.args.get("verdict", "yes"))
    except ValueError:
        abort(404)


def part_of(question: queries.Question) -> queries.Narrowed:
    """The row or cell that the list is narrowed to; 404 for one that this question does not have."""
    cohort, t = request.args.get("cohort", type=int), request.args.get("t", type=int)
    if cohort is not None and t is not None:
        if question.rule.id not in queries.LEVELS or not (0 <= t <= 200 and 1000 <= cohort <= 9000):
            abort(404)
        return Within(cohort, t)
    value = request.args.get("part")
    if value is None:
        return None
    by = dimension()
    if by not in queries.dimensions(question) or len(value) > 60 or "\x00" in value:
        abort(404)
    return Part(by, value)

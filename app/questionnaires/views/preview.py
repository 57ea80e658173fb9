"""The questionnaire as an applicant sees it, to be tried out: nothing that is typed here is kept."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.core.access import access
from app.core.forms import BaseForm
from app.questionnaires import queries
from app.questionnaires.choices import Kind
from app.questionnaires.definitions import FACTS, assess
from app.questionnaires.forms import answer_fields, answers_of
from app.questionnaires.views import bp, load, readers

#: Facts of an imaginary application, until the trial form says otherwise.
FACTS_TO_TRY = {"total_yen": "80000000", "members": "4", "companies": "2", "sme_count": "2", "years": "2",
                "outsourcing_pct": "0", "frame": "general"}  # fmt: skip


def _version(questionnaire: Any) -> Any:
    number = request.args.get("version", 0, type=int)
    if number:
        return queries.version(questionnaire, number) or abort(404)
    return queries.versions(questionnaire)[0]


@bp.get("/questionnaires/<int:questionnaire_id>/preview")
@access(readers)
def preview(questionnaire_id: int) -> str:
    questionnaire = load(questionnaire_id)
    return _page(questionnaire, _version(questionnaire), None)


@bp.post("/questionnaires/<int:questionnaire_id>/preview", endpoint="try_out")
@access(readers)
def try_out(questionnaire_id: int) -> ResponseReturnValue:
    questionnaire = load(questionnaire_id)
    return _page(questionnaire, _version(questionnaire), request.form)


def _page(questionnaire: Any, row: Any, sent: Any) -> str:
    content = queries.content(row)
    questions = list(content.questions())
    typed = {name: (sent or {}).get(f"fact_{name}", text) for name, text in FACTS_TO_TRY.items()}
    answers = {}
    if sent is not None:
        form = _form(questions, {}, sent)
        form.validate()
        answers = answers_of(form, questions)
    else:
        form = _form(questions, {}, None)
    found = assess(content, answers, {name: _fact(name, text) for name, text in typed.items()})
    return render_template(
        "questionnaires/preview.html", questionnaire=questionnaire, row=row, form=form, assessment=found, facts=FACTS,
        typed=typed, tried=sent is not None,
    )  # fmt: skip


def _form(questions: list[Any], answers: dict[str, Any], sent: Any) -> BaseForm:
    fields, data = answer_fields(questions, answers, queries.organisation_answer, sent or ())
    return type("TrialForm", (BaseForm,), fields)(sent, data=data)  # type: ignore[no-any-return]


def _fact(name: str, text: str) -> Any:
    if FACTS[name][0] is Kind.text:
        return text
    try:
        number = Decimal(text.replace(",", "")[:20])
        return number if number.is_finite() else None
    except InvalidOperation:
        return None

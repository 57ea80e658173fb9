"""Composing: the overview, sections, questions, their order."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access
from app.core.errors import Reason, Refused
from app.core.i18n import _
from app.questionnaires import operations, policy, queries
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions import FACTS, FUNCTIONS, SETTINGS
from app.questionnaires.forms import question_data, question_field, question_form, section_data, section_form
from app.questionnaires.forms.composing import row_kinds
from app.questionnaires.views import bp, load, load_draft, officer, readers


@bp.get("/questionnaires/<int:questionnaire_id>")
@access(readers)
def overview(questionnaire_id: int) -> str:
    return _overview(load(questionnaire_id))


def _overview(questionnaire: Any, reasons: Any = ()) -> str:
    rows = queries.versions(questionnaire)
    draft = rows[0] if rows[0].is_draft else None
    return render_template(
        "questionnaires/overview.html",
        questionnaire=questionnaire,
        row=rows[0],
        draft=draft,
        content=queries.content(rows[0]),
        versions=rows,
        types=QuestionType,
        reasons=reasons,
        may_write=policy.may_write(current_user) and draft is not None,
        may_start=policy.may_write(current_user) and draft is None,
    )


def _back(questionnaire: Any, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("questionnaires.overview", questionnaire_id=questionnaire.id, _anchor=anchor or None), 303)


@bp.get("/questionnaires/<int:questionnaire_id>/sections/new")
@access(officer)
def new_section(questionnaire_id: int) -> str:
    questionnaire, draft = load_draft(questionnaire_id)
    return _section_page(questionnaire, section_form(None, draft.version), None)


def _section_page(questionnaire: Any, form: Any, section: Any) -> str:
    return render_template(
        "questionnaires/section.html", questionnaire=questionnaire, form=form, section=section, facts=FACTS,
        functions=FUNCTIONS,
    )  # fmt: skip


@bp.get("/questionnaires/<int:questionnaire_id>/sections/<key>")
@access(officer)
def section(questionnaire_id: int, key: str) -> str:
    questionnaire, draft = load_draft(questionnaire_id)
    found = queries.content(draft).section(key) or abort(404)
    return _section_page(questionnaire, section_form(found, draft.version), found)


@bp.post("/questionnaires/<int:questionnaire_id>/sections/new", endpoint="add_section")
@access(officer)
def add_section(questionnaire_id: int) -> ResponseReturnValue:
    return _save_section(questionnaire_id, None)


@bp.post("/questionnaires/<int:questionnaire_id>/sections/<key>", endpoint="save_section")
@access(officer)
def save_section(questionnaire_id: int, key: str) -> ResponseReturnValue:
    return _save_section(questionnaire_id, key)


def _save_section(questionnaire_id: int, key: str | None) -> ResponseReturnValue:
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    found = None if key is None else queries.content(draft).section(key) or abort(404)
    form = section_form(found, draft.version, request.form)
    if form.validate():
        try:
            saved = operations.save_section(
                questionnaire, draft, key, section_data(form), form.version.data or 0, actor=current_user
            )
            flash(_("The section is saved."))
            return _back(questionnaire, f"s-{saved.key}")
        except Refused as refusal:
            _at_fields(form, refusal)
    return _section_page(questionnaire, form, found), 422


def _at_fields(form: Any, refusal: Refused) -> None:
    for reason in refusal.reasons:
        form.refuse(question_field(form, reason.where), str(reason))


@bp.get("/questionnaires/<int:questionnaire_id>/sections/<key>/questions/new")
@access(officer)
def new_question(questionnaire_id: int, key: str) -> str:
    questionnaire, draft = load_draft(questionnaire_id)
    found = queries.content(draft).section(key) or abort(404)
    kind = _kind(request.args.get("type"))
    return _question_page(questionnaire, found, question_form(kind, None, draft.version), None)


def _kind(name: str | None) -> QuestionType:
    return QuestionType(name) if name in [t.value for t in QuestionType] else abort(404)


def _question_page(questionnaire: Any, section: Any, form: Any, question: Any) -> str:
    return render_template(
        "questionnaires/question.html", questionnaire=questionnaire, section=section, form=form, question=question,
        settings=SETTINGS[form.kind], rows=row_kinds(form.kind), facts=FACTS, functions=FUNCTIONS, types=QuestionType,
    )  # fmt: skip


@bp.post("/questionnaires/<int:questionnaire_id>/sections/<key>/questions/new", endpoint="add_question")
@access(officer)
def add_question(questionnaire_id: int, key: str) -> ResponseReturnValue:
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    found = queries.content(draft).section(key) or abort(404)
    form = question_form(_kind(request.args.get("type")), None, draft.version, request.form)
    return _save_question(questionnaire, draft, found, form, None)


@bp.get("/questionnaires/<int:questionnaire_id>/questions/<key>")
@access(officer)
def question(questionnaire_id: int, key: str) -> str:
    questionnaire, draft = load_draft(questionnaire_id)
    content = queries.content(draft)
    found = content.question(key) or abort(404)
    kind = _kind(request.args.get("type", found.type.value))
    return _question_page(questionnaire, content.section_of(key), question_form(kind, found, draft.version), found)


@bp.post("/questionnaires/<int:questionnaire_id>/questions/<key>", endpoint="save_question")
@access(officer)
def save_question(questionnaire_id: int, key: str) -> ResponseReturnValue:
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    content = queries.content(draft)
    found = content.question(key) or abort(404)
    form = question_form(_kind(request.args.get("type", found.type.value)), found, draft.version, request.form)
    return _save_question(questionnaire, draft, content.section_of(key), form, found)


def _save_question(questionnaire: Any, draft: Any, section: Any, form: Any, found: Any) -> ResponseReturnValue:
    if form.validate():
        try:
            saved = operations.save_question(
                questionnaire, draft, section.key, found and found.key, question_data(form), form.version.data or 0,
                actor=current_user,
            )  # fmt: skip
            flash(_("The question is saved."))
            return _back(questionnaire, f"q-{saved.key}")
        except Refused as refusal:
            _at_fields(form, refusal)
    return _question_page(questionnaire, section, form, found), 422


@bp.post("/questionnaires/<int:questionnaire_id>/change")
@access(officer)
def change(questionnaire_id: int) -> ResponseReturnValue:
    """One of the buttons beside a section or question: up, down, duplicate, delete."""
    questionnaire, draft = load_draft(questionnaire_id, lock=True)
    key, verb = request.form.get("key", ""), request.form.get("verb", "")
    version = request.form.get("version", 0, type=int)
    try:
        if verb in ("up", "down"):
            operations.move(questionnaire, draft, key, verb == "up", version, actor=current_user)
        elif verb == "duplicate":
            key = operations.duplicate(questionnaire, draft, key, version, actor=current_user)
        elif verb == "delete":
            operations.delete(questionnaire, draft, key, version, actor=current_user)
        else:
            abort(400)
    except Refused as refusal:
        reasons = [Reason(r.code, r.message) for r in refusal.reasons]
        return _overview(questionnaire, reasons), 422
    is_section = queries.content(draft).section(key) is not None
    return _back(questionnaire, f"{'s' if is_section else 'q'}-{key}")

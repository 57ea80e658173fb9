"""The sections of the call's questionnaire in a draft, and the publishing of new questions to running drafts."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, parts, queries
from app.applications.choices import WRITABLE
from app.applications.queries import deadlines
from app.applications.views import bp
from app.applications.views.pages import applicant, load
from app.applications.views.sections import part_page, save_part
from app.calls import policy as call_policy
from app.calls import queries as calls
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import OutOfOrder, Stale
from app.core.forms import clean_text
from app.core.i18n import _
from app.questionnaires import queries as questionnaires
from app.questionnaires.definitions import differences

officer = role("officer")


def _part(application_id: int, section_key: str, lock: bool = False) -> tuple[Any, parts.Part]:
    application = load(application_id, lock)
    part = parts.part_of(application, f"answers-{section_key}", current_user) or abort(404)
    if application.status not in WRITABLE:
        raise OutOfOrder(application, "edit", application.status)
    return application, part


def _page(application: Any, part: parts.Part, form: Any = None, reasons: Any = ()) -> str:
    found = queries.answers.of(application, queries.facts(application))
    keys = list(queries.answers.titles(application))
    here, shown = keys.index(part.key), [f"answers-{p.section.key}" for p in found.parts] if found else []
    section = queries.answers.section(application, part.key.removeprefix("answers-"))
    assert found is not None and section is not None
    return part_page(
        application, part, form, reasons, asked=found.part(section.key), questions=section, visible=sorted(found.keys),
        following=next((key.removeprefix("answers-") for key in keys[here + 1 :] if key in shown), None),
        aside={q.key: queries.answers.old_words(application, q) for q in section.questions if q.is_typed},
        every={a.question.key: a for a in queries.answers.every(application, section)},
    )  # fmt: skip


@bp.get("/applications/<int:application_id>/answers/<section_key>")
@access(applicant)
def answers(application_id: int, section_key: str) -> str:
    return _page(*_part(application_id, section_key))


@bp.post("/applications/<int:application_id>/answers/<section_key>", endpoint="save_answers")
@access(applicant)
def save_answers(application_id: int, section_key: str) -> ResponseReturnValue:
    """Save, and stay: another question may apply now. “Save and go on” leads to the next section."""
    application, part = _part(application_id, section_key, lock=True)
    done = url_for("applications.answers", application_id=application.id, section_key=section_key)
    following = request.form.get("go_on", "")
    if following and queries.answers.section(application, following):
        done = url_for("applications.answers", application_id=application.id, section_key=following)
    return save_part(application, part, lambda form, reasons: _page(application, part, form, reasons), done)


def _publishing(questionnaire_id: int, lock: bool = False) -> tuple[Any, Any, Any]:
    call = calls.by_questionnaire(questionnaire_id, lock) or abort(404)
    questionnaire = questionnaires.get_for(current_user, questionnaire_id) or abort(404)
    return call, questionnaire, questionnaires.draft(questionnaire)


@bp.get("/questionnaires/<int:questionnaire_id>/publish")
@access(officer)
def publish_questions(questionnaire_id: int) -> str:
    """What publishing would mean: what changes, and how many drafts it meets."""
    call, questionnaire, draft = _publishing(questionnaire_id)
    old = questionnaires.published(questionnaire.id)
    changes = differences(questionnaires.content(old), questionnaires.content(draft)) if old and draft else []
    return render_template(
        "applications/publish_questions.html", call=call, questionnaire=questionnaire, draft=draft, old=old,
        changes=changes, people=len(deadlines.drafters(call.id)),
        may=draft is not None and call.status == "published" and call_policy.accepts(call, max(now(), call.opens_at)),
    )  # fmt: skip


@bp.post("/questionnaires/<int:questionnaire_id>/publish", endpoint="publish_questions_now")
@access(officer)
def publish_questions_now(questionnaire_id: int) -> ResponseReturnValue:
    call, questionnaire, draft = _publishing(questionnaire_id, lock=True)
    if draft is not None and request.form.get("version", 0, type=int) != draft.version:
        raise Stale({}, {}, url_for("applications.publish_questions", questionnaire_id=questionnaire.id))
    try:
        notes = clean_text(request.form.get("notes", ""), multiline=True)[:2000]
    except ValueError:
        abort(400)
    told = operations.publish_questions(call, notes, actor=current_user)
    flash(_("The new questions are public. Letters to people who write drafts: %(n)d.", n=told))
    return redirect(url_for("questionnaires.overview", questionnaire_id=questionnaire.id), 303)

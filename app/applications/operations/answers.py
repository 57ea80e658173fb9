"""Answering the call's questionnaire, and publishing a new version of it while drafts are being written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.applications import queries
from app.applications.models import Application, ApplicationAnswer
from app.applications.operations.changes import noted, record_sitting
from app.applications.operations.gates import editable, refuse
from app.applications.queries import deadlines
from app.calls import operations as calls
from app.calls import policy as call_policy
from app.calls.choices import CallStatus
from app.calls.models import Call
from app.core import mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound, OutOfOrder
from app.questionnaires.definitions import Question, both, is_empty, shown


def save_answers(
    application: Application,
    section_key: str,
    values: Mapping[str, Any],
    version: int,
    *,
    actor: Any,
    arrived: datetime,
) -> None:
    """Write the answers of one section, by question key in their stored form. What is not given stays as it is.

    Never refuses an incomplete section: what is missing the rules say. Raises NotFound for a section that the newest
    version of the form does not have, and what ``editable`` raises.
    """
    editable(application, actor, version, arrived, "edit", f"answers-{section_key}")
    section = queries.answers.section(application, section_key)
    if section is None:
        raise NotFound(section_key)
    key = f"answers-{section.key}"
    with noted(application, key, lambda: queries.answers.section_texts(application, section), actor):
        for question in section.questions:
            if question.is_typed and question.key in values:
                _answer(application, question, values[question.key], actor)
        session.flush()
    record_sitting(application, "answers saved", actor, data={"section": section.key})


def _answer(application: Application, question: Question, value: Any, actor: Any) -> None:
    before = queries.answers.stored(application, question)
    if before == value or (is_empty(before) and is_empty(value)):
        return
    aside = queries.answers.old_words(application, question)
    row = next((row for row in application.answers if row.question_key == question.key), None)
    if row is None:
        row = ApplicationAnswer(question_key=question.key)
        application.answers.append(row)
    row.kind, row.value, row.shown = question.type.value, value, both(shown(question, value))
    row.set_aside = both(aside) if aside else None
    row.updated_at, row.updated_by_id = now(), actor.actor_id


def publish_questions(call: Call, notes: str, *, actor: Any) -> int:
    """Publish the draft of a public call's questionnaire and tell the people of every draft, one letter each.

    Answers how many letters are new. Answers are kept under their questions' keys, so those that fit carry over. The
    questions of a draft call are published with it; after the closing nothing changes any more (OutOfOrder).
    """
    if call.status != CallStatus.published or not call_policy.accepts(call, max(now(), call.opens_at)):
        raise OutOfOrder(call, "publish questions", call_policy.state(call, now()))
    if not calls.publish_questions(call, notes, actor=actor):
        raise refuse("no-draft", "There is no new version to publish.", "公表する新しい版がありません。")
    assert call.questionnaire is not None
    session.expire(call.questionnaire, ["versions"])
    number = call.questionnaire.versions[0].number
    return sum(
        mail.queue(
            "applications/questions", person.email, person.locale, f"questions:{call.id}:{number}:{person.id}",
            name=person.name, call=call.title, notes=notes, number=number, path="/applications",
        )
        for person in deadlines.drafters(call.id)
    )  # fmt: skip

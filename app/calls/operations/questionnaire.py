"""The questions of a call: begun from its programme's, published with it or, later, as a new version."""

from typing import Any

from app.calls import policy
from app.calls.models import Call, RequiredDocument
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder
from app.core.i18n import Bilingual
from app.questionnaires import operations as questionnaires
from app.questionnaires import queries as questions
from app.questionnaires.choices import QuestionType
from app.questionnaires.models import Questionnaire


def _title(call: Call) -> Bilingual:
    return Bilingual(
        f"{call.title_en[:180]} FY{call.fiscal_year}-{call.round}",
        f"{call.title_ja[:180]} {call.fiscal_year}年度第{call.round}回",
    )


def rename_questionnaire(call: Call) -> None:
    """The questions carry the call's title also after it has been changed."""
    row = questions.get(call.questionnaire_id) if call.questionnaire_id else None
    if row is not None:
        title = _title(call)
        row.title_en, row.title_ja = title.en, title.ja


def add_questionnaire(call: Call, *, actor: audit.Actor) -> Questionnaire:
    """Give a call without questions those of its programme, as a draft. A call has one questionnaire at most."""
    if not policy.is_officer_or_system(actor):
        raise Forbidden("questionnaire")
    if call.questionnaire_id is not None:
        raise OutOfOrder(call, "add a questionnaire", Bilingual("it has one", "質問票があります"))
    row = questionnaires.create(_title(call), questionnaires.template(call.programme.value), actor=actor)
    call.questionnaire = row
    session.flush()
    return row


def publish_questions(call: Call, notes: str, *, actor: audit.Actor) -> bool:
    """Publish the draft of the call's questionnaire, if there is one, and ask for the files that it asks for.

    Answers whether there was a draft. The people of running drafts are told by applications.operations.
    """
    row = questions.get(call.questionnaire_id) if call.questionnaire_id else None
    draft = questions.draft(row, lock=True) if row is not None else None
    if row is None or draft is None:
        return False
    questionnaires.publish(row, draft, notes, actor=actor)
    _ask_for_files(call, draft)
    return True


def _ask_for_files(call: Call, version: Any) -> None:
    """A question of type file is a document of the call. Where it only sometimes applies the questionnaire itself
    asks for it at submission, so the document is not mandatory for all; one no longer asked for stays readable."""
    known = {document.code: document for document in call.documents}
    asked = set()
    for section in questions.content(version).sections:
        for question in section.questions:
            if question.type is not QuestionType.file:
                continue
            asked.add(question.document_code)
            document = known.get(question.document_code) or RequiredDocument(code=question.document_code)
            document.name_en, document.name_ja = question.label.en[:200], question.label.ja[:200]
            document.mandatory = question.required and not (question.show_when or section.show_when)
            if question.document_code not in known:
                call.documents.append(document)
    for code, document in known.items():
        if code.startswith("q-") and code not in asked:
            document.mandatory = False
    session.flush()

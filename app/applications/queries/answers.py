"""The questionnaire of an application: which version it answers, what is answered, what is open.

The application must have been loaded with its parts (visibility.FULL): nothing here asks the database.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.applications.choices import WRITABLE
from app.applications.definitions import Facts, Finding, Result, Rule, Severity, State, plan_years
from app.applications.models import Application, ApplicationAnswer
from app.core.i18n import Bilingual
from app.questionnaires import queries as questionnaires
from app.questionnaires.definitions import (
    Asked,
    Assessment,
    Content,
    Open,
    Part,
    Question,
    Section,
    assess,
    carried,
    is_empty,
    kept,
    texts,
)
from app.questionnaires.models import QuestionnaireVersion


def version(application: Application) -> QuestionnaireVersion | None:
    """The version that this application answers: one that is being written the newest, others the one of the moment they were handed in."""
    row = application.call.questionnaire
    if row is None:
        return None
    until = None if application.status in WRITABLE else application.submitted_at
    at_the_time = questionnaires.published_among(row.versions, until)
    return at_the_time or questionnaires.published_among(row.versions)  # handed in on a day that was entered later


def content(application: Application) -> Content | None:
    row = version(application)
    return questionnaires.content(row) if row is not None else None


def section(application: Application, key: str) -> Section | None:
    found = content(application)
    return found.section(key) if found else None


def row_of(application: Application, question: Question) -> ApplicationAnswer | None:
    """The stored answer to a question, also where an earlier version knew the question by another key."""
    rows = {row.question_key: row for row in application.answers}
    return rows.get(question.key) or (rows.get(question.was) if question.was else None)


def stored(application: Application, question: Question) -> Any:
    """The stored answer as this question takes it, None where there is none or where it does not fit any more."""
    row = row_of(application, question)
    return None if row is None else kept(question, carried(question, row.kind, row.value))


def old_words(application: Application, question: Question) -> Bilingual | None:
    """What was answered to an earlier version of this question and does not fit any more, in words."""
    row = row_of(application, question)
    if row is None:
        return None
    if not is_empty(row.value) and stored(application, question) is None:
        return Bilingual(row.shown["en"], row.shown["ja"])
    return Bilingual(row.set_aside["en"], row.set_aside["ja"]) if row.set_aside else None


def set_aside(application: Application, part: Section) -> dict[str, Bilingual]:
    """By question key what was answered to earlier versions and is still unanswered in its new form."""
    found = {}
    for question in part.questions:
        words = old_words(application, question)
        if words is not None and stored(application, question) is None:
            found[question.key] = words
    return found


def section_texts(application: Application, part: Section) -> dict[str, str]:
    """The answers of a section as the texts of its fields."""
    found: dict[str, str] = {}
    for question in part.questions:
        found |= texts(question, stored(application, question))
    return found


def expression_facts(facts: Facts) -> dict[str, Any]:
    """The read-only facts of questionnaires.definitions.FACTS."""
    spent = Decimal(100 * facts.item("OUT", "SUB"))
    return {
        "total_yen": Decimal(facts.total),
        "members": Decimal(len(facts.organisations)),
        "companies": Decimal(len(facts.companies)),
        "sme_count": Decimal(len([m for m in facts.organisations if m.is_sme])),
        "years": Decimal(len(plan_years(facts))) if facts.starts_on and facts.ends_on else None,
        "outsourcing_pct": spent / facts.total if facts.total else Decimal(0),
        "frame": facts.frame.code,
    }


def of(application: Application, facts: Facts) -> Assessment | None:
    """The questions that apply with their answers, or None for a call without a questionnaire."""
    found = content(application)
    if found is None:
        return None
    answers = {q.key: stored(application, q) for q in found.questions() if q.is_typed}
    attached = {document.code for document in facts.documents if document.attached}
    return assess(found, answers, expression_facts(facts), attached)


def every(application: Application, part: Section) -> list[Asked]:
    """All questions of a section with their answers, hidden ones too: a page keeps them ready to be shown."""
    unhidden = Section(part.key, part.title, questions=tuple(replace(q, show_when="") for q in part.questions))
    answers = {q.key: stored(application, q) for q in part.questions if q.is_typed}
    return [one for shown in assess(Content((unhidden,)), answers).parts for one in shown.asked]


def parts(application: Application, facts: Facts) -> tuple[Part, ...]:
    found = of(application, facts)
    return found.parts if found else ()


def titles(application: Application) -> dict[str, Bilingual]:
    """The titles of the questionnaire's sections by the key of their part."""
    found = content(application)
    return {f"answers-{part.key}": part.title for part in found.sections} if found else {}


def findings(application: Application, facts: Facts) -> list[Finding]:
    """A finding for each question that is open."""
    found = of(application, facts)
    return [_finding(one, facts) for one in found.open] if found else []


def _finding(one: Open, facts: Facts) -> Finding:
    result = Result(State.failed, one.message)
    rule = Rule(
        one.rule_id, (facts.programme,), one.question.label, one.rule_id,
        f"answers-{one.section.key}", lambda _facts: result, Severity(one.severity.value), one.anchor, one.is_gap,
    )  # fmt: skip
    return Finding(rule, result.state, result.detail)


def frozen(application: Application, facts: Facts) -> dict[str, Any] | None:
    """The questionnaire as it is handed in: the form's version and hash, and every answer with its question's words."""
    row, found = version(application), of(application, facts)
    if row is None or found is None:
        return None
    return {
        "version": row.number,
        "content_hash": row.content_hash,
        "sections": [
            {
                "key": part.section.key,
                "title": {"en": part.section.title.en, "ja": part.section.title.ja},
                "answers": [
                    {
                        "key": asked.question.key,
                        "type": asked.question.type.value,
                        "label": {"en": asked.question.label.en, "ja": asked.question.label.ja},
                        "value": asked.stored,
                        "shown": {"en": asked.words.en, "ja": asked.words.ja},
                    }
                    for asked in part.asked
                ],
            }
            for part in found.parts
        ],
    }

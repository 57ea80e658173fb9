"""A section of the call's questionnaire as a part of a draft."""

from collections.abc import Sequence
from typing import Any

from app.applications import queries
from app.applications.forms.fields import SectionForm
from app.questionnaires import queries as questionnaires
from app.questionnaires.definitions import Question, Section
from app.questionnaires.forms import answer_fields, answers_of


class AnswersForm(SectionForm):
    questions: Sequence[Question] = ()

    def values(self) -> dict[str, Any]:
        return answers_of(self, self.questions)


def answers_form(application: Any, section: Section, formdata: Any = None) -> AnswersForm:
    """The form of one section, with the questions that are hidden now among it: they keep what was answered."""
    stored = {question.key: queries.answers.stored(application, question) for question in section.questions}
    fields, data = answer_fields(section.questions, stored, questionnaires.organisation_answer, formdata or ())
    data["version"] = application.version
    form = type("TheAnswersForm", (AnswersForm,), {**fields, "questions": section.questions})
    return form(formdata, data=data)  # type: ignore[no-any-return]

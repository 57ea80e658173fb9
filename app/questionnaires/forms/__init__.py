"""Forms of questionnaires: those that officers compose with, and those that applicants answer."""

from app.questionnaires.forms.answering import answer_fields, answers_of, posted_rows
from app.questionnaires.forms.composing import (
    CopyForm,
    FileForm,
    SectionForm,
    question_data,
    question_field,
    question_form,
    section_data,
    section_form,
)

__all__ = [
    "CopyForm",
    "FileForm",
    "SectionForm",
    "answer_fields",
    "answers_of",
    "posted_rows",
    "question_data",
    "question_field",
    "question_form",
    "section_data",
    "section_form",
]

"""Questionnaires as data: content, expressions, and what answers make of them. Pure: no database, no HTTP."""

from app.questionnaires.definitions.assessment import Asked, Assessment, Open, Part, assess
from app.questionnaires.definitions.checking import faults, place, referring, symbols
from app.questionnaires.definitions.content import (
    FORMAT,
    NOTHING,
    SETTINGS,
    Check,
    Column,
    Content,
    Option,
    Question,
    Section,
    as_json,
    both,
    content_hash,
    question_as_json,
)
from app.questionnaires.definitions.counting import count_characters
from app.questionnaires.definitions.differences import differences
from app.questionnaires.definitions.expressions import FACTS, FUNCTIONS
from app.questionnaires.definitions.reading import Fault, read, read_question, read_section
from app.questionnaires.definitions.values import carried, is_empty, kept, shown, texts, value

__all__ = [
    "FACTS",
    "FORMAT",
    "FUNCTIONS",
    "NOTHING",
    "SETTINGS",
    "Asked",
    "Assessment",
    "Check",
    "Column",
    "Content",
    "Fault",
    "Open",
    "Option",
    "Part",
    "Question",
    "Section",
    "as_json",
    "assess",
    "both",
    "carried",
    "content_hash",
    "count_characters",
    "differences",
    "faults",
    "is_empty",
    "kept",
    "place",
    "question_as_json",
    "read",
    "read_question",
    "read_section",
    "referring",
    "shown",
    "symbols",
    "texts",
    "value",
]

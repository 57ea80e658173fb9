"""A question as plain data and back; what makes two figures one subject, and what makes them comparable."""

import hashlib
import json
from typing import Any

from app.analytics.definitions import (
    Commercialization,
    Definition,
    Participation,
    Question,
    parse_day,
    parse_reference,
)
from app.calls.choices import Programme
from app.core.i18n import Bilingual
from app.publishing.choices import QuestionKind


def digest(data: Any) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def kind_of(question: Question) -> QuestionKind:
    return QuestionKind.participation if isinstance(question, Participation) else QuestionKind.commercialization


def as_data(question: Question) -> dict[str, Any]:
    """All that a question asks, in the words of the contract."""
    common = {
        "definition": question.rule.id,
        "definition_version": question.rule.version,
        "programme": question.programme.value if question.programme else "all",
        "first_year": question.first_year,
        "last_year": question.last_year,
    }
    if isinstance(question, Participation):
        return common | {
            "population": question.population,
            "reference": str(question.reference),
            "list_code": question.list_code,
        }
    return common | {
        "as_of": question.as_of.isoformat(),
        "known_at": question.known_at.isoformat() if question.known_at else None,
        "lag": question.lag,
        "min_evidence": question.min_evidence,
    }


def question_of(data: dict[str, Any]) -> Question:
    programme = None if data["programme"] == "all" else Programme(data["programme"])
    years = (data["first_year"], data["last_year"])
    if "reference" in data:
        reference = parse_reference(data["reference"])
        return Participation(data["definition"], programme, data["population"], *years, reference, data["list_code"])
    known_at = parse_day(data["known_at"]) if data["known_at"] else None
    return Commercialization(
        data["definition"], programme, *years, parse_day(data["as_of"]), known_at, data["lag"], data["min_evidence"]
    )


def subject_of(question: Question) -> str:
    """The digest of the question, whatever was known when: of one subject one figure is public at a time."""
    return digest({k: v for k, v in as_data(question).items() if k not in ("known_at", "definition_version")})


def rule_of(question: Question) -> str:
    """The digest of what is counted, whatever the population: figures of one rule can be set off against each other."""
    apart = ("programme", "first_year", "last_year", "known_at", "definition_version")
    return digest({k: v for k, v in as_data(question).items() if k not in apart})


def words_of(definition: Definition) -> dict[str, dict[str, str]]:
    """A definition in both languages, to be kept with the figure."""
    texts: dict[str, Bilingual] = {
        "title": definition.title,
        "text": definition.text,
        "source": definition.source,
        "caveat": definition.caveat,
        "unit": definition.unit.label,
    }
    return {name: {"en": text.en, "ja": text.ja} for name, text in texts.items()}

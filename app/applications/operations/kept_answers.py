"""Answers of a frozen proposal put back as the proposal's."""

from collections.abc import Mapping
from typing import Any

from app.applications.models import Application, ApplicationAnswer
from app.core.db import session


def put_back_answers(application: Application, frozen: Mapping[str, Any] | None) -> None:
    """Make the answers again what a frozen proposal says (queries.answers.frozen). Others stay as they are."""
    for section in (frozen or {}).get("sections", ()):
        for answer in section["answers"]:
            if answer["type"] in ("calculated", "file"):
                continue
            row = next((row for row in application.answers if row.question_key == answer["key"]), None)
            if row is None:
                row = ApplicationAnswer(question_key=answer["key"])
                application.answers.append(row)
            row.kind, row.value, row.shown = answer["type"], answer["value"], answer["shown"]
    session.flush()

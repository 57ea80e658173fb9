"""Declaring ties."""

from collections.abc import Callable
from typing import Any

from app.core import audit
from app.core.db import session
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual
from app.organisations.models import Organisation
from app.reviewers import queries
from app.reviewers.models import DeclaredInterest

#: Told at once when what is known of a person's ties has changed (the person's key): floors above add their own.
LISTENERS: list[Callable[[int], None]] = []


def ties_changed(user_id: int) -> None:
    for listener in LISTENERS:
        listener(user_id)


def declare_interest(actor: Any, organisation: Organisation, kind: str, note: str) -> DeclaredInterest:
    """A reviewer declares a tie; assignments that it touches end at once."""
    if any(i.organisation_id == organisation.id for i in queries.interests_of(actor.id)):
        raise Refused(
            [
                Reason(
                    "declared",
                    Bilingual("You have declared this organisation already.", "申告済みの機関です。"),
                    "organisation",
                )
            ]
        )
    row = DeclaredInterest(user_id=actor.id, organisation_id=organisation.id, kind=kind, note=note)
    session.add(row)
    session.flush()
    audit.record(row, "interest declared", actor)
    ties_changed(actor.id)
    return row

"""Who sees every record behind a rate, and who only what single records cannot be told from (CR-14, ADR 8)."""

from typing import Any

from app.analytics import queries


def sees_records(actor: Any) -> bool:
    """The office: officers, auditors and administrators. Everybody else asks ``queries.shown``."""
    return bool(actor.is_authenticated and actor.has_role("officer", "auditor", "admin"))


def sees_whole(actor: Any, question: queries.Question) -> bool:
    """The office, except where the question counts a project from which this reader stands aside (CON-14): such a
    reader gets figures through the gate, so that no two of them differ by that project alone."""
    return sees_records(actor) and not queries.stands_aside(actor, question)

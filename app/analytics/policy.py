"""Who sees every record behind a rate, and who only what single records cannot be told from (CR-14, ADR 8)."""

from typing import Any


def sees_records(actor: Any) -> bool:
    """The office: officers, auditors and administrators. Everybody else asks ``queries.shown``."""
    return bool(actor.is_authenticated and actor.has_role("officer", "auditor", "admin"))

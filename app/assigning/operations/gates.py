"""Refusals shared by the verbs of assigning."""

from typing import Any

from app.assigning import queries
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([reason(code, en, ja, where)])


def reason(code: str, en: str, ja: str, where: str | None = None) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def officer_of_all(actor: Any, call_id: int, what: str) -> None:
    """Raises Forbidden for everybody but officers from whom no proposal of the call is kept."""
    if not actor.has_role("officer") or not queries.sees_all(actor, call_id):
        raise Forbidden(what)

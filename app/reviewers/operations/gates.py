"""What the verbs of the pool share: refusals, and who is told when ties change."""

from collections.abc import Callable
from typing import Any

from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual

#: Told at once when what is known of a person's ties has changed (the person's key): floors above add their own.
LISTENERS: list[Callable[[int], None]] = []


def ties_changed(user_id: int) -> None:
    for listener in LISTENERS:
        listener(user_id)


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def self_or_officer(user_id: int, actor: Any, what: str) -> None:
    """Raises Forbidden for everybody but the person and officers."""
    if actor.actor_id != user_id and not actor.has_role("officer", "system"):
        raise Forbidden(what)

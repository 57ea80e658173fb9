"""What the verbs of the panel share: refusals in words."""

from typing import Any

from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def officers_only(actor: Any, what: str) -> None:
    if not actor.has_role("officer"):
        raise Forbidden(what)

"""An officer decides on a request, and what was approved is carried out at once or not at all."""

from typing import Any

from app.changes import definitions
from app.changes.models import ChangeRequest
from app.changes.operations.carrying import carry, frozen, outlook
from app.changes.operations.telling import tell_consortium
from app.changes.workflow import MACHINE
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual

EVENTS = ("approve", "approve_with_conditions", "return", "reject")


def decide(request: ChangeRequest, event: str, words: str, basis: str, version: int, actor: Any) -> None:
    """Approve (with conditions), send back or refuse.

    ``basis`` is the digest of the project as the officer saw it: an approval whose effects have changed since is refused
    (Stale). Raises Refused when words are needed, or when the change has become impossible.
    """
    if event not in EVENTS:
        raise Forbidden(event)
    MACHINE.check(request, event, actor)
    if event != "approve" and not words:
        needed = Bilingual("Give the conditions or the reason.", "条件又は理由を記入してください。")
        raise Refused([Reason("words", needed, "words")])
    found = outlook(request)
    if request.version != version or (event.startswith("approve") and definitions.digest(found.before) != basis):
        raise Stale({}, {})
    if event.startswith("approve") and found.problems:
        raise Refused([reason for _index, reason in found.problems])
    MACHINE.apply(request, event, actor, reason=words or None)
    request.decided_at, request.decided_by_id = now(), actor.actor_id
    if event == "approve_with_conditions":
        request.conditions = words
    elif event in ("return", "reject"):
        request.remarks = words
    if event.startswith("approve"):
        request.basis, request.effects = basis, frozen(found)
        carry(request, found, actor)
    session.flush()
    tell_consortium(request, actor)

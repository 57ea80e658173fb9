"""Verbs for names that came in: put into the queue, decide, decide anew, withdraw."""

import unicodedata
from typing import Any

from stdnum.jp import cn

from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.organisations import workflow
from app.organisations.choices import Decision, NameContext, NameStatus
from app.organisations.models import IncomingName, Organisation
from app.organisations.operations import register
from app.organisations.queries import current, resolving


def _refuse(code: str, en: str, ja: str, where: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def receive(
    name: str,
    context: NameContext,
    actor: audit.Actor,
    *,
    number: str | None = None,
    prefecture: str | None = None,
    scope: str = "",
    note: str = "",
) -> IncomingName:
    """Put a name into the queue, or find it waiting there already. Raises Refused for a number that cannot be one."""
    number = "".join(c for c in unicodedata.normalize("NFKC", number or "") if c.isdigit()) or None
    if number is not None and not cn.is_valid(number):
        raise _refuse(
            "bad-corporate-number",
            "This is not a corporate number: 13 digits, the first of which checks the others.",
            "法人番号ではありません(13桁、先頭は検査数字)。",
            "corporate_number",
        )
    name = name.strip()[:200]
    waiting = resolving.waiting_like(name, number, scope)
    if waiting is not None:
        return waiting
    row = IncomingName(
        name=name, corporate_number=number, prefecture=prefecture, context=context, scope=scope, note=note[:400],
        came_at=now(), came_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "name received", actor, to_status=NameStatus.waiting.value)
    return row


def _fresh(row: IncomingName, version: int) -> None:
    if row.version != version:
        raise Stale({}, {str(Bilingual("State", "状態")): str(row.status.label)})


def settle(
    row: IncomingName,
    decision: Decision,
    organisation: Organisation | None,
    why: str,
    version: int,
    actor: audit.Actor,
    values: dict[str, Any] | None = None,
) -> Organisation | None:
    """Say which organisation a name means: one of the register, a ``new`` one made of ``values``, or none.

    The suggestions as they stood are kept with the decision. Raises Refused where the decision is incomplete, Stale
    when somebody decided meanwhile, OutOfOrder and Forbidden.
    """
    _fresh(row, version)
    seen = resolving.candidates(row)
    if decision is Decision.new:
        assert values is not None
        organisation = register.create(values, actor)
    elif decision is Decision.none:
        organisation = None
    elif organisation is None:
        raise _refuse("no-organisation", "Say which organisation it is.", "機関を指定してください。", "organisation")
    if decision in (Decision.same, Decision.another) and organisation is not None:
        organisation = current(organisation)
        first = bool(seen) and seen[0][1].id == organisation.id
        decision = Decision.same if first else Decision.another
    if decision is not Decision.same and not why.strip():
        raise _refuse(
            "no-reason",
            "Say why: whoever looks at this later wants to know.",
            "理由を記入してください(後から確認できるようにするため)。",
            "why",
        )
    row.decision, row.organisation_id, row.why = decision, organisation.id if organisation else None, why.strip()
    row.candidates = [match.data() for match, _row in seen]
    row.decided_at, row.decided_by_id = now(), actor.actor_id
    data = {"decision": decision.value, "organisation": organisation.org_key if organisation else None}
    workflow.NAME.apply(row, "settle", actor, reason=why.strip() or None, data=data)
    return organisation


def reopen(row: IncomingName, why: str, version: int, actor: audit.Actor) -> None:
    """Take a decision back; the earlier one stays on record. Raises Refused without a reason, Stale, OutOfOrder."""
    _fresh(row, version)
    if not why.strip():
        raise _refuse("no-reason", "Say why the decision is taken back.", "やり直す理由を記入してください。", "why")
    before = {"decision": row.decision.value if row.decision else None, "organisation": row.organisation_id}
    row.decision = row.organisation_id = row.decided_at = row.decided_by_id = None
    row.why = ""
    workflow.NAME.apply(row, "reopen", actor, reason=why.strip(), data=before)


def withdraw(row: IncomingName, version: int, actor: audit.Actor) -> None:
    """Take a name out of the queue that should not have come in."""
    _fresh(row, version)
    workflow.NAME.apply(row, "withdraw", actor)

"""A released decision changes only by an own act: one officer proposes it with a reason, another confirms it.

What becomes of a project that was made already is known on the floor above (projects.operations.corrections), which
calls ``apply`` last.
"""

from typing import Any

from app.applications import queries as applications
from app.applications.workflow import MACHINE as APPLICATION
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.reviews import queries
from app.reviews.choices import CorrectionKind, DecisionStatus, Outcome
from app.reviews.models import Decision, DecisionCorrection
from app.reviews.operations.deciding import amount_fits, letter_of
from app.reviews.operations.gates import recuse, refuse
from app.reviews.workflow import CORRECTION

EVENTS = {
    Outcome.adopted: "correct_to_adopted",
    Outcome.reserve: "correct_to_reserve",
    Outcome.rejected: "correct_to_rejected",
}


def said(decision: Decision) -> dict[str, Any]:
    """What a decision says, as a correction keeps it."""
    return {
        "outcome": decision.outcome.value,
        "amount_yen": decision.amount_yen,
        "conditions": decision.conditions,
        "remarks": decision.remarks,
    }


def propose_correction(
    decision: Decision,
    outcome: Outcome,
    amount_yen: int,
    conditions: str,
    remarks: str,
    reason: str,
    version: int,
    actor: Any,
    *,
    kind: CorrectionKind = CorrectionKind.correction,
) -> DecisionCorrection:
    """Propose to change a released decision; nothing changes and nobody is told until another officer confirms.

    Raises Refused without a reason, without a difference, or while another correction waits; Stale when ``version`` is
    not the decision's.
    """
    if not actor.has_role("officer"):
        raise Forbidden("propose a correction")
    if decision.status != DecisionStatus.released:
        raise refuse(
            "not-released", "Only a released decision is corrected.", "公表済みの決定のみ訂正できます。", "outcome"
        )
    if decision.version != version:
        raise Stale({}, {})
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    if queries.open_correction(decision.id) is not None:
        raise refuse(
            "correction-open",
            "Another correction of this decision waits for confirmation.",
            "この決定には決裁待ちの訂正があります。",
        )
    amount_yen = amount_fits(decision.application, outcome, amount_yen)
    recuse(decision.application, actor)
    before = said(decision)
    after = {"outcome": outcome.value, "amount_yen": amount_yen, "conditions": conditions, "remarks": remarks}
    if before == after:
        raise refuse("no-difference", "Nothing differs from the decision.", "決定から変更がありません。", "outcome")
    row = DecisionCorrection(
        decision_id=decision.id, kind=kind, before=before, after=after, reason=reason, proposed_by_id=actor.id
    )
    session.add(row)
    session.flush()
    audit.record(decision, f"{kind.value} proposed", actor, reason=reason, data={"correction": row.id})
    return row


def drop_correction(row: DecisionCorrection, actor: Any, reason: str) -> None:
    """Give a proposed correction up; the decision stands."""
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    CORRECTION.apply(row, "drop", actor, reason=reason)
    audit.record(row.decision, f"{row.kind.value} given up", actor, reason=reason, data={"correction": row.id})


def check_correction(row: DecisionCorrection, version: int, actor: Any) -> None:
    """May this officer confirm this version now? Raises Stale, Forbidden, OutOfOrder or Refused otherwise."""
    if row.version != version or row.before != said(row.decision):
        raise Stale({}, {})
    CORRECTION.check(row, "confirm", actor)
    recuse(row.decision.application, actor)


def apply_correction(row: DecisionCorrection, version: int, actor: Any) -> None:
    """The second officer's act: the decision changes, a superseding letter is ordered, the consortium is told.

    The letter that went out is kept and linked from the correction.
    """
    check_correction(row, version, actor)
    decision, application = row.decision, row.decision.application
    row.superseded_released_at, row.superseded_letter_id = decision.released_at, decision.letter_id
    superseded = queries.last_dated(decision)
    CORRECTION.apply(row, "confirm", actor, reason=row.reason)
    row.confirmed_by_id, row.confirmed_at = actor.id, now()
    outcome = row.outcome
    if outcome is not decision.outcome:
        APPLICATION.apply(application, EVENTS[outcome], actor, reason=None)
    decision.outcome, decision.amount_yen = outcome, row.after["amount_yen"]
    decision.conditions, decision.remarks = row.after["conditions"], row.after["remarks"]
    if outcome is not Outcome.reserve:
        decision.reserve_position = None
    row.letter = letter_of(decision, application.call, supersedes=superseded, key=f"letter:{decision.id}:{row.id}")
    decision.letter = row.letter
    for person in applications.people_of(application.id):
        mail.queue(
            "reviews/corrected", person.email, person.locale, f"corrected:{row.id}:{person.id}",
            name=person.name, number=application.number, title=application.title, outcome=outcome.label,
            application_id=application.id, promoted=row.kind is CorrectionKind.promotion,
        )  # fmt: skip
    session.flush()
    audit.record(
        decision, f"{row.kind.value} confirmed", actor, reason=row.reason,
        data={"correction": row.id, "before": row.before, "after": row.after},
    )  # fmt: skip


def order_reserve(application_ids: list[int], call_id: int, actor: Any) -> None:
    """Put the reserve list of a call in this order, before the release: every proposed or confirmed reserve, once.

    An order that leaves one out or names a stranger is refused.
    """
    if not actor.has_role("officer"):
        raise Forbidden("order the reserve")
    if applications.another_must_act(actor, call_id):
        raise Forbidden("order the reserve")
    found = {d.application_id: d for d in queries.staged_decisions(call_id) if d.outcome is Outcome.reserve}
    if sorted(application_ids) != sorted(found):
        raise refuse(
            "reserve-order",
            "The order must name every proposal of the reserve list once.",
            "補欠の提案をすべて一度ずつ並べてください。",
        )
    for position, application_id in enumerate(application_ids, 1):
        decision = found[application_id]
        if decision.reserve_position != position:
            if decision.status == DecisionStatus.confirmed:
                raise refuse(
                    "reserve-confirmed",
                    "A confirmed decision keeps its place; take it back first.",
                    "決裁済みの決定の順位は変更できません。先に差し戻してください。",
                )
            decision.reserve_position = position
    session.flush()

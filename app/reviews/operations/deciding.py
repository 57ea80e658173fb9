"""The staged decision and its release."""

from datetime import datetime
from typing import Any

from app.applications import queries as applications
from app.applications.models import Application
from app.calls.models import Call
from app.core import audit, mail, pdf
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual, in_locale
from app.reviews import policy, queries
from app.reviews.choices import Outcome
from app.reviews.models import Decision
from app.reviews.operations.gates import recuse, refuse
from app.reviews.workflow import DECISION


def propose(
    application: Application,
    outcome: Outcome,
    amount_yen: int,
    conditions: str,
    reason: str,
    version: int,
    actor: Any,
    *,
    remarks: str = "",
    composed: bool = False,
) -> Decision:
    """Propose (or revise a proposed) decision; the amount is 0 unless adopted or reserve.

    ``reason`` stays in the office; ``remarks`` go to the applicant, with the letter, once the result is released. With
    ``composed`` the remarks hold what reviewers wrote, as edited, and their comments are not printed beside them.
    """
    if not actor.has_role("officer"):
        raise Forbidden("propose")
    if application.status not in queries.REVIEWABLE:
        raise refuse("not-reviewable", "This application is not under review.", "審査中の申請ではありません。")
    amount_yen = amount_fits(application, outcome, amount_yen)
    recuse(application, actor)
    decision = queries.decision_of(application.id, lock=True)
    if decision is None:
        decision = Decision(application_id=application.id, outcome=outcome, proposed_by_id=actor.id)
        session.add(decision)
    else:
        if not policy.may_revise(actor, decision):
            DECISION.check(decision, "confirm", actor)
            raise Forbidden("revise")
        if decision.version != version:
            raise Stale(
                {"outcome": outcome.label, "amount": f"{amount_yen:,}", "conditions": conditions, "remarks": remarks},
                {
                    "outcome": decision.outcome.label,
                    "amount": f"{decision.amount_yen:,}",
                    "conditions": decision.conditions,
                    "remarks": decision.remarks,
                },
            )
    decision.outcome, decision.amount_yen = outcome, amount_yen
    decision.conditions, decision.reason, decision.remarks = conditions, reason, remarks
    decision.remarks_composed = composed
    decision.proposed_by_id, decision.proposed_at = actor.id, now()
    if outcome is not Outcome.reserve:
        decision.reserve_position = None
    elif decision.reserve_position is None:
        decision.reserve_position = queries.next_reserve_position(application.call_id)
    session.flush()
    audit.record(decision, "proposed", actor, to_status=decision.status.value, reason=reason or None)
    return decision


def amount_fits(application: Application, outcome: Outcome, amount_yen: int) -> int:
    """The amount of a decision: 0 when not adopted, else between 1 yen and what was asked; Refused beyond that."""
    if outcome is Outcome.rejected:
        return 0
    if not 0 < amount_yen <= application.total_yen:
        raise Refused(
            [
                Reason(
                    "amount",
                    Bilingual(
                        f"The amount must lie between 1 yen and the {application.total_yen:,} yen applied for.",
                        f"金額は1円以上、申請額{application.total_yen:,}円以下としてください。",
                    ),
                    "amount_yen",
                )
            ]
        )
    return amount_yen


def confirm(decision: Decision, version: int, actor: Any) -> None:
    """A second officer confirms exactly the version that was looked at."""
    if decision.version != version:
        raise Stale({}, {})
    DECISION.check(decision, "confirm", actor)
    recuse(decision.application, actor)
    DECISION.apply(decision, "confirm", actor)
    decision.confirmed_by_id, decision.confirmed_at = actor.id, now()
    session.flush()


def take_back(decision: Decision, actor: Any, reason: str) -> None:
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    DECISION.apply(decision, "reopen", actor, reason=reason)
    decision.confirmed_by_id = decision.confirmed_at = None
    session.flush()


def release(decision: Decision, call: Call, actor: Any) -> None:
    """Release one confirmed decision: the applicant's state changes, letter and mails are queued."""
    from app.applications.workflow import MACHINE

    application = decision.application
    DECISION.apply(decision, "release", actor)
    decision.released_at = now()
    event = {Outcome.adopted: "adopt", Outcome.reserve: "reserve", Outcome.rejected: "reject"}[decision.outcome]
    MACHINE.apply(application, event, actor)
    decision.letter = letter_of(decision, call)
    for person in applications.people_of(application.id):
        mail.queue(
            "reviews/decided", person.email, person.locale, f"decided:{decision.id}:{person.id}",
            name=person.name, number=application.number, title=application.title,
            outcome=decision.outcome.label, application_id=application.id,
        )  # fmt: skip
    session.flush()


def letter_of(
    decision: Decision, call: Call, *, supersedes: datetime | None = None, key: str | None = None
) -> pdf.Document:
    """Order the letter of a decision; one that corrects names the day of the letter that it supersedes."""
    application = decision.application
    both = {}
    for language in ("ja", "en"):
        with in_locale(language):
            both[language] = {
                "call": str(call.title),
                "title": str(application.title),
                "lead": str(application.lead_organisation.name),
                "outcome": str(decision.outcome.label),
            }
    context = {
        "number": application.number,
        "outcome_code": decision.outcome.value,
        "amount_yen": decision.amount_yen,
        "conditions": decision.conditions,
        "remarks": decision.remarks,
        "comments": queries.comments_beside(decision),
        "decided_on": today().isoformat(),
        "texts": both,
        "synthetic": application.is_synthetic,
    }
    if supersedes is not None:
        context["supersedes"] = jst(supersedes).date().isoformat()
    return pdf.order(
        "reviews/letter",
        "ja",
        context,
        name=f"{application.number}-decision.pdf",
        dedupe_key=key or f"letter:{decision.id}",
    )

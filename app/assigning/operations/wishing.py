"""Wishes of reviewers, in the window that an officer opens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.assigning import queries
from app.assigning.choices import Level
from app.assigning.models import PreferenceRound, ReviewPreference
from app.assigning.operations.gates import refuse
from app.calls.models import Call
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound
from app.reviewers import operations as pool
from app.reviewers import queries as reviewers

REPORTED = "希望調査で本人が申告 / reported by the reviewer with the wishes"


def open_round(call: Call, closes_at: datetime, actor: Any) -> PreferenceRound:
    """Ask the reviewers of the pool, by one letter each, for their wishes until an instant, or move that instant.

    Raises Refused where it lies in the past, or where nothing is under review yet.
    """
    if not actor.has_role("officer"):
        raise Forbidden("open wishes")
    if closes_at <= now():
        raise refuse("past", "The end lies in the past.", "締切が過去の日時です。", "closes_at")
    if not queries.totals(call.id)["proposals"]:
        raise refuse(
            "no-proposals", "No proposal of this call waits for reviewers.", "審査対象の申請がありません。", "closes_at"
        )
    row = queries.preference_round(call.id)
    if row is None:
        row = PreferenceRound(call_id=call.id, closes_at=closes_at, opened_by_id=actor.id)
        session.add(row)
    row.closes_at = closes_at
    session.flush()
    audit.record(row, "wishes asked", actor, data={"closes_at": closes_at.isoformat()})
    people = reviewers.reviewers_by_id()
    known = reviewers.profiles(list(people))
    mail.queue_all(
        "assigning/wishes",
        [(p.email, p.locale, f"wishes:{row.id}:{p.id}", p.name) for p in people.values() if p.id in known],
        title=call.title, closes_at=closes_at, call_id=call.id,
    )  # fmt: skip
    return row


def close_round(call: Call, actor: Any) -> None:
    """End the window now; what was said stays."""
    if not actor.has_role("officer"):
        raise Forbidden("close wishes")
    row = queries.preference_round(call.id)
    if row is not None and row.closes_at > now():
        row.closes_at = now()
        session.flush()
        audit.record(row, "wishes closed", actor)


def save_wishes(
    call: Call, wishes: Mapping[int, tuple[Level | None, bool]], actor: Any, arrived: datetime | None = None
) -> bool:
    """What a reviewer says of proposals: {application: (level or none, because of a tie)}; was all of it taken?

    A tie makes the level "I cannot", and is a reported conflict: the proposal is closed to the reviewer. What is not
    offered (a tie became known while the page was open, or never was) is left out, and nothing is said of it. Raises
    NotFound outside of the window.
    """
    if not actor.has_role("reviewer") or queries.open_round(call.id, arrived) is None:
        raise NotFound("wishes")
    offered = queries.offered_ids(actor, call.id)
    whole, wishes = set(wishes) <= offered, {key: said for key, said in wishes.items() if key in offered}
    there, changed = queries.preferences_of(actor, list(wishes)), 0
    for application_id, (asked, tied) in sorted(wishes.items()):
        level = Level.cannot if tied else asked
        row = there.get(application_id)
        if level is None:
            if row is not None:
                session.delete(row)
                changed += 1
            continue
        if row is not None and (row.level, row.conflict) == (level, tied):
            continue
        if row is None:
            row = ReviewPreference(application_id=application_id, user_id=actor.id, level=level)
            session.add(row)
        row.level, row.conflict, row.at = level, tied, now()
        changed += 1
        if tied:
            pool.report(application_id, actor.id, REPORTED, actor)
    session.flush()
    if changed:
        audit.record(actor, "wishes saved", actor, data={"call": call.id, "changed": changed})
    return whole

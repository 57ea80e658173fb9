"""Moving a deadline: always on the record, with a person and a reason, and never behind anybody's back.

These verbs write the record; the floor above, which knows the drafts' people, tells them (applications.operations).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.calls import policy, queries
from app.calls.choices import CallStatus, DeadlineChange
from app.calls.definitions import LONGEST_GRACE_MINUTES
from app.calls.models import Call, CallExtension
from app.calls.operations.editing import Dates, check_dates
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual


@dataclass(frozen=True)
class LaterDates:
    """What comes after the closing; an extension may have to move it along."""

    interview_at: datetime | None = None
    decision_at: datetime | None = None
    start_at: datetime | None = None


def _refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _check(call: Call, reason: str, version: int, actor: Any) -> None:
    if not policy.is_officer(actor):
        raise Forbidden("move a deadline")
    if call.status != CallStatus.published:
        raise OutOfOrder(call, "move a deadline", call.status)
    if version != call.version:
        raise Stale({}, {})
    if not reason:
        raise _refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")


def _record(call: Call, kind: DeadlineChange, to_at: datetime, from_at: datetime, reason: str,
            application_id: int | None, actor: Any) -> CallExtension:  # fmt: skip
    row = CallExtension(
        call_id=call.id, application_id=application_id, kind=kind, from_at=from_at, to_at=to_at, reason=reason,
        made_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    data = {"from": from_at.isoformat(), "to": to_at.isoformat()}
    audit.record(row, kind.value, actor, reason=reason, data={**data, "application_id": application_id})
    if application_id is None:
        audit.record(call, f"deadline: {kind.value}", actor, reason=reason, data=data)
        session.expire(call, ["changes"])
    return row


def move_closing(
    call: Call, closes_at: datetime, later: LaterDates | None, reason: str, version: int, *, actor: Any
) -> CallExtension:
    """Close later (an extension) or earlier (a shortening) than announced, for everybody.

    Raises Refused when the new time is the present one, not in the future, sooner than the notice that a shortening
    needs, or out of order with the call's other dates; OutOfOrder unless the call is published.
    """
    _check(call, reason, version, actor)
    before, instant = call.closes_at, now()
    if closes_at == before:
        raise _refuse("same-time", "This is the closing time already.", "現在の締切と同じ日時です。", "closes_at")
    if closes_at <= instant:
        raise _refuse(
            "past", "The new closing time must lie in the future.", "締切は将来の日時にしてください。", "closes_at"
        )
    kind = DeadlineChange.extension if closes_at > before else DeadlineChange.shortening
    if kind is DeadlineChange.shortening:
        _may_shorten(call, closes_at, instant)
    later = later or LaterDates(call.interview_at, call.decision_at, call.start_at)
    until = call.questions_until
    if until is not None:
        until = min(until, closes_at)
    check_dates(
        call.opens_at, closes_at, Dates(call.announce_at, until, later.interview_at, later.decision_at, later.start_at)
    )
    call.closes_at, call.questions_until = closes_at, until
    call.interview_at, call.decision_at, call.start_at = later.interview_at, later.decision_at, later.start_at
    return _record(call, kind, closes_at, before, reason, None, actor)


def _may_shorten(call: Call, closes_at: datetime, instant: datetime) -> None:
    if call.closes_at <= instant:
        raise _refuse("closed", "The call has closed already.", "公募はすでに締め切られています。", "closes_at")
    notice = policy.notice_of_shortening(call)
    if closes_at < instant + notice:
        earliest = f"{jst(instant + notice):%Y-%m-%d %H:%M:%S} JST"
        raise _refuse(
            "notice",
            f"Bringing the closing time forward needs {notice.days} days of notice: not before {earliest}.",
            f"締切の繰上げには{notice.days}日以上の事前周知が必要です({earliest}以降)。",
            "closes_at",
        )


def extend(call: Call, closes_at: datetime, reason: str, version: int, *, actor: Any) -> CallExtension:
    """Close later than announced, for everybody. Raises Refused when the new time is not later than the present one."""
    if closes_at <= call.closes_at:
        raise _refuse(
            "not-later", "The new time must be later than the present one.", "現在の締切より後の日時にしてください。",
            "closes_at",
        )  # fmt: skip
    return move_closing(call, closes_at, None, reason, version, actor=actor)


def grant_grace(
    call: Call, minutes: int, reason: str, version: int, *, actor: Any, application_id: int | None = None
) -> CallExtension:
    """Take what was begun for some minutes after the closing; the official time stays what it is.

    Raises Refused for 0 or more than a day's minutes, when the same grace holds already, or when it would be over.
    """
    _check(call, reason, version, actor)
    if not 1 <= minutes <= LONGEST_GRACE_MINUTES:
        raise _refuse(
            "minutes", f"A grace lasts from 1 to {LONGEST_GRACE_MINUTES:,} minutes.",
            f"猶予は1分以上{LONGEST_GRACE_MINUTES:,}分以下としてください。", "minutes",
        )  # fmt: skip
    limit = policy.deadline(call, queries.extensions(call.id), application_id)
    until = limit.closes_at + timedelta(minutes=minutes)
    if until == limit.grace_until:
        raise _refuse("same-time", "This grace holds already.", "同じ猶予がすでに設定されています。", "minutes")
    if limit.grace_until > until:
        raise _refuse("shorter", "A longer grace holds already.", "より長い猶予がすでに設定されています。", "minutes")
    if until <= now():
        raise _refuse("past", "This grace would be over already.", "この猶予はすでに経過しています。", "minutes")
    return _record(call, DeadlineChange.grace, until, limit.closes_at, reason, application_id, actor)


def grant_individual(
    call: Call, application_id: int, to_at: datetime, reason: str, version: int, *, actor: Any
) -> CallExtension:
    """Let one application close later. Raises Refused unless that is in the future and later than what holds now."""
    _check(call, reason, version, actor)
    limit = policy.deadline(call, queries.extensions(call.id), application_id)
    if to_at <= limit.closes_at:
        raise _refuse(
            "not-later", "The new time must be later than the one that holds for this application.",
            "この申請に適用されている締切より後の日時にしてください。", "to_at",
        )  # fmt: skip
    if to_at <= now():
        raise _refuse(
            "past", "The new closing time must lie in the future.", "締切は将来の日時にしてください。", "to_at"
        )
    return _record(call, DeadlineChange.individual, to_at, limit.closes_at, reason, application_id, actor)

"""Setting up the phases of a call's review: a set at once, one by one, beginning and ending now.

Each verb holds the call while it looks at all windows, so that two officers cannot make them overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from app.calls.models import Call
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, NotFound, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual
from app.reviews import queries
from app.reviews.choices import Others, PhaseKind
from app.reviews.definitions import RIGHTS, SETS, ends
from app.reviews.models import ReviewPhase
from app.reviews.operations.gates import refuse


@dataclass(frozen=True)
class PhaseValues:
    """What the officer's form holds; ``rights`` are the names of definitions.RIGHTS that hold."""

    kind: PhaseKind
    name_en: str
    name_ja: str
    opens_at: datetime
    closes_at: datetime | None
    others: Others
    rights: frozenset[str]


def create_set(call: Call, code: str, instant: datetime, actor: Any) -> None:
    """The phases of a usual procedure, one after the other from the closing of the call (or now, if that is later).

    Refused when the call has phases already.
    """
    _held(call, actor, empty=True)
    begin = max(instant, call.closes_at).replace(microsecond=0)
    for position, step in enumerate(SETS[code].steps, 1):
        end = _evening(begin + timedelta(days=step.days)) if step.days else None
        rights = frozenset(name for name in RIGHTS if getattr(step.phase, name))
        names = step.phase.name
        row = ReviewPhase(call_id=call.id, position=position)
        session.add(row)
        _set(row, PhaseValues(step.phase.kind, names.en, names.ja, begin, end, step.phase.others, rights))
        begin = end or begin
    session.flush()
    audit.record(call, "phases set", actor, data={"set": code})


def _evening(instant: datetime) -> datetime:
    """17:00 JST of that day: a date that people can keep in mind, however late an officer set the phases."""
    return jst(instant).replace(hour=17, minute=0, second=0, microsecond=0).astimezone(UTC)


def add(call: Call, values: PhaseValues, instant: datetime, actor: Any) -> ReviewPhase:
    """One more phase, which begins in the future (the first of a call may have begun)."""
    rows = _held(call, actor)
    if rows and values.opens_at < instant:
        raise refuse(
            "past", "A new phase begins in the future.", "新しい段階の開始は将来の日時にしてください。", "opens_at"
        )
    row = ReviewPhase(call_id=call.id, position=len(rows) + 1)
    _set(row, values)
    _check([*map(_window, rows), _window(values)])
    session.add(row)
    _number([*rows, row])
    audit.record(row, "added", actor, data=_told(row))
    return row


def edit(row: ReviewPhase, values: PhaseValues, version: int, instant: datetime, actor: Any) -> None:
    """Change a phase that is not over; the beginning of one that holds stays as it is."""
    rows = _held_of(row, actor, version)
    if _is_over(rows, row, instant):
        raise refuse("over", "This phase is over.", "この段階は終了しています。")
    if row.opens_at <= instant and values.opens_at != row.opens_at:
        raise refuse(
            "begun", "This phase has begun; its beginning stays.", "開始後は開始日時を変更できません。", "opens_at"
        )
    if row.opens_at > instant > values.opens_at:
        raise refuse("past", "The beginning lies in the past.", "開始日時が過去です。", "opens_at")
    if row.opens_at <= instant and values.closes_at is not None and values.closes_at < instant:
        raise refuse("past", "The end lies in the past.", "終了日時が過去です。", "closes_at")
    _check([_window(values if other is row else other) for other in rows])
    before = _told(row)
    _set(row, values)
    _number(rows)
    audit.record(row, "edited", actor, data={"before": before, "after": _told(row)})


def start(row: ReviewPhase, version: int, instant: datetime, actor: Any) -> None:
    """Begin the next phase now; the one that holds ends. Phases begin in their order."""
    rows = _held_of(row, actor, version)
    waiting = [other for other in rows if other.opens_at > instant]
    if not waiting or waiting[0] is not row:
        raise refuse(
            "not-next", "Only the next phase can begin now.", "今すぐ開始できるのは、次の段階のみです。"
        )  # fmt: skip
    for other, end in zip(rows, ends(rows), strict=True):
        if other is not row and other.opens_at < instant and (end is None or end > instant):
            other.closes_at = instant
            session.flush()
    row.opens_at = instant
    _number(rows)
    audit.record(row, "started", actor, data=_told(row))


def end(row: ReviewPhase, version: int, instant: datetime, actor: Any) -> None:
    """End the phase that holds; until the next one begins nothing is allowed."""
    rows = _held_of(row, actor, version)
    if row.opens_at >= instant or _is_over(rows, row, instant):
        raise refuse("not-holding", "This phase does not hold now.", "現在実施中の段階ではありません。")
    row.closes_at = instant
    _number(rows)
    audit.record(row, "ended", actor, data=_told(row))


def remove(row: ReviewPhase, version: int, instant: datetime, actor: Any) -> None:
    """Take out a phase that has not begun."""
    rows = _held_of(row, actor, version)
    if row.opens_at <= instant:
        raise refuse("begun", "This phase has begun.", "すでに開始した段階は削除できません。")
    audit.record(row, "removed", actor, data=_told(row))
    session.delete(row)
    session.flush()
    _number([other for other in rows if other is not row])


# --- what every verb asks ---------------------------------------------------------------------------------------------


def _held(call: Call, actor: Any, *, empty: bool = False) -> list[ReviewPhase]:
    if not actor.has_role("officer"):
        raise Forbidden("phases")
    rows = list(queries.phases(call.id, lock=True))
    if empty and rows:
        raise refuse("phases-there", "This call has phases already.", "この公募の段階は設定済みです。")
    return rows


def _held_of(row: ReviewPhase, actor: Any, version: int) -> list[ReviewPhase]:
    if not actor.has_role("officer"):
        raise Forbidden("phases")
    rows = list(queries.phases(row.call_id, lock=True))
    if row not in rows:  # removed by somebody else meanwhile
        raise NotFound("phase")
    if row.version != version:
        raise Stale({}, {})
    return rows


def _is_over(rows: Sequence[ReviewPhase], row: ReviewPhase, instant: datetime) -> bool:
    until = ends(rows)[list(rows).index(row)]
    return until is not None and until <= instant


def _set(row: ReviewPhase, values: PhaseValues) -> None:
    for name in ("kind", "name_en", "name_ja", "opens_at", "closes_at", "others"):
        setattr(row, name, getattr(values, name))
    for name in RIGHTS:
        setattr(row, name, name in values.rights)


Window = tuple[datetime, datetime | None, Bilingual]


def _window(of: ReviewPhase | PhaseValues) -> Window:
    return of.opens_at, of.closes_at, Bilingual(of.name_en or of.name_ja, of.name_ja or of.name_en)


def _check(windows: Sequence[Window]) -> None:
    """Raises Refused when a window ends before it begins or reaches into the next one. Nothing is set before."""
    ordered = sorted(windows, key=lambda window: window[0])
    for opens, closes, _name in ordered:
        if closes is not None and closes <= opens:
            raise refuse("window", "The phase ends before it begins.", "終了日時が開始日時より前です。", "closes_at")
    for (opens, closes, name), (next_opens, _closes, next_name) in pairwise(ordered):
        if opens == next_opens or (closes is not None and closes > next_opens):
            raise refuse(
                "overlap",
                f"“{name.en}” and “{next_name.en}” would overlap.",
                f"「{name.ja}」と「{next_name.ja}」の期間が重なります。",
                "opens_at",
            )


def _number(rows: Sequence[ReviewPhase]) -> None:
    for position, row in enumerate(sorted(rows, key=lambda row: row.opens_at), 1):
        row.position = position
    session.flush()


def _told(row: ReviewPhase) -> dict[str, Any]:
    held = [name for name in RIGHTS if getattr(row, name)]
    return {
        "call": row.call_id, "kind": row.kind.value, "name": row.name_ja, "opens_at": row.opens_at.isoformat(),
        "closes_at": row.closes_at.isoformat() if row.closes_at else None, "others": row.others.value, "rights": held,
    }  # fmt: skip

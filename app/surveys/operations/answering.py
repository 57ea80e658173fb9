"""Answer a wave for an organisation: save, send, change, take back; until the wave closes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.surveys import policy, queries
from app.surveys.choices import Measure, ResponseStatus, WaveKind, WaveStatus
from app.surveys.definitions.effects import options_of
from app.surveys.models import Asked, Response, Wave
from app.surveys.operations import inviting
from app.surveys.workflow import RESPONSE, is_answerable


@dataclass(frozen=True)
class AnswerData:
    """What was answered: options by question id, or figures by fiscal year and measure; empty ones left out."""

    items: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    jsic: str | None = None
    remark: str = ""


def is_open(wave: Wave) -> bool:
    """Are answers taken today?"""
    return wave.status is WaveStatus.open and wave.opens_on <= today() <= wave.closes_on


def _row(asked: Asked, actor: Any) -> Response:
    """The answer that is being written, made at the first saving."""
    row = queries.waves.response_of(asked.id)
    if row is None:
        row = Response(asked_id=asked.id, saved_at=now())
        row.asked = asked
    if not policy.may_answer(actor, row):
        raise Forbidden("answer")
    if reasons := list(is_answerable(row)):
        raise Refused(reasons)
    return row


def save(asked: Asked, data: AnswerData, version: int | None, actor: Any) -> Response:
    """Keep what was filled in. Raises Forbidden, Refused, OutOfOrder (sent or taken back), Stale."""
    with session.no_autoflush:
        row = _row(asked, actor)
        if row.id is not None and row.status is not ResponseStatus.draft:
            raise OutOfOrder(row, "save", row.status)
        if row.id is not None and row.version != version:
            raise Stale({"": data.remark}, {"": row.remark})
        row.answers = _figures(asked, data) if asked.wave.kind is WaveKind.figures else _items(asked, data)
        row.jsic, row.remark, row.saved_at = data.jsic, data.remark, now()
        session.add(row)
    session.flush()
    return row


def _items(asked: Asked, data: AnswerData) -> dict[str, str]:
    offered = {
        str(item.id): {option.code for option in options_of(item.kind, item.options)}
        for item in queries.waves.items(asked.wave)
    }
    return {key: code for key, code in data.items.items() if code in offered.get(key, ())}


def _figures(asked: Asked, data: AnswerData) -> dict[str, dict[str, int]]:
    wave = asked.wave
    assert wave.first_year is not None and wave.last_year is not None
    years = {str(year) for year in range(wave.first_year, wave.last_year + 1)}
    found = {
        year: {measure.value: values[measure.value] for measure in Measure if measure.value in values}
        for year, values in data.figures.items()
        if year in years
    }
    return {year: values for year, values in found.items() if values}


def send(asked: Asked, actor: Any) -> Response:
    """Send what was saved. Raises Forbidden, OutOfOrder, Refused when nothing is answered."""
    row = _row(asked, actor)
    if row.id is None:
        raise OutOfOrder(row, "send", ResponseStatus.draft)
    RESPONSE.apply(row, "send", actor, on_behalf_of=_who(actor))
    row.sent_at, row.sent_by = now(), str(actor.email)
    session.flush()
    return row


def may_take_back(asked: Asked, actor: Any) -> bool:
    """For good and for the whole firm: its own people and whom the office wrote to, not whom the link was handed on to."""
    return inviting.may_hand_on(asked, actor)


def move(asked: Asked, event: str, version: int | None, actor: Any) -> Response:
    """``change``: open it for another version; ``withdraw``: for good, and what was answered is deleted.

    Raises Forbidden, OutOfOrder, and Stale when the page shows another version than the stored one."""
    row = _row(asked, actor)
    if row.id is None:
        raise OutOfOrder(row, event, ResponseStatus.draft)
    if event == "withdraw" and not may_take_back(asked, actor):
        raise Forbidden("withdraw")
    if row.version != version:
        raise Stale({}, {})
    RESPONSE.apply(row, event, actor, on_behalf_of=_who(actor))
    row.sent_at, row.sent_by = None, ""
    if event == "withdraw":
        row.answers, row.remark, row.jsic = {}, "", None
    session.flush()
    return row


def _who(actor: Any) -> str | None:
    """A link has no account: the record names the address to which it was sent."""
    return str(actor.email) if isinstance(actor, policy.LinkHolder) else None

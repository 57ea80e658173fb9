"""Open or closed, to the microsecond; the call's machine; the templates."""

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest

from app.calls.choices import CallStatus, Phase, Programme
from app.calls.definitions import AXES, PARAMETERS, TEMPLATES, rubric
from app.calls.forms import InstantField
from app.calls.policy import accepts, phase
from app.calls.workflow import MACHINE, has_a_frame, weights_total_100, window_lies_ahead
from app.core.clock import JST, now

OPENS = datetime(2026, 4, 1, 9, 0, 0, tzinfo=JST)
CLOSES = datetime(2026, 5, 29, 17, 0, 0, tzinfo=JST)
CALL = SimpleNamespace(opens_at=OPENS.astimezone(UTC), closes_at=CLOSES.astimezone(UTC), status=CallStatus.published)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (OPENS - TICK, Phase.forthcoming),
        (OPENS, Phase.open),
        (CLOSES - timedelta(seconds=1), Phase.open),
        (CLOSES - TICK, Phase.open),
        (CLOSES, Phase.closed),
        (CLOSES + TICK, Phase.closed),
        (CLOSES.astimezone(UTC), Phase.closed),
    ],
)
def test_the_phase_to_the_microsecond(instant: datetime, expected: Phase) -> None:
    assert phase(CALL, instant) is expected
    assert accepts(CALL, instant) is (expected is Phase.open)


def test_only_a_published_call_accepts() -> None:
    for status in CallStatus:
        call = SimpleNamespace(**{**CALL.__dict__, "status": status})
        assert accepts(call, OPENS) is (status is CallStatus.published)


TABLE = {
    ("draft", "publish"): "published",
    ("published", "decide"): "decided",
    ("decided", "archive"): "archived",
}


@pytest.mark.parametrize(("state", "event"), list(product(CallStatus, MACHINE.events)))
def test_the_machine_by_exhaustion(state: CallStatus, event: str) -> None:
    transition = MACHINE.transition(state, event)
    assert (transition.target.value if transition else None) == TABLE.get((state.value, event))


def test_what_a_call_needs_to_be_published() -> None:
    criteria = [SimpleNamespace(weight=60), SimpleNamespace(weight=39)]
    call = SimpleNamespace(criteria=criteria, frames=[], closes_at=now() - timedelta(seconds=1))
    assert [r.code for need in (weights_total_100, window_lies_ahead, has_a_frame) for r in need(call)] == [
        "weights", "window", "frames",
    ]  # fmt: skip
    criteria[1].weight = 40
    call.frames, call.closes_at = [1], now() + timedelta(days=1)
    assert not [r for need in (weights_total_100, window_lies_ahead, has_a_frame) for r in need(call)]


@pytest.mark.parametrize("programme", list(Programme))
def test_the_templates_are_whole(programme: Programme) -> None:
    template = TEMPLATES[programme]
    assert sum(c.weight for c in rubric(programme)) == 100
    assert len({c.code for c in template.criteria}) == len(template.criteria)
    for criterion in template.criteria:
        assert criterion.axis in AXES and criterion.name.en and criterion.name.ja
        assert all(criterion.anchors[score][language] for score in ("1", "3", "5") for language in ("en", "ja"))
    assert set(template.parameters) <= set(PARAMETERS)
    assert template.frames and template.documents


def test_the_ceilings_of_the_frames() -> None:
    frames = {f.code: (f.ceiling_year1_yen, f.ceiling_year2_yen) for f in TEMPLATES[Programme.consortium_rd].frames}
    assert frames["general"] == (100_000_000, 50_000_000) and frames["sme"] == (30_000_000, 20_000_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-29 17:00:00", CLOSES),
        ("2026-05-29T17:00", CLOSES),
        ("令和8年5月29日 17:00:00", CLOSES),
        ("2026/5/29 17:00:00", CLOSES),
    ],
)
def test_a_typed_instant_is_japans(text: str, expected: datetime) -> None:
    assert InstantField.read(None, text) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["2026-02-30 09:00", "2026-05-29", "17:00", "2026-05-29 25:00", "0001-01-01 00:00", "x y"]
)
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        InstantField.read(None, text)  # type: ignore[arg-type]

"""The application's machine by exhaustion, and the forms' own fields."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from app.applications.choices import ApplicationStatus as S
from app.applications.forms import AddressField, CorporateNumberField, JsicField, SignedYenField, TargetField
from app.applications.workflow import MACHINE
from app.core.errors import OutOfOrder

TABLE = {
    ("draft", "submit"): "submitted",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("submitted", "correct"): "correcting",
    ("submitted", "send_back"): "correcting",
    ("correcting", "submit"): "submitted",
    ("correcting", "resume"): "submitted",
    ("correcting", "withdraw"): "withdrawn",
    ("submitted", "screen_eligible"): "under_review",
    ("submitted", "screen_ineligible"): "ineligible",
    ("under_review", "adopt"): "adopted",
    ("under_review", "reserve"): "reserve",
    ("under_review", "reject"): "rejected",
    ("reserve", "correct_to_adopted"): "adopted",
    ("rejected", "correct_to_adopted"): "adopted",
    ("adopted", "correct_to_reserve"): "reserve",
    ("rejected", "correct_to_reserve"): "reserve",
    ("adopted", "correct_to_rejected"): "rejected",
    ("reserve", "correct_to_rejected"): "rejected",
}


class Everybody:
    actor_id = 1

    def has_role(self, *roles: str) -> bool:
        return True


@pytest.mark.parametrize(("state", "event"), list(product(S, MACHINE.events)))
def test_every_pair_moves_as_the_table_says_or_refuses(state: S, event: str) -> None:
    transition = MACHINE.transition(state, event)
    expected = TABLE.get((state.value, event))
    assert (transition.target.value if transition else None) == expected
    if expected is None:
        with pytest.raises(OutOfOrder):
            MACHINE.check(SimpleNamespace(status=state), event, Everybody())


def test_every_state_is_reached_and_every_transition_has_words() -> None:
    assert {t.target for t in MACHINE.transitions} | {MACHINE.initial} == set(S)
    assert all(t.label.en and t.label.ja for t in MACHINE.transitions)


def _read(kind: Any, text: str) -> Any:
    return kind.read(None, text)


@pytest.mark.parametrize(
    "text",
    ["4000012090002", "400001209000", "40000120900011", "４０００００００００００１", "٤000012090001", "abc", "0" * 13],
)
def test_a_wrong_corporate_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="corporate"):
        _read(CorporateNumberField, text)


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    "text", ["4000012090001", " 4-0000-1209-0001", "T4000012090001", "4000012090001".translate(WIDE)]
)
def test_a_right_corporate_number_is_read(text: str) -> None:
    assert _read(CorporateNumberField, text) == "4000012090001"


@pytest.mark.parametrize(
    "text", ["a@b", "a b@c.jp", "a@c.jp\nBcc: x@y.jp", "あ@c.jp", "<a@c.jp>", "@c.jp", "a" * 250 + "@c.jp"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        _read(AddressField, text)


def test_small_fields_read_what_people_type() -> None:
    assert _read(AddressField, " Aoki@Example.JP ") == "aoki@example.jp"
    assert _read(JsicField, "２７１１") == "2711"
    assert _read(SignedYenField, "△1,500") == -1500 and _read(SignedYenField, "1500円") == 1500
    assert _read(TargetField, "1,200.50") == "1200.50" and _read(TargetField, "-0.5") == "-0.5"
    for bad in ("--1", "1e400", "NaN", "0.5", "-", "1" * 41):
        with pytest.raises(ValueError, match=r"\w"):
            _read(SignedYenField, bad)

"""The machines of an award against domain.md 12, written out a second time; every other pair is refused."""

from datetime import date
from itertools import pairwise, product
from typing import Any

import pytest

from app.agreements.choices import AwardStatus as S
from app.agreements.definitions import CHECKLISTS, STEPS, followed_until, reports_by
from app.agreements.workflow import COMMISSION, SUBSIDY
from app.core.errors import OutOfOrder
from app.core.workflow import Machine
from app.projects.choices import Regime

#: state: event > next state. What is not written here must not be possible.
COMMISSION_LIFE = """
adopted: assess > cost_assessment, withdraw > withdrawn
cost_assessment: contract > contracted, withdraw > withdrawn
contracted: begin > running, withdraw > withdrawn, terminate > terminated, revoke > revoked
running: receive_report > reported, suspend > suspended, terminate > terminated, revoke > revoked
suspended: resume > running, terminate > terminated, revoke > revoked
reported: return_report > running, inspect > inspected, terminate > terminated, revoke > revoked
inspected: fix_amount > amount_fixed, terminate > terminated, revoke > revoked
amount_fixed: settle > settled, terminate > terminated, revoke > revoked
settled: next_contract > contracted, complete > completed, terminate > terminated, revoke > revoked
completed: follow > follow_up, revoke > revoked
follow_up: close > closed, revoke > revoked
terminated: claim_repayment > repayment, close > closed
revoked: claim_repayment > repayment, close > closed
repayment: close > closed
withdrawn:
closed:
"""
SUBSIDY_LIFE = """
adopted: apply > grant_applied, withdraw > withdrawn
grant_applied: grant > granted, withdraw > withdrawn
granted: begin > running, withdraw > withdrawn, terminate > terminated, revoke > revoked
running: receive_report > reported, suspend > suspended, terminate > terminated, revoke > revoked
suspended: resume > running, terminate > terminated, revoke > revoked
reported: return_report > running, inspect > inspected, terminate > terminated, revoke > revoked
inspected: fix_amount > amount_fixed, terminate > terminated, revoke > revoked
amount_fixed: settle > paid, terminate > terminated, revoke > revoked
paid: complete > follow_up, terminate > terminated, revoke > revoked
follow_up: close > closed, revoke > revoked
terminated: claim_repayment > repayment, close > closed
revoked: claim_repayment > repayment, close > closed
repayment: close > closed
withdrawn:
closed:
"""


def read(text: str) -> dict[tuple[str, str], str]:
    found = {}
    for line in text.strip().splitlines():
        state, moves = line.split(":")
        for move in filter(None, (m.strip() for m in moves.split(","))):
            event, target = move.split(" > ")
            found[state, event] = target
    return found


class Officer:
    actor_id = id = 1

    def has_role(self, *roles: str) -> bool:
        return True


@pytest.mark.parametrize(("machine", "text"), [(COMMISSION, COMMISSION_LIFE), (SUBSIDY, SUBSIDY_LIFE)])
def test_every_pair_of_state_and_event(machine: Machine, text: str) -> None:
    table = read(text)
    assert {line.split(":")[0] for line in text.strip().splitlines()} == set(machine.states)
    assert {event for _state, event in table} == set(machine.events)
    for state, event in product(machine.states, machine.events):
        transition = machine.transition(state, event)
        assert (transition.target.value if transition else None) == table.get((state.value, event)), (state, event)
        if transition is None:

            class Award:
                status = state

            with pytest.raises(OutOfOrder):
                machine.check(Award(), event, Officer())


def test_the_line_of_steps_can_be_walked_in_its_order() -> None:
    for regime, machine in ((Regime.commission, COMMISSION), (Regime.subsidy, SUBSIDY)):
        line = STEPS[regime]
        for one, following in pairwise(line):
            assert any(one in t.sources and t.target is following for t in machine.transitions), (one, following)


def test_each_regime_asks_both_sides_for_something() -> None:
    for regime, points in CHECKLISTS.items():
        assert {p.side.value for p in points} == {"office", "consortium"}, regime
        assert len({p.code for p in points}) == len(points)
        assert all(p.title.ja and p.note.ja for p in points)


def test_days_that_follow_from_the_rules() -> None:
    assert reports_by(date(2026, 3, 31)) == date(2026, 4, 10)  # MON-5: 10 April comes first
    assert reports_by(date(2026, 3, 31), date(2025, 12, 1)) == date(2025, 12, 31)  # MON-5: 30 days come first
    assert followed_until(date(2026, 3, 31), 5) == date(2030, 3, 31)  # MON-10: FY2025 is the first of five
    assert followed_until(date(2026, 4, 1), 5) == date(2031, 3, 31)


def test_states_are_shared_and_none_is_left_over() -> None:
    used: set[Any] = {*COMMISSION.states, *SUBSIDY.states}
    assert used == set(S)

"""Laws of every state machine, proved by walking all states and events."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from app.cli.machines import machines
from app.core.workflow import Machine

MACHINES = machines()
IDS = [machine.name for machine in MACHINES]


@pytest.mark.parametrize("machine", MACHINES, ids=IDS)
def test_every_state_can_be_reached(machine: Machine) -> None:
    reached, grew = {machine.initial}, True
    while grew:
        targets = {t.target for t in machine.transitions if t.sources & reached}
        grew = not targets <= reached
        reached |= targets
    assert reached == set(machine.states)


@pytest.mark.parametrize("machine", MACHINES, ids=IDS)
def test_something_ends(machine: Machine) -> None:
    """What is over may be opened again by way of exception; nothing else leads out of it."""
    left = {source for t in machine.transitions if t.event != "reopen" for source in t.sources}
    assert set(machine.states) - left, "a machine without a final state"


@pytest.mark.parametrize("machine", MACHINES, ids=IDS)
def test_every_state_and_event_moves_as_the_table_says_or_refuses(machine: Machine) -> None:
    table = {(source, t.event): t.target for t in machine.transitions for source in t.sources}
    for state, event in product(machine.states, machine.events):
        found = machine.transition(state, event)
        assert (found.target if found else None) == table.get((state, event))


@pytest.mark.parametrize("machine", MACHINES, ids=IDS)
def test_nobody_fires_anything(machine: Machine) -> None:
    """Somebody without any role may fire no event of any machine."""

    class Nobody:
        actor_id = -1
        id = -1
        is_authenticated = True

        def has_role(self, *roles: str) -> bool:
            return False

    class Subject:
        reviewer_id = proposed_by_id = lead_organisation_id = project_id = opened_by_id = 0
        organisation_id: Any = None
        project: Any = None
        id = 0

    for transition in machine.transitions:
        assert not transition.may(Nobody(), Subject()), transition.event


def test_every_state_and_event_is_labelled_in_both_languages() -> None:
    for machine in MACHINES:
        for state in machine.states:
            assert state.label.en and state.label.ja  # type: ignore[attr-defined]
        for transition in machine.transitions:
            assert transition.label is not None and transition.label.en and transition.label.ja, transition.event


def test_the_diagrams_are_current() -> None:
    """After a change: flask --app wsgi draw-machines."""
    folder = Path(__file__).parents[2] / "docs" / "machines"
    assert {path.stem for path in folder.glob("*.mmd")} == set(IDS)
    for machine in MACHINES:
        assert (folder / f"{machine.name}.mmd").read_text(encoding="utf-8") == machine.mermaid(), machine.name

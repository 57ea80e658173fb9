"""The order of an agenda against brute force, and the times that follow from it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from time import process_time

import pytest

from app.panels.choices import ItemStatus
from app.panels.definitions import agenda, timing


def _some(seed: int, items: int, people: int, share: float) -> tuple[list[int], dict[int, frozenset[int]]]:
    chance = Random(seed)
    keys = list(range(1, items + 1))
    return keys, {key: frozenset(p for p in range(people) if chance.random() < share) for key in keys}


@pytest.mark.parametrize("seed", range(25))
def test_no_order_of_seven_items_has_fewer_changes(seed: int) -> None:
    keys, away = _some(seed, items=2 + seed % 6, people=1 + seed % 4, share=0.3)
    best = min(agenda.changes(order, away) for order in permutations(keys))
    found = agenda.arrange(keys, away)
    assert sorted(found) == keys
    assert agenda.changes(found, away) == best


@pytest.mark.parametrize("seed", range(12))
def test_the_search_comes_close_to_the_best_and_is_never_worse_than_before(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, away = _some(seed, items=9, people=5, share=0.35)
    best = agenda.changes(agenda.arrange(keys, away), away)
    monkeypatch.setattr(agenda, "EXACT_UP_TO", 0)
    found = agenda.arrange(keys, away)
    assert sorted(found) == keys and found == agenda.arrange(keys, away), "the same agenda gets the same order"
    assert best <= agenda.changes(found, away) <= min(best + 2, agenda.changes(keys, away))


def test_a_day_of_sixty_proposals_is_arranged_at_once() -> None:
    keys, away = _some(5, items=60, people=12, share=0.12)
    begun = process_time()
    found = agenda.arrange(keys, away)
    assert process_time() - begun < 5
    assert agenda.changes(found, away) < 0.7 * agenda.changes(keys, away)


def test_without_conflicts_the_order_stays() -> None:
    assert agenda.arrange([3, 1, 2], {}) == [3, 1, 2]
    assert agenda.arrange([], {}) == []
    assert agenda.changes([3, 1, 2], {}) == 0


def test_who_is_out_for_two_items_leaves_once() -> None:
    away = {1: frozenset({7}), 2: frozenset(), 3: frozenset({7})}
    found = agenda.arrange([1, 2, 3], away)
    assert agenda.changes([1, 2, 3], away) == 4 and agenda.changes(found, away) == 2


@dataclass
class Item:
    id: int
    status: ItemStatus
    minutes: int = 10
    position: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def application_id(self) -> int:
        return self.id


@dataclass
class Meeting:
    starts_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None


NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)


def _at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def test_a_planned_meeting_keeps_its_times() -> None:
    items = [Item(1, ItemStatus.waiting, 10, 2), Item(2, ItemStatus.waiting, 20, 1)]
    times = timing.timetable(Meeting(NINE), items, NINE + timedelta(days=3))
    assert times == {2: (_at(0), _at(20)), 1: (_at(20), _at(30))}


def test_a_meeting_that_runs_late_pushes_what_follows_and_postponed_items_come_last() -> None:
    items = [
        Item(1, ItemStatus.postponed, 10, 1), Item(2, ItemStatus.done, 10, 2, _at(5), _at(25)),
        Item(3, ItemStatus.discussing, 10, 3, _at(25)), Item(4, ItemStatus.waiting, 10, 4),
    ]  # fmt: skip
    meeting = Meeting(NINE, began_at=_at(5))
    assert [item.id for item in timing.running_order(items)] == [2, 3, 4, 1]
    times = timing.timetable(meeting, items, _at(30))
    assert times == {2: (_at(5), _at(25)), 3: (_at(25), _at(35)), 4: (_at(35), _at(45)), 1: (_at(45), _at(55))}
    late = timing.timetable(meeting, items, _at(50))
    assert late[3] == (_at(25), _at(50)) and late[4][0] == _at(50)


def test_who_is_outside_comes_back_at_the_end_of_the_run() -> None:
    items = [Item(n, ItemStatus.waiting, 10, n) for n in range(1, 5)]
    times = timing.timetable(Meeting(NINE), items, NINE)
    assert timing.back_at(items, times, {1, 2, 4}) == _at(20)
    assert timing.back_at(items, times, {2}) is None
    assert timing.back_at(items, times, {1, 2, 3, 4}) == _at(40)

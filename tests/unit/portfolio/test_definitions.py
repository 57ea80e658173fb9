"""Registries that fit each other, addresses that are read strictly, shades, and the pace of a target."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from app.organisations.choices import BUREAUS, PREFECTURES
from app.portfolio.choices import BUREAU_TILES, TILES, ActionStatus, Kind, Shade, Standing
from app.portfolio.definitions import columns
from app.portfolio.definitions.asked import (  # fmt: skip
    Facts,
    Layout,
    Range,
    Selection,
    pieces,
    read_crossing,
    read_layout,
    read_selection,
    sentence,
)
from app.portfolio.definitions.filters import FILTERS, GROUPINGS, GROUPS, NONE
from app.portfolio.definitions.pace import Progress, Reading, expected
from app.portfolio.definitions.shading import shades
from app.portfolio.queries.conditions import CONDITIONS, GROUPED, JUDGED
from app.portfolio.queries.listing import _READERS
from app.portfolio.workflow import MACHINE


def test_every_filter_grouping_and_column_has_its_look_up_and_no_look_up_is_without_one() -> None:
    assert set(CONDITIONS) == set(FILTERS) and set(GROUPED) | set(JUDGED) == set(GROUPINGS)
    assert set(_READERS) == set(columns.COLUMNS)
    assert {f.group for f in FILTERS.values()} == set(GROUPS)
    assert all(f.kind in (Kind.choice, Kind.years) for f in GROUPINGS.values())
    assert all(NONE not in f.codes for f in FILTERS.values())


def test_the_tiles_are_all_prefectures_and_bureaus_each_at_a_place_of_its_own() -> None:
    for plan, codes in ((TILES, PREFECTURES), (BUREAU_TILES, BUREAUS)):
        assert set(plan) == set(codes) and len(set(plan.values())) == len(plan)


@pytest.mark.parametrize(
    "args",
    [
        {"status": ["nonsense"]}, {"programme": ["none"]}, {"adopted_from": ["x"]}, {"adopted_from": ["0999"]},
        {"adopted_from": ["2004"], "adopted_to": ["2003"]}, {"adopted": ["none"]}, {"amount_to": ["-1"]}, {"amount_to": ["1e9"]},
        {"text": ["a\x00b"]}, {"text": ["x" * 201]}, {"text": ["\ud800"]}, {"region": ["x" * 201]}, {"as_of": ["2006-02-30"]},
        {"level": ["E9"]}, {"rule": ["PR-8"]}, {"reference": ["sometime"]}, {"region": [str(n) for n in range(61)]},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_never_guessed(args: dict[str, list[str]]) -> None:
    _selection, faults = read_selection(args)
    assert [str(fault.message) for fault in faults] != []


def test_an_address_round_trips_through_the_question() -> None:
    selection, faults = read_selection(
        {"programme": ["consortium_rd"], "completed": ["none"], "adopted_from": ["1997"], "amount_to": ["１,０００"],
         "text": [" 電池 "], "level": ["E3"], "as_of": ["平成18年3月31日"], "reference": ["adoption"], "other": ["x"]}
    )  # fmt: skip
    assert not faults and selection.facts.as_of == date(2006, 3, 31)
    args: dict[str, list[str]] = {}
    for name, text in selection.pairs():
        args.setdefault(name, []).append(text)
    assert read_selection(args) == (selection, [])
    assert {FILTERS[key].kind for key, _value in selection.values} == set(Kind)
    assert selection.without("text").get("text") is None
    assert selection.having("adopted", Range(2003, 2003)).get("adopted") == Range(2003, 2003)


def test_the_sentence_says_every_filter_and_by_what_derived_facts_are_judged() -> None:
    chosen = Selection((("text", "電池"), ("adopted", Range(1997, 2004)), ("cluster", ("yes", "outside"))), Facts(day=date(2005, 12, 31)))  # fmt: skip
    assert len(pieces(chosen)) == 3
    told = sentence(chosen)
    assert "“電池”" in told and "FY1997 – FY2004" in told and "yes / not counted" in told
    assert "PR-1" in told and "2005-12-31" in told and "E2" not in told
    assert sentence(Selection()) == "All projects"
    assert "E2" in sentence(Selection(), ("reached",)) and "as of" in sentence(Selection(), ("observed_on",))


def test_columns_keep_their_order_and_the_number_stands_first() -> None:
    layout = read_layout({"columns": ["amount,title", "key", "nonsense", "amount"], "sort": ["-amount"]})
    assert layout == Layout(("key", "amount", "title"), "amount", True)
    assert read_layout({"sort": ["-nonsense"], "columns": [""]}) == Layout()
    assert columns.moved(("key", "a", "b"), "b") == ("key", "b", "a") and columns.moved(("key", "a"), "a") == (
        "key",
        "a",
    )
    assert read_crossing({"rows": ["text"], "across": ["adopted"]}).across is None  # rows fall back to the same


def test_shades_are_equal_steps_and_few_counted_projects_are_not_shaded() -> None:
    def tile(count: int, yes: int, counted: int) -> Any:
        rate = yes / counted if counted else None
        return SimpleNamespace(all=SimpleNamespace(count=count, yen=count * 10), rate=rate, counted=counted)

    found = {"01": tile(100, 9, 9), "13": tile(1, 10, 10), "47": tile(0, 0, 0)}
    assert shades(found, Shade.projects).steps == {"01": 5, "13": 1, "47": 0}
    assert shades(found, Shade.rate).steps == {"01": 0, "13": 5, "47": 0}
    assert shades({}, Shade.yen).limits == ()


AIM = SimpleNamespace(baseline=20.0, target=30.0, starts_on=date(2006, 4, 1), ends_on=date(2008, 4, 1))


@pytest.mark.parametrize(
    ("day", "pace"),
    [(date(2006, 3, 1), 20), (date(2006, 4, 1), 20), (date(2007, 4, 2), 25.01), (date(2008, 4, 1), 30), (date(2020, 1, 1), 30)],
)  # fmt: skip
def test_the_pace_is_the_straight_way_between_two_days(day: date, pace: float) -> None:
    assert expected(AIM, day) == pytest.approx(pace, abs=0.01)


@pytest.mark.parametrize(
    ("low", "high", "value", "standing"),
    [(20, 30, 26.0, "on_pace"), (20, 30, 24.0, "behind"), (20, 30, 30.0, "reached"), (30, 20, 24.0, "on_pace"),
     (30, 20, 27.0, "behind"), (30, 20, 19.0, "reached"), (20, 30, None, "unknown")],
)  # fmt: skip
def test_a_target_is_judged_in_its_own_direction(low: float, high: float, value: float | None, standing: str) -> None:
    aim, day = SimpleNamespace(baseline=low, target=high), date(2007, 4, 1)
    found = Progress(aim, day, 25.0, None if value is None else Reading(value, day, "s"))
    assert found.standing is Standing(standing)
    assert found.gap == (None if value is None else value - 25)


def test_an_open_action_ends_in_one_of_three_ways_and_an_ended_one_never_moves() -> None:
    for status in ActionStatus:
        events = {t.event for t in MACHINE.transitions if status in t.sources}
        assert events == (
            {"start", "finish", "drop", "carry"} if status == "planned"
            else {"finish", "drop", "carry"} if status == "doing" else set()
        )  # fmt: skip

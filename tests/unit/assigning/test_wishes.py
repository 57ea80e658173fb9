"""Wishes count within a reviewer's own list."""

from app.assigning.choices import Level
from app.assigning.definitions.planning import Parameters
from app.assigning.definitions.telling import condition, histogram, relaxation, why
from app.assigning.definitions.wishes import Weights, points, value


def test_who_wants_everything_wants_nothing() -> None:
    assert points({1: Level.want, 2: Level.want}, 2)[Level.want] == 0
    assert points({}, 5) == {Level.rather_not: 0, None: 0, Level.can: 0, Level.want: 0}


def test_one_wish_among_many_is_strong() -> None:
    found = points({1: Level.want, 2: Level.rather_not}, 10)
    assert found[Level.want] == 45 and found[Level.rather_not] == -45 and found[None] == 0
    few = points({1: Level.want, 2: Level.can, 3: Level.cannot}, 4)
    assert few[Level.want] > few[Level.can] > few[None] and few[Level.want] <= 50


def test_weights_are_percent() -> None:
    assert value(80, 50, Weights()) == 130
    assert value(80, 50, Weights(50, 0)) == 40


def test_parameters_survive_storage() -> None:
    given = Parameters(wanted=2, bad=((1, 2),), business=0)
    assert Parameters.of(given.as_json()) == given and given.mix == {"academic": 1}


def test_words() -> None:
    assert condition("mix:business").ja == "構成条件:産業界" and "load" in condition("high").en
    told = relaxation([("demand", 1, 2, ""), ("bad", 1, 1, "7:8"), ("high", 7, 1, "")], {1: "C-1"}, {7: "Ann", 8: "Bo"})
    assert [t.en for t in told] == [
        "C-1: 2 reviewers fewer",
        "C-1: Ann / Bo together",
        "Ann: 1 reviews more than the limit",
    ]
    assert len(relaxation([("low", 7, 1, "")] * 60, {}, {})) == 41
    words = why(
        {"field": 40, "text": 12, "terms": ["センサ", "gas"], "level": "want", "wish": 45, "mix": None, "load": 3}
    )
    assert [w.en for w in words] == [
        "same field (40)",
        "topic (12): センサ, gas",
        "wish: I would like to (+45)",
        "3 reviews in all",
    ]
    assert histogram({"a": 2, "b": 2}, 3) == [(0, 1), (1, 0), (2, 2)]

"""CR-16 and CR-17 against vectors counted by hand, and against brute force over random panels."""

import random
from fractions import Fraction

from app.surveys.choices import EFFECT_ITEMS, ItemKind
from app.surveys.definitions import effects, published
from app.surveys.definitions.effects import OPTIONS, Share
from app.surveys.definitions.index import Firm, index, industry_of


def test_a_share_is_over_those_who_answered() -> None:
    """CR-17: 2 of 3, however many were invited; “does not apply” and an open question are no answers."""
    answers = ["great", "some", "none", "na", None, None]
    one = effects.share(answers, OPTIONS[ItemKind.scale])
    assert (one.affirmative, one.answered, one.rate) == (2, 3, 2 / 3)
    assert one.interval is not None and one.interval[0] < 2 / 3 < one.interval[1]
    assert effects.share(["na", None], OPTIONS[ItemKind.yes_no]).rate is None
    assert effects.rate(30, 0) is None and effects.rate(3, 4) == 0.75
    mine = effects.options_of(ItemKind.choice, [{"code": "o1", "en": "A", "ja": "ア", "affirmative": True},
                                                {"code": "o2", "en": "B", "ja": "イ", "affirmative": False}])  # fmt: skip
    assert effects.share(["o1", "o2", "o2", "na", "gone"], mine) == Share(1, 3)


def test_what_is_withheld_cannot_be_found_by_subtraction() -> None:
    """CR-14: of two unsafe and two safe parts the hidden ones are safe together; a total of few is not told."""
    rows = [("a", Share(5, 10)), ("b", Share(1, 9)), ("c", Share(8, 20))]
    told = dict(effects.withheld(rows))
    assert (
        told["b"] is None and told["a"] is None and told["c"] == Share(8, 20)
    )  # one hidden part would be a difference
    assert not effects.may_tell(Share(2, 10)) and not effects.may_tell(Share(9, 10)) and effects.may_tell(Share(3, 6))
    chance = random.Random(17)
    for _ in range(200):
        parts = []
        for key in range(4):
            n = chance.randrange(12)
            parts.append((key, Share(chance.randrange(n + 1), n)))
        shown = effects.withheld(parts)
        hidden = [dict(parts)[key] for key, one in shown if one is None]
        total = Share(sum(p.affirmative for _k, p in parts), sum(p.answered for _k, p in parts))
        if effects.may_tell(total) and hidden:
            rest = Share(sum(p.affirmative for p in hidden), sum(p.answered for p in hidden))
            assert effects.may_tell(rest)


def firm(key: str, industry: str | None, *values: int | None, large: bool = False) -> Firm:
    return Firm(key, industry, large, {2000 + n: v for n, v in enumerate(values) if v is not None})


def test_the_index_by_hand() -> None:
    """CR-16: two firms stay, one is lost, one is large. I = 330/300; B = 1/3 · 1.2 + 2/3 · 0.9 = 1."""
    firms = [firm("a", "26", 100, 130), firm("b", "29", 200, 200), firm("c", "29", 50, None), firm("d", "26", 900, 1, large=True),
             firm("e", None, None, 70)]  # fmt: skip
    series = {"26": {2000: 10, 2001: 12}, "29": {2000: 10, 2001: 9}}
    found = index(firms, series, [2000, 2001], 2000)
    assert [p.firms for p in found.points] == [1, Fraction(330, 300)] and [p.benchmark for p in found.points] == [1, 1]
    assert (len(found.panel), found.candidates, found.lost, found.left_out) == (2, 3, 1, 1)
    assert found.lost_share == 1 / 3 and found.covered == 1 and [p.present for p in found.points] == [3, 3]
    assert {i.code: i.weight for i in found.industries} == {"26": Fraction(1, 3), "29": Fraction(2, 3)}
    with_large = index(firms, series, [2000, 2001], 2000, with_large=True)
    assert with_large.points[1].firms == Fraction(331, 1200) and with_large.left_out == 0
    without = index(firms, series, [2000, 2001], 2000, without=frozenset({"29"}))
    assert without.points[1].firms == Fraction(130, 100) and without.points[1].benchmark == Fraction(12, 10)
    assert index(firms, {"26": series["26"]}, [2000, 2001], 2000).covered == Fraction(1, 3)
    loss = index([firm("a", "26", -5, 10)], series, [2000, 2001], 2000)
    assert loss.points[1].firms is None and loss.points[1].benchmark is None
    assert not found.may_tell


def test_random_panels_against_brute_force() -> None:
    """Firms that move exactly as their industries have their benchmark as index; any panel is counted as written."""
    chance = random.Random(16)
    for _ in range(60):
        years = range(2000, 2000 + chance.randrange(2, 6))
        series = {code: {y: chance.randrange(1, 500) for y in years} for code in ("20", "26", "F")}
        same = [
            Firm(f"s{n}", code, False, {y: series[code][y] * factor for y in years})
            for n, (code, factor) in enumerate((chance.choice(list(series)), chance.randrange(1, 9)) for _n in range(7))
        ]
        assert all(p.firms == p.benchmark for p in index(same, series, years, 2000).points)
        base = chance.choice(list(years))
        loose = [
            Firm(f"f{n}", chance.choice(["20", "26", None]), chance.random() < 0.2,
                 {y: chance.randrange(1, 99) for y in years if chance.random() < 0.8})
            for n in range(30)
        ]  # fmt: skip
        found = index(loose, series, years, base)
        stay = [f for f in loose if not f.large and set(years) <= set(f.values)]
        assert list(found.panel) == stay
        assert found.candidates == sum(base in f.values and not f.large for f in loose)
        if stay:
            total = sum(f.values[base] for f in stay)
            known = [f for f in stay if f.industry]
            for point in found.points:
                assert point.firms == Fraction(sum(f.values[point.year] for f in stay), total)
                if known:
                    whole = sum(f.values[base] for f in known)
                    expected = sum(
                        Fraction(f.values[base], whole) * Fraction(series[str(f.industry)][point.year], series[str(f.industry)][base])
                        for f in known
                    )  # fmt: skip
                    assert point.benchmark == expected


def test_an_industry_is_the_most_detailed_one_that_fits() -> None:
    assert industry_of("2661", ["26", "266", "F"]) == "266" and industry_of("F", ["26", "F"]) == "F"
    assert industry_of("F2661", ["F", "26"]) == "26" and industry_of("2661", ["F", "27"]) is None
    assert industry_of(None, ["F"]) is None and industry_of("", ["F"]) is None


def test_what_was_published_is_never_paired() -> None:
    """Domain 3.2: 18 values in descending order, 18 labels; a question has the range of its group and no value."""
    values = [float(value) for value, _group in published.EFFECTS]
    assert len(values) == len(EFFECT_ITEMS) == 18 and values == sorted(values, reverse=True)
    assert published.printed_for("financial-organisations") == ("19.2", "9.0")
    assert published.printed_for("universities") == ("69.0", "35.1") and published.printed_for("own") is None
    judged = [code.extra["judged"] for code in EFFECT_ITEMS.values()]
    assert [judged.count(one) for one in ("high", "middle", "low", "unclear")] == [7, 4, 6, 1]
    for block in published.BLOCKS:  # the reading uses the printed numbers, each once (domain 3.3)
        printed = sorted(block.printed.replace("[", "").replace("]", "").split())
        if block.firms:
            assert sorted((*block.firms, *block.benchmark[1:])) == printed

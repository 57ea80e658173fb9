"""Lineage, pace and the key of a new business, without a database."""

from datetime import date
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from app.clusters.choices import BusinessType, FigureKind, Indicator, LinkKind
from app.clusters.definitions import counting, lineage
from app.clusters.definitions.pace import elapsed, expected_by, pace, window


def cluster(id_: int, phase: int, name: str = "Name") -> Any:
    return Thing(id=id_, phase=phase, cluster_code=f"c{id_}", bureau="kanto", name=name)


def link(start: int | None, end: int | None, kind: str) -> Any:
    return Thing(from_id=start, to_id=end, kind=LinkKind(kind))


CLUSTERS = [cluster(1, 1), cluster(2, 1), cluster(3, 1), cluster(4, 2), cluster(5, 2)]
LINKS = [link(1, 4, "continues"), link(2, 5, "merges"), link(3, None, "ended"), link(None, 5, "new")]


def test_the_sum_is_counted_from_the_links() -> None:
    found = lineage.reorganise(1, CLUSTERS, LINKS)
    assert found.counts() == {"before": 3, "ended": 2, "new": 1, "after": 2} and found.consistent
    assert not lineage.reorganise(1, CLUSTERS, LINKS[:1]).consistent  # a new one without a link that says so


def test_the_drawing_holds_every_cluster_and_every_link_between_the_phases() -> None:
    drawing = lineage.draw(lineage.reorganise(1, CLUSTERS, LINKS), LINKS, 148, 40)
    assert [box.code for box in drawing.before] == ["c1", "c2", "c3"]
    assert [box.code for box in drawing.after] == ["c4", "c5"]
    assert [box.marked for box in drawing.before] == [False, True, True] and drawing.after[1].marked
    assert [line.kind for line in drawing.lines] == [LinkKind.continues, LinkKind.merges]
    assert all(box.x + box.width <= drawing.width and box.y + box.height <= drawing.height for box in drawing.after)
    below = [box.y for box in drawing.before]
    assert below == sorted(below)


@pytest.mark.parametrize(
    ("text", "units", "lines"),
    [
        ("Fostering Bio-Ventures", 12, ("Fostering", "Bio-Ventures")),
        ("北海道スーパークラスター振興戦略", 12, ("北海道スーパ", "ークラスター", "振興戦略")),
        ("OKINAWA型産業振興", 10, ("OKINAWA型", "産業振興")),
        ("x" * 9, 4, ("xxxx", "xxxx", "x")),
        ("", 4, ("",)),
    ],
)
def test_wrapping(text: str, units: int, lines: tuple[str, ...]) -> None:
    assert lineage.wrap(text, units) == lines


def target(indicator: str = "new_businesses", **values: Any) -> Any:
    return Thing(
        **{
            "indicator": Indicator(indicator), "kind": FigureKind.target, "value": 40_000, "baseline": None,
            "valid_from": date(2006, 4, 1), "valid_to": date(2011, 4, 1), "cumulative": False, "counted_from": None,
            **values,
        }
    )  # fmt: skip


def test_pace_of_the_forty_thousand() -> None:
    """S056, S057: 1 April 2006 to 31 March 2011; on the last day all of it is expected, on no day more."""
    start, end = date(2006, 4, 1), date(2011, 4, 1)
    assert expected_by(40_000, 0, start, end, date(2006, 3, 31)) == 0
    assert expected_by(40_000, 0, start, end, date(2006, 4, 1)) == 21  # 40,000 / 1,826 days, rounded down
    assert expected_by(40_000, 0, start, end, date(2011, 3, 31)) == 40_000
    assert expected_by(40_000, 0, start, end, date(2020, 1, 1)) == 40_000
    assert expected_by(10, 30, start, end, date(2011, 3, 31)) == 10  # a figure that is to fall
    assert (elapsed(start, end, date(2000, 1, 1)), elapsed(start, end, date(2011, 3, 31))) == (0.0, 1.0)
    behind = pace(target(), 20, date(2006, 4, 1))
    assert (behind.expected, behind.gap, behind.behind) == (21, -1, True)
    assert pace(target(), None, date(2006, 4, 1)).gap is None
    assert pace(target(value=0), 3, date(2007, 4, 1)).share is None


def test_where_the_way_begins() -> None:
    day = date(2011, 3, 30)
    assert pace(target(cumulative=True), 500, day, before=400).start == 400
    assert pace(target(baseline=100), 500, day, before=400).start == 100
    level = pace(target("participants"), 500, day)
    assert level.expected is None and level.gap is None and not level.behind
    assert pace(target("participants", baseline=0, value=1826), 500, day).expected == 1825


def test_which_records_count() -> None:
    day = date(2008, 5, 1)
    assert window(target(), day) == (date(2006, 4, 1), date(2008, 5, 2))
    assert window(target(cumulative=True), day) == (None, date(2008, 5, 2))
    assert window(target(cumulative=True, counted_from=date(2001, 4, 1)), day)[0] == date(2001, 4, 1)
    assert window(target(), date(2020, 1, 1))[1] == date(2011, 4, 1)


def test_one_business_has_one_key() -> None:
    one = counting.unique_key(7, "高精度 ギア・モジュール", "", BusinessType.product)
    for same in ("高精度ギアモジュール", "髙精度ｷﾞｱ・ﾓｼﾞｭｰﾙ", " 高精度　ぎあ モジュール "):
        assert counting.unique_key(7, same, "", BusinessType.product) == one
    assert counting.unique_key(8, "高精度ギアモジュール", "", BusinessType.product) != one
    assert counting.unique_key(7, "高精度ギアモジュール", "", BusinessType.service) != one
    assert counting.unique_key(7, "高精度ギアモジュール2", "", BusinessType.product) != one
    assert counting.name_key("", "High-precision Gear") == counting.name_key("", "high precision GEAR")
    assert counting.name_key("!!!", "") == "!!!"


def test_what_looks_like_the_same_business() -> None:
    name = counting.name_key("", "High-precision gear module")
    other = Thing(organisation_id=7, name_key=counting.name_key("", "High-precison gear module"), type="product")
    found = counting.alike(frozenset({7, 9}), name, "product", other)
    assert found is not None and found.why == counting.SAME_FIRM
    assert counting.alike(frozenset({8}), name, "product", other) is None
    equal = Thing(organisation_id=7, name_key=name, type="service")
    assert counting.alike(frozenset({7}), name, "product", equal).why == counting.SAME_EVERYTHING  # type: ignore[union-attr]
    equal.organisation_id, equal.type = 8, "product"
    assert counting.alike(frozenset({7}), name, "product", equal).why == counting.SAME_NAME  # type: ignore[union-attr]
    equal.type = "service"
    assert counting.alike(frozenset({7}), name, "product", equal) is None

"""Parsing of questions, and the day of the last completion that counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.definitions import DEFINITIONS, Commercialization, parse_day, parse_reference, parse_years
from app.core.fiscal import add_years

BAD_DAYS = ["2005-2-1", "2005-02-30", "20050201", "２００５-02-01", "", "2005-02-01 ", "0000-01-01", "x"]


@pytest.mark.parametrize("text", BAD_DAYS)
def test_bad_days(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_day(text)


@pytest.mark.parametrize(
    "text", ["2004..1997", "1997", "1997-2004", "a..b", "1997..20041", "0001..2000", "²004..2005", ""]
)
def test_bad_years(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a range|backwards"):
        parse_years(text)


@pytest.mark.parametrize("text", ["fixed", "ever", "adoption:2005-01-01", "fixed:", "fixed:x", "begin", "", "start:"])
def test_bad_references(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (reference|date)"):
        parse_reference(text)


@pytest.mark.parametrize("text", ["fixed:2005-12-31", "ever:2005-12-31", "adoption", "start", "completion"])
def test_references_read_as_written(text: str) -> None:
    assert str(parse_reference(text)) == text


@given(
    st.dates(date(1996, 1, 1), date(2016, 12, 31)), st.integers(0, 9), st.dates(date(1990, 1, 1), date(2016, 12, 31))
)
def test_lag_is_a_day_limit(as_of: date, lag: int, completed: date) -> None:
    last = Commercialization("E1", None, 1997, 2005, as_of, None, lag).last_completion
    assert last is not None
    assert (completed <= last) == (add_years(completed, lag) <= as_of)


def test_leap_days() -> None:
    def last(as_of: date, lag: int) -> date | None:
        return Commercialization("E1", None, 1997, 2005, as_of, None, lag).last_completion

    assert last(date(2005, 2, 28), 1) == date(2004, 2, 29)
    assert last(date(2004, 2, 29), 1) == date(2003, 2, 28)
    assert last(date(2008, 2, 28), 4) == date(2004, 2, 28)
    assert last(date(2005, 2, 28), 0) == date(2005, 2, 28)
    assert last(date(50, 1, 1), 60) is None
    assert last(date.max, 1) == date.max.replace(year=9998)
    assert last(date.max, 0) == date.max


def test_every_definition_speaks_both_languages() -> None:
    for definition in DEFINITIONS.values():
        for text in (definition.title, definition.text, definition.source, definition.caveat, definition.unit.label):
            assert text.en and text.ja and text.en != text.ja
        assert definition.version >= 1
    assert add_years(date(2004, 2, 29), 1) - timedelta(days=0) == date(2005, 2, 28)

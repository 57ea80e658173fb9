"""Dates, yen, forms, languages: the small things everything stands on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core import fiscal, money, tables
from app.core.forms import BaseForm, DayField, LongTextField, TextField, VersionField, YenField
from app.core.i18n import Bilingual


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2005, 3, 31), 2004), (date(2005, 4, 1), 2005), (date(2006, 3, 31), 2005), (date(2026, 12, 31), 2026)],
)
def test_fiscal_year_runs_from_april_to_march(day: date, year: int) -> None:
    assert fiscal.fiscal_year(day) == year
    assert fiscal.fiscal_year_start(year) <= day <= fiscal.fiscal_year_end(year)


def test_wareki() -> None:
    assert fiscal.fiscal_year_ja(2005) == "平成17年度" and fiscal.fiscal_year_ja(1997) == "平成9年度"
    assert fiscal.wareki(date(2019, 4, 30)) == "平成31年4月30日" and fiscal.wareki(date(2019, 5, 1)) == "令和元年5月1日"
    assert fiscal.wareki(date(1989, 1, 7)) == "昭和64年1月7日"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)), ("2026/4/1", date(2026, 4, 1)), ("令和8年4月1日", date(2026, 4, 1)),
        ("R8.11.23", date(2026, 11, 23)), ("平成元年1月8日", date(1989, 1, 8)), ("２０２６年４月１日", date(2026, 4, 1)),
    ],
)  # fmt: skip
def test_days_are_read_in_both_calendars(text: str, day: date) -> None:
    assert fiscal.parse_day(text) == day


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "令和元年4月30日", "平成31年5月1日", "0000-01-01", "2026-13-01", "x", "", "26-1-1", "٢٠٢٦-01-01x"],
)
def test_impossible_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        fiscal.parse_day(text)


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2200, 12, 31)))
def test_every_day_is_read_back_from_wareki(day: date) -> None:
    assert fiscal.parse_day(fiscal.wareki(day)) == day


def test_a_leap_day_some_years_on() -> None:
    assert fiscal.add_years(date(2004, 2, 29), 1) == date(2005, 2, 28)
    assert fiscal.add_years(date(2004, 2, 29), 4) == date(2008, 2, 29)


@pytest.mark.parametrize(
    ("text", "yen"), [("0", 0), ("1,234,567", 1_234_567), ("１，０００円", 1_000), ("¥5", 5), ("1000000000000", 10**12)]
)
def test_yen(text: str, yen: int) -> None:
    assert money.parse_yen(text) == yen


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "0.5",
        "1e400",
        "1e3",
        "NaN",
        "Infinity",
        "1_000",
        "٣",
        "1000000000001",
        "9" * 5000,
        "",
        "1,23",
        "12円円",
        "0x10",
        "1\n2",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        money.parse_yen(text)


class Example(BaseForm):
    version = VersionField()
    title = TextField("Title", limit=5)
    text = LongTextField("Text", limit=10)
    day = DayField("Day")
    yen = YenField("Yen")


def _errors(**data: str) -> dict[str, list[str]]:
    form = Example(MultiDict(data))
    form.validate()
    return {name: [str(e) for e in errors] for name, errors in form.errors.items()}


def test_what_was_typed_is_shown_again() -> None:
    form = Example(MultiDict({"yen": "1e400", "day": "2026-02-30"}))
    assert not form.validate()
    assert form.yen._value() == "1e400" and form.day._value() == "2026-02-30"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "a\x1bb"])
def test_characters_that_cannot_be_stored_are_refused(text: str) -> None:
    assert "title" in _errors(title=text) and "text" in _errors(text=text) and "yen" in _errors(yen=text)


def test_limits_count_characters() -> None:
    assert "title" not in _errors(title="五文字です") and "title" in _errors(title="六文字ですよ")
    assert "text" not in _errors(text="1\r\n2")


def test_a_form_without_a_version_matches_none() -> None:
    assert Example(MultiDict({"title": "x"}), data={"version": 7}).version.data == 0
    assert Example(None, data={"version": 7}).version.data == 7


def test_page_tokens_survive_tampering() -> None:
    assert tables.decode(tables.encode(["A-1", 5]), 2) == ["A-1", 5]
    for token in (
        "",
        "x",
        "!!!",
        tables.encode([1]),
        tables.encode([{"a": 1}, 2]),
        tables.encode([None, 2]),
        "A" * 500,
    ):
        assert tables.decode(token, 2) is None


def test_bilingual_texts_are_escaped_in_pages() -> None:
    assert Bilingual("<b>", "<b>").__html__() == "&lt;b&gt;"

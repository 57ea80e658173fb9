"""Japanese fiscal years, eras and dates (domain.md 11.9)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import JST


@dataclass(frozen=True)
class Era:
    name_ja: str
    letter: str
    starts_on: date

    def year_of(self, year: int) -> int:
        return year - self.starts_on.year + 1


ERAS = (
    Era("令和", "R", date(2019, 5, 1)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("明治", "M", date(1868, 1, 25)),
)


def fiscal_year(day: date) -> int:
    """FY(d): April to March, named by the calendar year in which it starts."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_start(year: int) -> date:
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    return date(year + 1, 3, 31)


def era_of(day: date) -> Era:
    """The era in force on a day; raises ValueError before Meiji."""
    for era in ERAS:
        if day >= era.starts_on:
            return era
    raise ValueError(f"{day} lies before the Meiji era")


def _era_year(era: Era, year: int) -> str:
    number = era.year_of(year)
    return f"{era.name_ja}{'元' if number == 1 else number}年"


def wareki(day: date) -> str:
    """A day in the Japanese calendar: 平成17年4月1日; the first year of an era is 元年."""
    return f"{_era_year(era_of(day), day.year)}{day.month}月{day.day}日"


def fiscal_year_ja(year: int) -> str:
    """平成17年度: named by the era in force when the fiscal year starts."""
    return _era_year(era_of(fiscal_year_start(year)), year) + "度"


def add_years(day: date, years: int) -> date:
    """The same day N years on; 29 February becomes 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


_WAREKI = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])\s*(?P<y>元|\d{1,3})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})\s*日?",
    re.ASCII | re.IGNORECASE,
)
_WESTERN = re.compile(r"(?P<y>\d{4})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})\s*日?", re.ASCII)


def parse_day(text: str) -> date:
    """Read a day in either calendar, full width or half width; raises ValueError with no partial guess."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if match := _WESTERN.fullmatch(plain):
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    if match := _WAREKI.fullmatch(plain):
        era = next(e for e in ERAS if match["era"].upper() in (e.name_ja, e.letter))
        year = era.starts_on.year - 1 + (1 if match["y"] == "元" else int(match["y"]))
        day = date(year, int(match["m"]), int(match["d"]))
        if era_of(day) is not era:
            raise ValueError("the day does not lie in that era")
        return day
    raise ValueError("not a date")


def jst(instant: datetime) -> datetime:
    return instant.astimezone(JST)

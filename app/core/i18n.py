"""Two languages: the reader's locale, domain texts that carry both, and formats for dates and yen."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, ngettext

from app.core.fiscal import ERAS, fiscal_year_ja, jst, wareki

LOCALES = ("en", "ja")
OLDEST_ERA = ERAS[-1].starts_on
babel = Babel()
_ = gettext
_l = lazy_gettext
__all__ = ["LOCALES", "Bilingual", "_", "_l", "babel", "in_locale", "locale", "ngettext"]


#: The language of this piece of work once it is settled; asking flask-babel for each text costs milliseconds a page.
_settled: ContextVar[str | None] = ContextVar("locale", default=None)


def settle(code: str | None) -> None:
    """Note the reader's language for the rest of the request (None: ask anew)."""
    _settled.set(code)


def locale() -> str:
    """The language in use: ``ja`` or ``en`` (English where nothing says otherwise)."""
    if (known := _settled.get()) is not None:
        return known
    try:
        found = get_locale()
    except RuntimeError:
        found = None
    return "ja" if found is not None and found.language == "ja" else "en"


@contextmanager
def in_locale(code: str) -> Iterator[None]:
    """Speak another language for a while: a letter goes out in its reader's."""
    token = _settled.set(code)
    try:
        with force_locale(code):
            yield
    finally:
        _settled.reset(token)


@dataclass(frozen=True)
class Bilingual:
    """A text that belongs to the domain and so carries both languages with it."""

    en: str
    ja: str

    def __str__(self) -> str:
        return self.ja if locale() == "ja" else self.en

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def format(self, **values: object) -> "Bilingual":
        return Bilingual(self.en.format(**values), self.ja.format(**values))


def show_date(day: date | None) -> str:
    """A day for people: 2005-12-31, or 2005年12月31日(平成17年) in Japanese."""
    if day is None:
        return "–"
    if locale() == "ja":
        western = f"{day.year}年{day.month}月{day.day}日"
        return f"{western}({wareki(day).split('年')[0]}年)" if day >= OLDEST_ERA else western
    return day.isoformat()


def show_instant(instant: datetime | None, seconds: bool = False) -> str:
    """An instant in Japan's time, and said to be so."""
    if instant is None:
        return "–"
    local = jst(instant)
    clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{show_date(local.date())} {clock} JST"


def show_clock(instant: datetime) -> str:
    """The time of day in Japan, with seconds."""
    return f"{jst(instant):%H:%M:%S} JST"


WEEKDAYS = (("Mon", "月"), ("Tue", "火"), ("Wed", "水"), ("Thu", "木"), ("Fri", "金"), ("Sat", "土"), ("Sun", "日"))


def show_moment(instant: datetime | None) -> str:
    """An instant that somebody must keep: the day with its weekday, Japan's time, and UTC beside it.

    2026-05-29 (Fri) 17:00 JST (08:00 UTC); the UTC day is added where it is another one, seconds where there are any.
    """
    if instant is None:
        return "–"
    local, world = jst(instant), instant.astimezone(UTC)
    clock = "%H:%M:%S" if local.second else "%H:%M"
    en, ja = WEEKDAYS[local.weekday()]
    utc = world.strftime(clock) if world.date() == local.date() else world.strftime(f"%Y-%m-%d {clock}")
    if locale() == "ja":
        return f"{show_date(local.date())}({ja}) {local.strftime(clock)} JST({utc} UTC)"
    return f"{show_date(local.date())} ({en}) {local.strftime(clock)} JST ({utc} UTC)"


def show_left(left: timedelta) -> str:
    """A span of time for people, down to the minute; nothing is left of a negative one."""
    minutes = max(0, int(left.total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    return gettext("%(days)d days %(hours)d hours %(minutes)d minutes", days=days, hours=hours, minutes=minutes)


def show_fiscal_year(year: int) -> str:
    """FY2005, or 平成17年度 in Japanese with the year beside it."""
    return f"{fiscal_year_ja(year)}({year})" if locale() == "ja" else f"FY{year}"


def show_yen(amount: int | None) -> str:
    if amount is None:
        return "–"
    return f"{amount:,}円" if locale() == "ja" else f"¥{amount:,}"

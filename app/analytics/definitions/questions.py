"""What can be asked: questions as frozen, hashable data, and the texts they are read from."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from app.analytics.definitions.rules import COMMERCIALIZATION, PARTICIPATION, Definition
from app.calls.choices import Programme
from app.core.fiscal import add_years
from app.core.i18n import Bilingual


class ReferenceKind(StrEnum):
    fixed = "fixed"
    adoption = "adoption"
    start = "start"
    completion = "completion"
    ever = "ever"

    @property
    def label(self) -> Bilingual:
        return {
            "fixed": Bilingual("on a fixed date", "固定した基準日"),
            "adoption": Bilingual("on the day of adoption", "採択日"),
            "start": Bilingual("on the day of the start", "開始日"),
            "completion": Bilingual("on the day of completion", "完了日"),
            "ever": Bilingual("ever until a date", "ある日までに一度でも"),
        }[self.value]

    @property
    def dated(self) -> bool:
        return self in (ReferenceKind.fixed, ReferenceKind.ever)


@dataclass(frozen=True)
class Reference:
    """On which day membership is judged."""

    kind: ReferenceKind
    day: date | None = None

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.day.isoformat()}" if self.day else self.kind.value


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YEARS = re.compile(r"([0-9]{4})\.\.([0-9]{4})", re.ASCII)


def parse_day(text: str) -> date:
    """YYYY-MM-DD; raises ValueError with what would be right."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text[:40]}” is not a date; write YYYY-MM-DD, such as 2005-12-31") from None


def parse_years(text: str) -> tuple[int, int]:
    """A..B, both fiscal years included; raises ValueError with what would be right."""
    match = _YEARS.fullmatch(text)
    if match is None or not (1000 <= int(match[1]) <= 9000 and int(match[2]) <= 9000):
        raise ValueError(f"“{text[:40]}” is not a range of fiscal years; write A..B, such as 1997..2004")
    first, last = int(match[1]), int(match[2])
    if first > last:
        raise ValueError(f"the range {text} runs backwards; write {last}..{first}")
    return first, last


def parse_reference(text: str) -> Reference:
    """fixed:DATE, adoption, start, completion or ever:DATE; raises ValueError with what would be right."""
    name, colon, day = text.partition(":")
    try:
        kind = ReferenceKind(name)
    except ValueError:
        kind = None
    if kind is None or kind.dated != bool(colon):
        raise ValueError(
            f"“{text[:40]}” is not a reference; write fixed:DATE, adoption, start, completion or ever:DATE"
        )
    return Reference(kind, parse_day(day) if kind.dated else None)


@dataclass(frozen=True)
class Participation:
    """One question about participation; hashable, so that its answer can be kept."""

    definition: str
    programme: Programme | None
    population: Literal["adopted", "completed"]
    first_year: int
    last_year: int
    reference: Reference
    list_code: str | None = None

    @property
    def rule(self) -> Definition:
        return PARTICIPATION[self.definition]

    @property
    def has_cohorts(self) -> bool:
        return self.definition not in ("PR-7", "PR-8")

    def fault(self) -> str | None:
        """What is wrong with the question, in words; None when it can be answered."""
        if self.definition in ("PR-7", "PR-8") and not self.reference.kind.dated:
            return f"{self.definition} needs a reference with a date: fixed:DATE or ever:DATE"
        if self.definition == "PR-8" and not self.list_code:
            return "PR-8 needs a list: give --list-code"
        return None


@dataclass(frozen=True)
class Commercialization:
    """One question about commercialization; hashable."""

    level: str
    programme: Programme | None
    first_year: int
    last_year: int
    as_of: date
    known_at: date | None = None
    lag: int = 0
    min_evidence: int = 0

    @property
    def rule(self) -> Definition:
        return COMMERCIALIZATION[self.level]

    def with_lag(self, lag: int) -> "Commercialization":
        return replace(self, lag=lag)

    @property
    def last_completion(self) -> date | None:
        """The last day of completion that lies ``lag`` years before the as-of date; None when there is none."""
        if self.as_of.year - self.lag < 1:
            return None
        day = add_years(self.as_of, -self.lag)
        if (day.month, day.day) == (2, 28):
            # In a leap year the 29th too: it becomes 28 February where the year of arrival has no 29th.
            following = day + timedelta(days=1)
            return following if add_years(following, self.lag) <= self.as_of else day
        return day


Question = Participation | Commercialization

"""When two descriptions are alike: DOUBLE_FUNDING (domain 9.1). A suspicion shown with its reasons, never a refusal."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

TITLE_ALIKE = 75  # [own] of 100
TEXT_ALIKE = 70  # [own] of 100
SHORTEST = 6  # letters; shorter titles are alike by chance
MAX_TEXT = 4_000
_COMMON = re.compile(
    r"synthetic|合成|project|プロジェクト|research|development|and|of|for|the|研究開発|研究|開発|事業|に関する|のための"
)


@dataclass(frozen=True)
class Description:
    """What is compared: titles and text in either language, organisations by key, people by their plain names."""

    titles: tuple[str, ...]
    text: str
    organisations: frozenset[str]
    people: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """How alike two descriptions are (0 to 100), and which organisations and people they share."""

    title: int
    text: int
    organisations: tuple[str, ...]
    people: tuple[str, ...]


def plain(text: str) -> str:
    """A text without case, width, punctuation, digits and the words that every title has."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W\d_]+", "", _COMMON.sub(" ", folded))


def plain_name(name: str) -> str:
    """A person's name without spaces and case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def _alike(one: str, other: str) -> int:
    return round(fuzz.ratio(one, other)) if min(len(one), len(other)) >= SHORTEST else 0


def title_score(ones: Iterable[str], others: Iterable[str]) -> int:
    """The best pair of titles; those of one project in two languages count once each."""
    plain_others = [plain(title) for title in others if title]
    return max((_alike(plain(one), other) for one in ones if one for other in plain_others), default=0)


def compare(one: Description, other: Description) -> Likeness | None:
    """The likeness, or None unless title or text is alike *and* an organisation or a person is shared."""
    organisations = tuple(sorted(one.organisations & other.organisations))
    people = tuple(sorted(one.people & other.people))
    if not organisations and not people:
        return None
    title = title_score(one.titles, other.titles)
    text = _alike(plain(one.text[:MAX_TEXT]), plain(other.text[:MAX_TEXT]))
    if title < TITLE_ALIKE and text < TEXT_ALIKE:
        return None
    return Likeness(title, text, organisations, people)

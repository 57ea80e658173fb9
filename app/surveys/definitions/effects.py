"""Effect survey (CR-17): per question affirmative / answered, never over invited; small cells are withheld (CR-14)."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.analytics.definitions.answers import Count
from app.analytics.definitions.disclosure import is_safe, suppress
from app.analytics.estimators import wilson
from app.core.i18n import Bilingual
from app.surveys.choices import ItemKind

#: The answer that is none: it counts neither as affirmative nor as answered.
NOT_APPLICABLE = "na"


@dataclass(frozen=True)
class Option:
    """One answer that a question offers."""

    code: str
    label: Bilingual
    affirmative: bool = False

    def data(self) -> dict[str, Any]:
        return {"code": self.code, "en": self.label.en, "ja": self.label.ja, "affirmative": self.affirmative}


_NA = Option(NOT_APPLICABLE, Bilingual("Does not apply, or cannot say", "該当しない・わからない"))
OPTIONS: Mapping[ItemKind, tuple[Option, ...]] = {
    ItemKind.yes_no: (
        Option("yes", Bilingual("Yes", "はい"), True),
        Option("no", Bilingual("No", "いいえ")),
        _NA,
    ),
    ItemKind.scale: (
        Option("great", Bilingual("A great effect", "大いに効果があった"), True),
        Option("some", Bilingual("Some effect", "ある程度効果があった"), True),
        Option("little", Bilingual("Hardly any effect", "あまり効果がなかった")),
        Option("none", Bilingual("No effect", "効果がなかった")),
        _NA,
    ),
}


def options_of(kind: ItemKind, stored: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    """The options of a question: the fixed ones of its kind, or its own."""
    if kind in OPTIONS:
        return OPTIONS[kind]
    own = (Option(one["code"], Bilingual(one["en"], one["ja"]), bool(one["affirmative"])) for one in stored)
    return (*own, _NA)


@dataclass(frozen=True)
class Share:
    """How many affirmed, of how many who answered this question. ``rate`` is None where nobody did."""

    affirmative: int
    answered: int

    @property
    def rate(self) -> float | None:
        return self.affirmative / self.answered if self.answered else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.affirmative, self.answered)

    @property
    def count(self) -> Count:
        return Count(self.affirmative, 0, self.answered - self.affirmative)


def share(answers: Iterable[str | None], options: Sequence[Option]) -> Share:
    """Count answers (option codes, None: left open). Whoever says that it does not apply has not answered."""
    counts = Counter(answers)
    said = {option.code: counts[option.code] for option in options if option.code != NOT_APPLICABLE}
    yes = sum(said[option.code] for option in options if option.affirmative)
    return Share(yes, sum(said.values()))


def rate(sent: int, invited: int) -> float | None:
    """The response rate: sent / invited; those who could not be reached are in neither."""
    return sent / invited if invited else None


def withheld(rows: Sequence[tuple[Hashable, Share]]) -> list[tuple[Hashable, Share | None]]:
    """A partition of one question's answers as readers outside the office see it: None where a cell is withheld.

    The rows must be parts that do not overlap and together make the total, which is shown beside them where it is safe.
    """
    kept = suppress([(key, one.count) for key, one in rows])
    shares = dict(rows)
    return [(key, None if count is None else shares[key]) for key, count in kept]


def may_tell(one: Share) -> bool:
    """May this share be told outside the office, without anybody's answer being told by it?"""
    return is_safe(one.count)

"""An incoming name against the register: number first, then names, scored with their reasons. A person decides.

The folding of names (width, legal forms, old kanji, kana, romanisation) is core.names'; here is only what the register
makes of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz, process

from app.core import names
from app.core.i18n import Bilingual

#: [own] Scores of 100 for what speaks for an organisation. Only a number is certain, and a number can be mistyped.
BY_NUMBER, BY_NAME, BY_SOUND, BY_PART = 100, 95, 88, 78
#: [own] A likeness of letters counts this much of itself, and is shown from ``LEAST`` on.
LIKENESS, LEAST, SHOWN = 0.85, 60, 6
#: [own] The same prefecture speaks a little for an organisation, another one a little against it.
PLACE = 3


class Why(StrEnum):
    number = "number"
    name = "name"
    sound = "sound"
    part = "part"
    letters = "letters"
    former = "former"
    same_place = "same_place"
    other_place = "other_place"

    @property
    def label(self) -> Bilingual:
        return {
            "number": Bilingual("same corporate number", "法人番号が一致"),
            "name": Bilingual("same name without width, legal form and old characters", "表記のゆれを除いて名称が一致"),
            "sound": Bilingual("same reading", "読みが一致"),
            "part": Bilingual("one name begins with the other", "一方の名称が他方の先頭に一致"),
            "letters": Bilingual("similar letters", "文字が類似"),
            "former": Bilingual("by a former or another name", "旧名称・別名による"),
            "same_place": Bilingual("same prefecture", "同じ都道府県"),
            "other_place": Bilingual("another prefecture", "異なる都道府県"),
        }[self.value]


@dataclass(frozen=True)
class Entry:
    """An organisation of the register as the matching sees it; ``others`` are its former and further names."""

    id: int
    names: tuple[str, ...]
    corporate_number: str | None = None
    prefecture: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    name: str
    corporate_number: str | None = None
    prefecture: str | None = None


@dataclass(frozen=True, order=True)
class Match:
    """A suggestion; ``why`` says everything that went into the score."""

    score: int
    organisation_id: int = field(compare=False)
    why: tuple[Why, ...] = field(compare=False)

    def data(self) -> dict[str, object]:
        return {"score": self.score, "organisation": self.organisation_id, "why": [one.value for one in self.why]}


class Register:
    """All names of the register, folded once, so that many incoming names can be compared with them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: dict[int, Entry] = {}
        self._by_number: dict[str, int] = {}
        self._forms: list[str] = []
        self._of_form: list[tuple[int, bool]] = []
        self._exact: dict[str, list[tuple[int, bool]]] = {}
        self._sound: dict[str, list[tuple[int, bool]]] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        if entry.corporate_number:
            self._by_number[entry.corporate_number] = entry.id
        for found, other in ((entry.names, False), (entry.others, True)):
            folded = names.organisation_name(*(name for name in found if name))
            for form in sorted(folded.exact):
                self._exact.setdefault(form, []).append((entry.id, other))
                self._forms.append(form)
                self._of_form.append((entry.id, other))
            for form in sorted(folded.sound):
                self._sound.setdefault(form, []).append((entry.id, other))

    def candidates(self, incoming: Incoming) -> list[Match]:
        """The best suggestions, the likeliest first; none when nothing resembles the name."""
        found: dict[int, tuple[float, list[Why]]] = {}

        def suggest(id_: int, score: float, why: Why, other: bool = False) -> None:
            reasons = [why, Why.former] if other else [why]
            if id_ not in found or found[id_][0] < score:
                found[id_] = (score, reasons)

        folded = names.organisation_name(incoming.name)
        self._by_letters(folded.exact, suggest)
        for form in folded.sound:
            for id_, other in self._sound.get(form, ()):
                suggest(id_, BY_SOUND - other, Why.sound, other)
        for form in folded.exact:
            for id_, other in self._exact.get(form, ()):
                suggest(id_, BY_NAME - other, Why.name, other)
        holder = self._by_number.get(incoming.corporate_number or "")
        if holder is not None:
            suggest(holder, BY_NUMBER, Why.number)
        matches = [self._placed(id_, score, reasons, incoming) for id_, (score, reasons) in found.items()]
        matches = [match for match in matches if match.score >= LEAST]
        return sorted(matches, key=lambda match: (-match.score, match.organisation_id))[:SHOWN]

    def _by_letters(self, forms: Iterable[str], suggest: object) -> None:
        add = suggest
        assert callable(add)
        for form in forms:
            least = LEAST / LIKENESS - PLACE
            for _text, ratio, at in process.extract(form, self._forms, scorer=fuzz.ratio, score_cutoff=least, limit=40):
                id_, other = self._of_form[at]
                add(id_, ratio * LIKENESS, Why.letters, other)
            if len(form) < names.SHORTEST:
                continue
            for length in range(names.SHORTEST, len(form)):
                for id_, other in self._exact.get(form[:length], ()):
                    add(id_, BY_PART, Why.part, other)

    def _placed(self, id_: int, score: float, reasons: Sequence[Why], incoming: Incoming) -> Match:
        """The score with what the prefecture says; a number needs no such help."""
        here, there = incoming.prefecture, self.entries[id_].prefecture
        if not here or not there or Why.number in reasons:
            return Match(round(score), id_, tuple(reasons))
        same = here == there
        placed = round(score) + (PLACE if same else -PLACE)
        return Match(min(placed, BY_NUMBER - 1), id_, (*reasons, Why.same_place if same else Why.other_place))

"""The figures of a round as the agencies print them: applied, eligible, adopted, and their rates (CON-11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Figure:
    """One printed column: which states it counts."""

    key: str
    title: Bilingual
    definition: Bilingual


FIGURES = (
    Figure(
        "applied",
        Bilingual("Applied", "応募"),
        Bilingual(
            "Applications handed in by the closing and not withdrawn before it ended.",
            "締切までに提出され、取り下げられなかった申請。",
        ),
    ),
    Figure(
        "eligible",
        Bilingual("Eligible", "要件適合"),
        Bilingual("Of these, found eligible and passed on to review.", "うち、要件適合と確認され審査に付された申請。"),
    ),
    Figure(
        "adopted",
        Bilingual("Adopted", "採択"),
        Bilingual(
            "Of these, released as adopted; moved up from the reserve and corrected decisions as they stand.",
            "うち、採択として公表された申請(補欠からの繰上げ・訂正後の決定を含む)。",
        ),
    ),
)
RATE = Bilingual(
    "Adopted ÷ applied, as in the published demand figures (CON-11); the second rate is adopted ÷ eligible.",
    "採択率=採択÷応募(公表統計と同じ算式、CON-11)。2番目の率は採択÷要件適合。",
)
KINDS = {
    "company": Bilingual("Companies", "企業"),
    "university": Bilingual("Universities and colleges", "大学・高専"),
    "other": Bilingual("Other bodies", "その他の機関"),
}


@dataclass(frozen=True)
class Count:
    """Counted applications of one group, and the yen asked for and granted."""

    applied: int = 0
    eligible: int = 0
    adopted: int = 0
    asked_yen: int = 0
    granted_yen: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.applied + other.applied,
            self.eligible + other.eligible,
            self.adopted + other.adopted,
            self.asked_yen + other.asked_yen,
            self.granted_yen + other.granted_yen,
        )

    @property
    def rate(self) -> float | None:
        """Adopted of applied; None where nobody applied."""
        return self.adopted / self.applied if self.applied else None

    @property
    def rate_of_eligible(self) -> float | None:
        return self.adopted / self.eligible if self.eligible else None


def total(counts: Iterable[Count]) -> Count:
    whole = Count()
    for count in counts:
        whole += count
    return whole


def grouped(rows: Iterable[tuple[str, Count]]) -> Mapping[str, Count]:
    """Counts added up by group."""
    found: dict[str, Count] = {}
    for group, count in rows:
        found[group] = found.get(group, Count()) + count
    return found

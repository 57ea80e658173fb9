"""What a proposal may resemble, and what the office makes of it."""

from enum import StrEnum

from app.core.i18n import Bilingual


class OtherKind(StrEnum):
    application = "application"
    project = "project"
    award = "award"

    @property
    def label(self) -> Bilingual:
        return {
            "application": Bilingual("Application here", "本システムの申請"),
            "project": Bilingual("Project here", "本システムの採択案件"),
            "award": Bilingual("Award of another funder", "他機関の採択案件"),
        }[self.value]


class Verdict(StrEnum):
    """Never an automatic refusal: a person looks and says."""

    open = "open"
    separate = "separate"
    double = "double"

    @property
    def label(self) -> Bilingual:
        return {
            "open": Bilingual("To be looked at", "未確認"),
            "separate": Bilingual("Not a double", "重複なし"),
            "double": Bilingual("Overlaps", "重複あり"),
        }[self.value]

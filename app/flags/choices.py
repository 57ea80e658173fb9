"""The life of a flag."""

from enum import StrEnum

from app.core.i18n import Bilingual


class FlagStatus(StrEnum):
    open = "open"
    acknowledged = "acknowledged"
    snoozed = "snoozed"
    resolved = "resolved"
    cleared = "cleared"

    @property
    def label(self) -> Bilingual:
        return {
            "open": Bilingual("Open", "未対応"),
            "acknowledged": Bilingual("Acknowledged", "確認済み"),
            "snoozed": Bilingual("Snoozed", "保留"),
            "resolved": Bilingual("Resolved", "対応済み"),
            "cleared": Bilingual("No longer holds", "解消"),
        }[self.value]


class Judged(StrEnum):
    """What a person found when a flag was resolved: how often a rule is right is counted from this."""

    right = "right"
    wrong = "wrong"

    @property
    def label(self) -> Bilingual:
        return {
            "right": Bilingual("The flag was right", "指摘は正しかった"),
            "wrong": Bilingual("The flag was mistaken", "指摘は誤りだった"),
        }[self.value]

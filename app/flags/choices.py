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

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
            "cleared": Bilingual("Cleared", "解消"),
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


class Gone(StrEnum):
    """Why a flag was cleared."""

    ended = "ended"
    switched_off = "switched_off"
    settings = "settings"
    rule_gone = "rule_gone"

    @property
    def label(self) -> Bilingual:
        return {
            "ended": Bilingual("The finding ended: it no longer holds.", "指摘の事実が解消しました。"),
            "switched_off": Bilingual(
                "The rule was switched off; the finding may still hold.",
                "規則が停止されました(指摘の事実は残っている可能性があります)。",
            ),
            "settings": Bilingual(
                "The rule is set otherwise now; as it was set before, the finding would still hold.",
                "規則の設定が変更されました(変更前の設定では、指摘の事実が残っています)。",
            ),
            "rule_gone": Bilingual("There is no such rule any more.", "この規則は廃止されました。"),
        }[self.value]

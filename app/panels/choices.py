"""Who reads a post, what happens to an item of an agenda, and what a meeting recommends."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Audience(StrEnum):
    """Who may read a post of a discussion, from the smallest circle to the largest."""

    office = "office"
    reviewers = "reviewers"
    panel = "panel"

    @property
    def label(self) -> Bilingual:
        return {
            "office": Bilingual("Officers only", "事務局のみ"),
            "reviewers": Bilingual("This proposal’s reviewers and officers", "この提案の審査員及び事務局"),
            "panel": Bilingual("Everyone in the panel without a conflict", "審査委員全員(利益相反のある者を除く)"),
        }[self.value]


class ItemStatus(StrEnum):
    waiting = "waiting"
    discussing = "discussing"
    done = "done"
    postponed = "postponed"
    signed = "signed"

    @property
    def label(self) -> Bilingual:
        return {
            "waiting": Bilingual("Waiting", "待機中"),
            "discussing": Bilingual("Being discussed", "審議中"),
            "done": Bilingual("Discussed", "審議済み"),
            "postponed": Bilingual("Postponed", "後回し"),
            "signed": Bilingual("Minutes signed", "議事録確定"),
        }[self.value]


class Recommendation(StrEnum):
    """What the meeting recommends; nothing is decided by it."""

    adopt = "adopt"
    reserve = "reserve"
    reject = "reject"
    undecided = "undecided"

    @property
    def label(self) -> Bilingual:
        return {
            "adopt": Bilingual("Adopt", "採択"),
            "reserve": Bilingual("Reserve", "補欠"),
            "reject": Bilingual("Do not adopt", "不採択"),
            "undecided": Bilingual("Undecided", "保留"),
        }[self.value]

"""The lives of an assignment and of a decision."""

from enum import StrEnum

from app.core.i18n import Bilingual


class AssignmentStatus(StrEnum):
    invited = "invited"
    accepted = "accepted"
    declined = "declined"
    conflicted = "conflicted"
    submitted = "submitted"

    @property
    def label(self) -> Bilingual:
        return {
            "invited": Bilingual("Invited", "依頼中"),
            "accepted": Bilingual("Accepted", "受諾"),
            "declined": Bilingual("Declined", "辞退"),
            "conflicted": Bilingual("Conflict of interest", "利益相反"),
            "submitted": Bilingual("Review submitted", "評価提出済み"),
        }[self.value]


class DecisionStatus(StrEnum):
    proposed = "proposed"
    confirmed = "confirmed"
    released = "released"

    @property
    def label(self) -> Bilingual:
        return {
            "proposed": Bilingual("Proposed", "起案"),
            "confirmed": Bilingual("Confirmed, not released", "決裁済み・未公表"),
            "released": Bilingual("Released", "公表済み"),
        }[self.value]


class Outcome(StrEnum):
    adopted = "adopted"
    reserve = "reserve"
    rejected = "rejected"

    @property
    def label(self) -> Bilingual:
        return {
            "adopted": Bilingual("Adopted", "採択"),
            "reserve": Bilingual("Reserve", "補欠"),
            "rejected": Bilingual("Not adopted", "不採択"),
        }[self.value]

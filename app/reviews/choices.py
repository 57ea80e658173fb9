"""The lives of an assignment and of a decision; the kinds of phases and what a reviewer may say of the own judgement."""

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


class PhaseKind(StrEnum):
    """What a phase of reviewing is for. What is allowed in it is told by its rights, not by its kind."""

    written = "written"
    rebuttal = "rebuttal"
    hearing = "hearing"
    panel = "panel"
    closed = "closed"

    @property
    def label(self) -> Bilingual:
        return {
            "written": Bilingual("Written review", "書面審査"),
            "rebuttal": Bilingual("Applicants’ answers", "申請者の回答"),
            "hearing": Bilingual("Hearing", "ヒアリング審査"),
            "panel": Bilingual("Panel", "審査委員会"),
            "closed": Bilingual("Closed", "終了"),
        }[self.value]


class Others(StrEnum):
    """When a reviewer sees the submitted reviews of others."""

    never = "never"
    after_own = "after_own"
    always = "always"

    @property
    def label(self) -> Bilingual:
        return {
            "never": Bilingual("never", "閲覧不可"),
            "after_own": Bilingual("after sending the own", "自己の評価の提出後"),
            "always": Bilingual("always", "常に閲覧可"),
        }[self.value]


class Confidence(StrEnum):
    """How sure a reviewer is of the own scores; stored as 1 to 3."""

    low = "1"
    medium = "2"
    high = "3"

    @property
    def label(self) -> Bilingual:
        return {
            "1": Bilingual("low – the subject is not my own", "低い(専門外である)"),
            "2": Bilingual("medium – I know the subject", "中程度(ある程度の知見がある)"),
            "3": Bilingual("high – I work on the subject", "高い(専門である)"),
        }[self.value]


class CorrectionKind(StrEnum):
    """Why a released decision changes: it was wrong, or a place on the reserve list came free."""

    correction = "correction"
    promotion = "promotion"

    @property
    def label(self) -> Bilingual:
        return {
            "correction": Bilingual("Correction", "決定の訂正"),
            "promotion": Bilingual("Moved up from the reserve list", "補欠からの繰上げ採択"),
        }[self.value]


class CorrectionStatus(StrEnum):
    proposed = "proposed"
    confirmed = "confirmed"
    dropped = "dropped"

    @property
    def label(self) -> Bilingual:
        return {
            "proposed": Bilingual("Proposed", "起案"),
            "confirmed": Bilingual("Confirmed and sent", "決裁・通知済み"),
            "dropped": Bilingual("Given up", "取りやめ"),
        }[self.value]

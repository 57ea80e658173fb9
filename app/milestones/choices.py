"""The life of a milestone report."""

from enum import StrEnum

from app.core.i18n import Bilingual


class ReportStatus(StrEnum):
    """*Overdue* is computed from the due date, never stored."""

    due = "due"
    submitted = "submitted"
    returned = "returned"
    accepted = "accepted"

    @property
    def label(self) -> Bilingual:
        return {
            "due": Bilingual("To be reported", "報告待ち"),
            "submitted": Bilingual("Submitted", "提出済み"),
            "returned": Bilingual("Returned for correction", "差戻し"),
            "accepted": Bilingual("Accepted", "受理"),
        }[self.value]


class Achievement(StrEnum):
    achieved = "achieved"
    partly = "partly"
    not_achieved = "not_achieved"

    @property
    def label(self) -> Bilingual:
        return {
            "achieved": Bilingual("Achieved", "達成"),
            "partly": Bilingual("Partly achieved", "一部達成"),
            "not_achieved": Bilingual("Not achieved", "未達成"),
        }[self.value]

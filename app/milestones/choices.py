"""Milestones, deliverables and reports: their kinds and their lives."""

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


class ReportKind(StrEnum):
    """MON-5, MON-12: what a report is about decides which sections it has and when it is due."""

    progress = "progress"
    interim = "interim"
    performance = "performance"
    completion = "completion"
    incident = "incident"

    @property
    def label(self) -> Bilingual:
        return {
            "progress": Bilingual("Progress report", "遂行状況報告書"),
            "interim": Bilingual("Interim evaluation sheet", "中間評価資料"),
            "performance": Bilingual("Performance report", "実績報告書"),
            "completion": Bilingual("Results report", "成果報告書"),
            "incident": Bilingual("Delay or accident report", "遅延等報告書"),
        }[self.value]


class MilestoneKind(StrEnum):
    milestone = "milestone"
    deliverable = "deliverable"

    @property
    def label(self) -> Bilingual:
        return {
            "milestone": Bilingual("Milestone", "マイルストーン"),
            "deliverable": Bilingual("Deliverable", "成果物"),
        }[self.value]


class MilestoneStatus(StrEnum):
    """*Late* is computed from the dates, never stored."""

    open = "open"
    reported = "reported"
    returned = "returned"
    accepted = "accepted"
    not_achieved = "not_achieved"
    dropped = "dropped"

    @property
    def label(self) -> Bilingual:
        return {
            "open": Bilingual("Under way", "実施中"),
            "reported": Bilingual("Reported as reached", "達成報告済み"),
            "returned": Bilingual("Sent back", "差戻し"),
            "accepted": Bilingual("Accepted", "受理"),
            "not_achieved": Bilingual("Not achieved", "未達成"),
            "dropped": Bilingual("No longer required", "取下げ"),
        }[self.value]


class ExtensionStatus(StrEnum):
    asked = "asked"
    granted = "granted"
    refused = "refused"

    @property
    def label(self) -> Bilingual:
        return {
            "asked": Bilingual("Asked for", "申請中"),
            "granted": Bilingual("Granted", "承認"),
            "refused": Bilingual("Refused", "不承認"),
        }[self.value]

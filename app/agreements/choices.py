"""The life of an award in both regimes (domain.md 12), of its contracts and of its interim evaluations."""

from enum import StrEnum

from app.core.i18n import Bilingual


class AwardStatus(StrEnum):
    """Where an award stands. Each regime uses its own part of these; ``workflow`` tells which."""

    adopted = "adopted"
    cost_assessment = "cost_assessment"
    contracted = "contracted"
    grant_applied = "grant_applied"
    granted = "granted"
    running = "running"
    reported = "reported"
    inspected = "inspected"
    amount_fixed = "amount_fixed"
    settled = "settled"
    paid = "paid"
    completed = "completed"
    follow_up = "follow_up"
    closed = "closed"
    suspended = "suspended"
    withdrawn = "withdrawn"
    terminated = "terminated"
    revoked = "revoked"
    repayment = "repayment"

    @property
    def label(self) -> Bilingual:
        return {
            "adopted": Bilingual("Adopted", "採択"),
            "cost_assessment": Bilingual("Cost assessment", "経費査定中"),
            "contracted": Bilingual("Contract concluded", "契約済み"),
            "grant_applied": Bilingual("Grant applied for", "交付申請済み"),
            "granted": Bilingual("Grant decided", "交付決定済み"),
            "running": Bilingual("Work under way", "実施中"),
            "reported": Bilingual("Performance report received", "実績報告受領"),
            "inspected": Bilingual("Inspected", "確定検査済み"),
            "amount_fixed": Bilingual("Amount fixed", "額の確定済み"),
            "settled": Bilingual("Year settled", "精算済み"),
            "paid": Bilingual("Paid", "支払済み"),
            "completed": Bilingual("Completed", "完了"),
            "follow_up": Bilingual("Followed up", "フォローアップ中"),
            "closed": Bilingual("Closed", "終結"),
            "suspended": Bilingual("Suspended", "一時停止中"),
            "withdrawn": Bilingual("Withdrawn", "辞退"),
            "terminated": Bilingual("Terminated", "中止"),
            "revoked": Bilingual("Revoked", "取消し"),
            "repayment": Bilingual("To be repaid", "返還請求中"),
        }[self.value]


class ContractStatus(StrEnum):
    """A contract of one fiscal year, or the grant decision of the whole period."""

    offered = "offered"
    in_force = "in_force"
    fixed = "fixed"
    settled = "settled"
    cancelled = "cancelled"

    @property
    def label(self) -> Bilingual:
        return {
            "offered": Bilingual("Waiting for both sides", "双方の確認待ち"),
            "in_force": Bilingual("In force", "有効"),
            "fixed": Bilingual("Amount fixed", "額の確定済み"),
            "settled": Bilingual("Settled", "精算済み"),
            "cancelled": Bilingual("Cancelled", "取消し"),
        }[self.value]


class EvaluationStatus(StrEnum):
    """An interim evaluation (MON-12): from its date to its verdict."""

    scheduled = "scheduled"
    reviewed = "reviewed"
    go_on = "continue"
    continue_reduced = "continue_reduced"
    stop = "stop"

    @property
    def label(self) -> Bilingual:
        return {
            "scheduled": Bilingual("Scheduled", "実施予定"),
            "reviewed": Bilingual("Reviewed, not decided", "評価済み(判定前)"),
            "continue": Bilingual("Continue", "継続"),
            "continue_reduced": Bilingual("Continue with less", "縮小して継続"),
            "stop": Bilingual("Stop", "中止"),
        }[self.value]


#: The next fiscal year's contract may follow.
GO_ON = (EvaluationStatus.go_on, EvaluationStatus.continue_reduced)


class Grade(StrEnum):
    """The evaluators' grade of one axis (MON-12)."""

    a = "A"
    b = "B"
    c = "C"
    d = "D"

    @property
    def label(self) -> Bilingual:
        return {
            "A": Bilingual("A: beyond the plan", "A:計画を上回る"),
            "B": Bilingual("B: as planned", "B:計画どおり"),
            "C": Bilingual("C: behind the plan", "C:計画を下回る"),
            "D": Bilingual("D: goals out of reach", "D:目標達成が困難"),
        }[self.value]


class Side(StrEnum):
    """Who has to act: the office or the consortium."""

    office = "office"
    consortium = "consortium"

    @property
    def label(self) -> Bilingual:
        return {"office": Bilingual("Office", "事務局"), "consortium": Bilingual("Consortium", "コンソーシアム")}[
            self.value
        ]


class BreakKind(StrEnum):
    """How work was interrupted or ended before its time."""

    suspended = "suspended"
    withdrawn = "withdrawn"
    terminated = "terminated"
    revoked = "revoked"

    @property
    def label(self) -> Bilingual:
        return {
            "suspended": Bilingual("Suspension", "一時停止"),
            "withdrawn": Bilingual("Withdrawal", "辞退"),
            "terminated": Bilingual("Termination", "中止"),
            "revoked": Bilingual("Revocation", "取消し"),
        }[self.value]

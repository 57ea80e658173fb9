"""Scales of commercialization (OUT-1, OUT-4, OUT-6, OUT-15) and the life of a follow-up."""

from enum import IntEnum, StrEnum

from app.core.i18n import Bilingual


class DevState(StrEnum):
    """OUT-4: NEDO's follow-up status."""

    research = "research"
    development = "development"
    productization = "productization"
    launched = "launched"
    suspended = "suspended"
    stopped = "stopped"

    @property
    def label(self) -> Bilingual:
        return {
            "research": Bilingual("Research", "研究"),
            "development": Bilingual("Development", "開発"),
            "productization": Bilingual("Productization", "製品化"),
            "launched": Bilingual("Market launch", "上市"),
            "suspended": Bilingual("Suspended", "中断"),
            "stopped": Bilingual("Stopped", "中止"),
        }[self.value]


class Stage(IntEnum):
    """OUT-1: the five commercialization stages, and 0 for none."""

    none = 0
    advertised = 1
    ordered = 2
    sold = 3
    continuous = 4
    profitable = 5

    @property
    def label(self) -> Bilingual:
        return {
            0: Bilingual("0 – not commercialized", "0 – 事業化に至っていない"),
            1: Bilingual("1 – product is advertised", "1 – 製品の宣伝等を行っている"),
            2: Bilingual("2 – an order (contract) obtained", "2 – 注文(契約)が取れている"),
            3: Bilingual("3 – at least one sold", "3 – 製品が1つ以上販売されている"),
            4: Bilingual("4 – continuous sales, no profit", "4 – 継続的に販売実績があるが利益は上がっていない"),
            5: Bilingual("5 – continuous sales with profit", "5 – 継続的に販売実績があり利益が上がっている"),
        }[self.value]


class EvidenceLevel(IntEnum):
    """OUT-15."""

    self_declared = 0
    document = 1
    officer_checked = 2
    external = 3

    @property
    def label(self) -> Bilingual:
        return {
            0: Bilingual("0 – self-declared", "0 – 自己申告"),
            1: Bilingual("1 – document attached", "1 – 証拠書類あり"),
            2: Bilingual("2 – checked by an officer", "2 – 担当官確認済み"),
            3: Bilingual("3 – external (registry, accounts)", "3 – 外部資料で確認"),
        }[self.value]


class FollowUpStatus(StrEnum):
    due = "due"
    submitted = "submitted"
    returned = "returned"
    verified = "verified"

    @property
    def label(self) -> Bilingual:
        return {
            "due": Bilingual("To be reported", "報告待ち"),
            "submitted": Bilingual("Submitted", "提出済み"),
            "returned": Bilingual("Returned for correction", "差戻し"),
            "verified": Bilingual("Verified", "確認済み"),
        }[self.value]


class ReasonCode(StrEnum):
    """domain.md 11.11: why a result is not commercialized, or was stopped."""

    technical_goal_missed = "technical_goal_missed"
    cost_too_high = "cost_too_high"
    no_demand = "no_demand"
    competitor_or_substitute = "competitor_or_substitute"
    regulation_certification = "regulation_certification"
    no_funding = "no_funding"
    personnel = "personnel"
    partner_left = "partner_left"
    company_dissolved = "company_dissolved"
    company_policy = "company_policy"
    ip_problem = "ip_problem"
    disaster = "disaster"
    still_developing = "still_developing"
    waiting_for_customer_test = "waiting_for_customer_test"
    merged_into_other_project = "merged_into_other_project"
    unknown = "unknown"

    @property
    def label(self) -> Bilingual:
        return REASONS[self.value]


REASONS = {
    "technical_goal_missed": Bilingual("Technical goal missed", "技術目標の未達"),
    "cost_too_high": Bilingual("Cost too high", "コスト高"),
    "no_demand": Bilingual("No demand", "需要がない"),
    "competitor_or_substitute": Bilingual("Competitor or substitute", "競合・代替品の存在"),
    "regulation_certification": Bilingual("Regulation or certification", "規制・認証"),
    "no_funding": Bilingual("No funding", "資金不足"),
    "personnel": Bilingual("Personnel", "人材不足"),
    "partner_left": Bilingual("A partner left", "連携先の離脱"),
    "company_dissolved": Bilingual("Company dissolved", "会社の解散"),
    "company_policy": Bilingual("Company policy", "経営方針の変更"),
    "ip_problem": Bilingual("Intellectual property", "知的財産の問題"),
    "disaster": Bilingual("Disaster", "災害"),
    "still_developing": Bilingual("Still in development", "開発継続中"),
    "waiting_for_customer_test": Bilingual("Waiting for a customer's test", "顧客評価待ち"),
    "merged_into_other_project": Bilingual("Merged into another project", "他事業に統合"),
    "unknown": Bilingual("Unknown", "不明"),
}

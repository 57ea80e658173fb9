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
    """What is stored; scheduled, open and missed are computed from the dates (``Phase``)."""

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


class Phase(StrEnum):
    """Where a report stands on a day: its stored state and its dates together (domain.md 12)."""

    scheduled = "scheduled"
    open = "open"
    missed = "missed"
    submitted = "submitted"
    returned = "returned"
    verified = "verified"

    @property
    def label(self) -> Bilingual:
        return {
            "scheduled": Bilingual("Not yet open", "受付前"),
            "open": Bilingual("To be reported", "報告待ち"),
            "missed": Bilingual("Overdue", "期限超過"),
            "submitted": Bilingual("Submitted", "提出済み"),
            "returned": Bilingual("Returned for correction", "差戻し"),
            "verified": Bilingual("Verified", "確認済み"),
        }[self.value]


class Answer(StrEnum):
    """What a yearly report says of a product that was reported before, or of one that is new."""

    unchanged = "unchanged"
    changed = "changed"
    stopped = "stopped"
    new = "new"

    @property
    def label(self) -> Bilingual:
        return {
            "unchanged": Bilingual("As last year", "前回から変わりなし"),
            "changed": Bilingual("Something changed", "変更あり"),
            "stopped": Bilingual("Stopped or withdrawn", "中止・販売終了"),
            "new": Bilingual("New", "新規"),
        }[self.value]


class ClaimStatus(StrEnum):
    """The life of one product's answer in one report."""

    drafted = "drafted"
    reported = "reported"
    asked = "asked"
    disputed = "disputed"
    verified = "verified"

    @property
    def label(self) -> Bilingual:
        return {
            "drafted": Bilingual("Draft", "作成中"),
            "reported": Bilingual("Waits for verification", "確認待ち"),
            "asked": Bilingual("Evidence asked for", "証拠書類を依頼中"),
            "disputed": Bilingual("Not accepted", "認めず"),
            "verified": Bilingual("Verified", "確認済み"),
        }[self.value]


class ProductKind(StrEnum):
    product = "product"
    service = "service"
    process = "process"
    software = "software"

    @property
    def label(self) -> Bilingual:
        return {
            "product": Bilingual("Product", "製品"),
            "service": Bilingual("Service", "サービス"),
            "process": Bilingual("Process in own production", "自社製造工程"),
            "software": Bilingual("Software", "ソフトウェア"),
        }[self.value]


class RecordKind(StrEnum):
    """What else came of a project (OUT-8, OUT-13; MON-10 for intellectual property)."""

    ip_right = "ip_right"
    further_funding = "further_funding"
    jobs = "jobs"
    spin_out = "spin_out"
    publication = "publication"
    prize = "prize"

    @property
    def label(self) -> Bilingual:
        return {
            "ip_right": Bilingual("Intellectual property right", "知的財産権"),
            "further_funding": Bilingual("Further funding", "追加の資金調達"),
            "jobs": Bilingual("Jobs", "雇用"),
            "spin_out": Bilingual("Spin-out company", "新設会社(スピンアウト)"),
            "publication": Bilingual("Publication", "論文・発表"),
            "prize": Bilingual("Prize", "受賞"),
        }[self.value]


class Detail(StrEnum):
    """The finer kind of a record: of intellectual property rights and of further funding."""

    patent = "patent"
    utility_model = "utility_model"
    design = "design"
    trademark = "trademark"
    know_how = "know_how"
    investment = "investment"
    loan = "loan"
    other_public = "other_public"
    rd_services = "rd_services"

    @property
    def label(self) -> Bilingual:
        return {
            "patent": Bilingual("Patent", "特許"),
            "utility_model": Bilingual("Utility model", "実用新案"),
            "design": Bilingual("Design", "意匠"),
            "trademark": Bilingual("Trademark", "商標"),
            "know_how": Bilingual("Know-how", "ノウハウ"),
            "investment": Bilingual("Private investment", "民間投資"),
            "loan": Bilingual("Loan", "融資"),
            "other_public": Bilingual("Public money of another programme", "他制度の公的資金"),
            "rd_services": Bilingual("Paid research and development", "研究開発の受託"),
        }[self.value]


class Level(StrEnum):
    """E0 to E4: from when on a result counts as commercialized (OUT-6)."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"

    @property
    def label(self) -> Bilingual:
        return {
            "E0": Bilingual("E0 – anything on the market side", "E0 – 宣伝以上"),
            "E1": Bilingual("E1 – practical application", "E1 – 実用化"),
            "E2": Bilingual("E2 – first sale", "E2 – 初回販売"),
            "E3": Bilingual("E3 – continuous sales", "E3 – 継続販売"),
            "E4": Bilingual("E4 – continuous sales with profit", "E4 – 継続販売・黒字"),
        }[self.value]


class DisputeStatus(StrEnum):
    """The life of a dispute of something verified."""

    open = "open"
    answered = "answered"
    upheld = "upheld"
    withdrawn = "withdrawn"
    corrected = "corrected"

    @property
    def label(self) -> Bilingual:
        return {
            "open": Bilingual("Answer awaited", "回答待ち"),
            "answered": Bilingual("Waits for a decision", "判断待ち"),
            "upheld": Bilingual("Upheld: it counts nowhere", "異議を認める(算入しない)"),
            "withdrawn": Bilingual("Withdrawn: it counts as before", "異議を取り下げ(従来どおり算入)"),
            "corrected": Bilingual("Corrected by a later record", "後の記録により訂正"),
        }[self.value]


class Grade(StrEnum):
    """NC-13, annex 2: how the organisation itself judges an item of the plan in one quarter."""

    a = "a"
    b = "b"
    c = "c"
    d = "d"

    @property
    def label(self) -> Bilingual:
        return {
            "a": Bilingual("A – as planned or better", "A – 計画どおり又は計画以上"),
            "b": Bilingual("B – mostly as planned", "B – おおむね計画どおり"),
            "c": Bilingual("C – partly", "C – 一部達成"),
            "d": Bilingual("D – not achieved", "D – 未達成"),
        }[self.value]


class Need(StrEnum):
    """MON-13: with what the regional council might help."""

    sales = "sales"
    finance = "finance"
    technology = "technology"
    rights = "rights"
    people = "people"
    partners = "partners"

    @property
    def label(self) -> Bilingual:
        return {
            "sales": Bilingual("Sales and markets", "販路開拓・市場調査"),
            "finance": Bilingual("Finance", "資金調達"),
            "technology": Bilingual("Technology and quality", "技術・品質"),
            "rights": Bilingual("Intellectual property", "知的財産"),
            "people": Bilingual("People and training", "人材確保・育成"),
            "partners": Bilingual("Finding further partners", "新たな連携先"),
        }[self.value]

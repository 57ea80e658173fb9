"""Phases, lineage and fields of the regional industrial cluster projects."""

from enum import StrEnum
from pathlib import Path

from app.core import codelists
from app.core.i18n import Bilingual

DATA = Path(__file__).parent / "data"
#: Strategic fields (seven of 2004, S&T eight, cluster fields): one list, several tags per thing (domain.md 11.3).
FIELDS = codelists.load(DATA / "fields.csv")


class LinkKind(StrEnum):
    continues = "continues"
    merges = "merges"
    splits = "splits"
    renamed = "renamed"
    ended = "ended"
    new = "new"

    @property
    def label(self) -> Bilingual:
        return {
            "continues": Bilingual("continues as", "継続"),
            "merges": Bilingual("merged into", "統合"),
            "splits": Bilingual("split into", "分割"),
            "renamed": Bilingual("renamed to", "改称"),
            "ended": Bilingual("ended", "終了"),
            "new": Bilingual("newly established", "新設"),
        }[self.value]


#: What the programme meant to reach in each phase (S016-S020), and when each began and ended (I9).
PHASES = codelists.load(DATA / "phases.csv")
#: The activity figures that METI's slides print, each with its date and words; never mixed with our records.
PUBLISHED = codelists.load(DATA / "published.csv")


class _Labelled(StrEnum):
    """A code list whose words stand beside the codes."""

    def __new__(cls, value: str, en: str = "", ja: str = "") -> "_Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member._words = Bilingual(en, ja)  # type: ignore[attr-defined]
        return member

    @property
    def label(self) -> Bilingual:
        return self._words  # type: ignore[attr-defined, no-any-return]


class BaseRole(_Labelled):
    promotion = "promotion", "Promotion organisation", "推進組織"
    base = "base", "Base organisation", "拠点組織"


class FigureKind(_Labelled):
    """A figure is aimed at, expected or reached; the three are never added up (I7)."""

    target = "target", "Target", "目標"
    forecast = "forecast", "Forecast (expected)", "見込み"
    actual = "actual", "Actual", "実績"


class Indicator(_Labelled):
    """What a cluster's figure counts, and in which unit."""

    new_businesses = "new_businesses", "New businesses", "新事業創出件数"
    new_companies = "new_companies", "New companies", "新会社設立件数"
    participants = "participants", "Participating organisations", "参加機関数"
    universities = "universities", "Participating universities and colleges", "参加大学・高専数"
    activities = "activities", "Network activities", "交流活動件数"
    sales = "sales", "Sales of the participants", "参加企業の売上高"

    @property
    def unit(self) -> Bilingual:
        return {
            "new_businesses": Bilingual("businesses", "件"),
            "new_companies": Bilingual("companies", "社"),
            "participants": Bilingual("organisations", "機関"),
            "universities": Bilingual("organisations", "機関"),
            "activities": Bilingual("activities", "件"),
            "sales": Bilingual("million yen", "百万円"),
        }[self.value]

    @property
    def is_stock(self) -> bool:
        """A level that stands on a day, and not something that adds up over time."""
        return self in (Indicator.participants, Indicator.universities)

    @property
    def from_records(self) -> bool:
        """Our records give the actual figure; of sales there are only reports."""
        return self is not Indicator.sales


class BusinessType(_Labelled):
    product = "product", "New product", "新製品"
    service = "service", "New service", "新サービス"
    product_line = "product_line", "New product line", "新製品群"
    company = "company", "New company", "新会社"
    second_business = "second_business", "Second business inauguration", "第二創業"


class ActivityKind(_Labelled):
    """Kinds of network activities (domain.md 11.6, from S023, S031, S034, S061-S065)."""

    exchange_meeting = "exchange_meeting", "Exchange meeting", "交流会"
    symposium = "symposium", "Symposium", "シンポジウム"
    seminar = "seminar", "Seminar", "セミナー"
    workshop = "workshop", "Workshop", "ワークショップ"
    matching_event = "matching_event", "Business matching event", "ビジネスマッチング"
    exhibition_domestic = "exhibition_domestic", "Exhibition in Japan", "国内展示会"
    exhibition_overseas = "exhibition_overseas", "Exhibition overseas", "海外展示会"
    trade_mission = "trade_mission", "Trade mission", "経済交流ミッション"
    business_plan_presentation = "business_plan_presentation", "Business plan presentation", "ビジネスプラン発表会"
    finance_meeting = "finance_meeting", "Financing meeting", "資金支援会合"
    finance_conference = "finance_conference", "Financial support conference", "産業クラスターサポート金融会議"
    training = "training", "Training", "研修"
    incubation_support = "incubation_support", "Incubation support", "インキュベーション支援"
    coordinator_visit = "coordinator_visit", "Coordinator's visit", "コーディネーター訪問"
    database_release = "database_release", "Database released", "データベース公開"
    newsletter = "newsletter", "Newsletter", "メールマガジン"
    mou_signed = "mou_signed", "Agreement signed", "覚書締結"
    office_opened = "office_opened", "Office opened", "事務所開設"
    joint_ordering_body = "joint_ordering_body", "Joint ordering body formed", "共同受注組織の設立"


class TrainingProgramme(_Labelled):
    im_training = "im_training", "IM training", "IM養成研修"
    im_instructor = "im_instructor", "IM instructor training", "IMインストラクター研修"
    hr_core = (
        "hr_core",
        "Core human resources for SME manufacturers (industry and academia)",
        "産学連携中小企業製造中核人材育成事業",
    )
    hr_colleges = "hr_colleges", "Human resources through technical colleges", "高等専門学校等を活用した人材育成事業"
    other = "other", "Other", "その他"


class AttendeeRole(_Labelled):
    participant = "participant", "Participant", "参加者"
    speaker = "speaker", "Speaker", "講師・発表者"
    bank = "bank", "Bank or other financial facility", "金融機関"
    trainee = "trainee", "Trainee", "受講者"
    supporter = "supporter", "Supporter", "支援機関"


class ResultKind(_Labelled):
    matched = "matched", "Business match", "商談成立"
    joint_development = "joint_development", "Joint development", "共同開発"
    contract = "contract", "Contract or order", "契約・受注"
    bridge_loan = "bridge_loan", "Bridge loan", "つなぎ融資"
    low_interest_loan = "low_interest_loan", "Low-interest loan", "低利融資"
    venture_capital = "venture_capital", "Venture capital", "ベンチャーキャピタル出資"
    fund = "fund", "Fund investment", "ファンド出資"

"""The two programmes as data: what a new call starts from. Every figure here can be changed in the call itself."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.calls.choices import DATA, FrameCode, Programme
from app.core.i18n import Bilingual

MAX_REVIEWS = 9

#: The axes of the rubric (domain.md 4.2).
AXES = {
    "technical": Bilingual("Technical merit", "技術面"),
    "commercialization": Bilingual("Commercialization", "事業化面"),
    "policy": Bilingual("Policy", "政策面"),
    "management": Bilingual("Management", "管理運営面"),
}

#: Parameters of the rules; ``[own]`` in the domain pack marks figures that a call may well set otherwise.
PARAMETERS = {
    "admin_cost_pct": Bilingual("General administration, at most % of direct cost", "一般管理費の上限(直接経費比%)"),
    "outsourcing_reason_pct": Bilingual(
        "Outsourcing and re-commission above this % of the total need a reason", "外注・再委託に理由書を要する割合(%)"
    ),
    "free_transfer_pct": Bilingual("Transfer between items without approval, %", "承認不要の費目間流用割合(%)"),
    "subsidy_numerator": Bilingual("Share that the programme pays: numerator", "補助率(分子)"),
    "subsidy_denominator": Bilingual("Share that the programme pays: denominator", "補助率(分母)"),
    "sme_contribution_pct": Bilingual("Contribution of the SMEs, above %", "中小企業の貢献割合(%超)"),
    "payback_years": Bilingual("Years within which the investment is recovered", "投資回収年数"),
    "min_plan_years": Bilingual("Shortest plan, years", "計画期間の下限(年)"),
    "max_plan_years": Bilingual("Longest plan, years", "計画期間の上限(年)"),
    "shortening_notice_days": Bilingual(
        "Notice before the closing time can be brought forward, days", "締切を繰り上げる場合の事前周知期間(日)"
    ),
}

#: Days of notice that a shortening needs where the call says nothing else [own].
SHORTENING_NOTICE = 14
LONGEST_GRACE_MINUTES = 24 * 60
OPEN_QUESTIONS_EACH = 20  # questions of one person to one call that wait for an answer

#: The dates of a call in the order in which they come.
DATES = {
    "announce_at": Bilingual("Announcement", "公募開始の予告・公表"),
    "opens_at": Bilingual("Opening", "受付開始"),
    "questions_until": Bilingual("Questions until", "質問受付期限"),
    "closes_at": Bilingual("Closing", "受付締切"),
    "interview_at": Bilingual("Interviews", "ヒアリング審査"),
    "decision_at": Bilingual("Decision", "採択決定"),
    "start_at": Bilingual("Start of the projects", "事業開始"),
}

#: What an applicant does after the decision, where the call has no words of its own. Keys are outcomes.
NEXT_STEPS = {
    "adopted": Bilingual(
        "Your project now has a page of its own. The programme office will contact the lead about the contract or the"
        " grant decision; do not order or start anything that is to be paid from the grant before that date."
        " Tell the office of any change in the consortium at once.",
        "事業ページが作成されました。契約又は交付決定の手続きについて、事業事務局から代表機関へ連絡します。"
        "それより前の発注・着手は対象経費になりません。参加機関に変更がある場合は、直ちに事務局へ連絡してください。",
    ),
    "reserve": Bilingual(
        "Your proposal is in reserve: it can still be adopted when budget becomes free. You need do nothing;"
        " keep the partners informed and tell the office if you no longer wish to be considered.",
        "補欠です。予算に余裕が生じた場合に採択されることがあります。手続きは不要です。"
        "辞退する場合は事業事務局へ連絡してください。",
    ),
    "rejected": Bilingual(
        "The letter holds the reviewers’ comments. You may ask the programme office about the decision through the"
        " messages of this application, and apply again to a later call.",
        "審査員のコメントは通知書に記載しています。結果についての照会は、本申請のメッセージから事業事務局へ"
        "お寄せください。次回以降の公募に改めて申請することができます。",
    ),
}


@dataclass(frozen=True)
class FrameTemplate:
    code: str
    name: Bilingual
    ceiling_year1_yen: int | None
    ceiling_year2_yen: int | None
    max_years: int
    min_companies: int
    sme_rule: bool
    source: str


@dataclass(frozen=True)
class DocumentTemplate:
    code: str
    name: Bilingual
    mandatory: bool = True


@dataclass(frozen=True)
class CriterionTemplate:
    code: str
    axis: str
    name: Bilingual
    weight: int
    anchors: dict[str, dict[str, str]]
    mandatory: bool = True


@dataclass(frozen=True)
class CallTemplate:
    programme: Programme
    title: Bilingual
    summary: Bilingual
    frames: tuple[FrameTemplate, ...]
    documents: tuple[DocumentTemplate, ...]
    parameters: dict[str, int]
    required_reviews: int = 3
    followup_years: int = 5

    @property
    def criteria(self) -> tuple[CriterionTemplate, ...]:
        return rubric(self.programme)


@cache
def rubric(programme: Programme) -> tuple[CriterionTemplate, ...]:
    """The default rubric of a programme, in its order; the weights sum to 100."""
    with open(DATA / "rubrics.toml", "rb") as handle:
        rows: list[dict[str, Any]] = tomllib.load(handle)[programme.value]
    return tuple(
        CriterionTemplate(
            row["code"],
            row["axis"],
            Bilingual(row["en"], row["ja"]),
            row["weight"],
            {score: row[score] for score in ("1", "3", "5")},
            row.get("mandatory", True),
        )
        for row in rows
    )


MILLION = 1_000_000
TEMPLATES = {
    Programme.consortium_rd: CallTemplate(
        Programme.consortium_rd,
        Bilingual("Consortium R&D Projects for Regional Revitalization", "地域新生コンソーシアム研究開発事業"),
        Bilingual(
            "Commissioned research of firms, universities and institutes of a region that turns original results into"
            " products and services. The managing organisation files the proposal for all members.",
            "地域の企業・大学・研究機関が共同で、独創的な研究成果を製品・サービスに結び付ける委託研究開発です。"
            "管理法人が参加機関を代表して提案します。",
        ),
        (
            FrameTemplate("general", FrameCode.general.label, 100 * MILLION, 50 * MILLION, 2, 2, False, "CON-9"),
            FrameTemplate("sme", FrameCode.sme.label, 30 * MILLION, 20 * MILLION, 2, 1, True, "CON-9, CON-5, CON-7"),
            FrameTemplate(
                "energy_saving", FrameCode.energy_saving.label, 100 * MILLION, 50 * MILLION, 2, 2, False, "CON-9"
            ),
        ),
        (
            DocumentTemplate("proposal", Bilingual("Research plan", "研究開発計画書")),
            DocumentTemplate("budget_basis", Bilingual("Basis of the costs", "積算根拠資料")),
            DocumentTemplate("seed_results", Bilingual("Results on the seed technology", "シーズ技術の研究成果資料")),
            DocumentTemplate(
                "outsourcing_reason",
                Bilingual(
                    "Reason for outsourcing and re-commission above the limit", "外注・再委託が上限を超える理由書"
                ),
                mandatory=False,
            ),
            DocumentTemplate("profiles", Bilingual("Profiles of the organisations", "参加機関の概要"), mandatory=False),
        ),
        {"admin_cost_pct": 10, "outsourcing_reason_pct": 50, "shortening_notice_days": SHORTENING_NOTICE},
    ),
    Programme.new_collaboration: CallTemplate(
        Programme.new_collaboration,
        Bilingual("New Collaboration Business Support", "新連携支援事業"),
        Bilingual(
            "A core SME and SMEs of other fields combine what each does best into a new business, with a plan of three"
            " to five years.",
            "コアとなる中小企業が異分野の中小企業と強みを持ち寄り、3~5年の計画で新事業に取り組みます。",
        ),
        (
            FrameTemplate(
                "", Bilingual("Collaboration plan", "異分野連携新事業分野開拓計画"), None, None, 5, 2, False, "NC-9"
            ),
        ),
        (
            DocumentTemplate("plan_outline", Bilingual("Annex 1: outline of the plan", "別表1 計画の概要")),
            DocumentTemplate("implementation", Bilingual("Annex 2: implementation plan", "別表2 実施計画と実績")),
            DocumentTemplate(
                "funding", Bilingual("Annex 3: management and funding plan", "別表3 経営計画及び資金計画")
            ),
            DocumentTemplate(
                "equipment", Bilingual("Annex 4: equipment and working capital", "別表4 設備投資計画及び運転資金計画")
            ),
            DocumentTemplate("rules", Bilingual("Rules of the collaboration body", "連携体の規約")),
            DocumentTemplate("statements", Bilingual("Financial statements of the last two terms", "直近2期の決算書")),
            DocumentTemplate("contracts", Bilingual("Contracts or memoranda", "契約書・覚書"), mandatory=False),
        ),
        {
            "sme_contribution_pct": 50,
            "subsidy_numerator": 2,
            "subsidy_denominator": 3,
            "payback_years": 10,
            "min_plan_years": 3,
            "max_plan_years": 5,
            "admin_cost_pct": 10,
            "shortening_notice_days": SHORTENING_NOTICE,
        },
    ),
}
#: How each programme's running numbers begin (C2026-1-0007).
PREFIXES = {Programme.consortium_rd: "C", Programme.new_collaboration: "N"}

"""The sections of each kind of report (MON-12), and the registers that upper floors fill."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.i18n import Bilingual
from app.milestones.choices import ReportKind

#: (project id, first and last day) -> yen spent by organisation id. The floor of money adds its own; while it is
#: silent, what the partners typed counts.
SPEND: list[Callable[[int, tuple[date, date]], dict[int, int]]] = []


@dataclass(frozen=True)
class Section:
    """One section that the lead writes. ``taken`` names the partners' field that it is drafted from."""

    key: str
    title: Bilingual
    hint: Bilingual | None = None
    required: bool = False
    taken: str = ""


WORK, DEVIATIONS, SPENT, WISHED_END = "work", "deviations", "spend", "wished_end"
_deviations = Section(
    DEVIATIONS,
    Bilingual("Deviations from the plan, and what you do about them", "計画との相違及び対応"),
    taken="deviations",
)
_spend = Section(SPENT, Bilingual("Spent in this period (yen)", "当期支出額(円)"), required=True)
_staff = Section("staff", Bilingual("Staff hours", "従事時間"), taken="staff_hours")
_assets = Section("assets", Bilingual("Assets bought", "取得財産"), taken="assets")
_ip = Section("ip", Bilingual("Intellectual property filed or obtained", "知的財産権の出願・取得"), taken="ip")
_meetings = Section("meetings", Bilingual("Meetings held", "会議の開催状況"), taken="meetings")
_next = Section("next", Bilingual("Plan for the next period", "次期の実施計画"), taken="next_period")


def _work(en: str, ja: str) -> Section:
    return Section(WORK, Bilingual(en, ja), required=True, taken="work")


SECTIONS: dict[ReportKind, tuple[Section, ...]] = {
    ReportKind.progress: (
        _work("Work done", "実施内容"), _deviations, _spend, _staff, _assets, _ip, _meetings, _next,
    ),
    ReportKind.interim: (
        _work("Results so far against the goals", "目標に対するこれまでの成果"), _deviations,
        Section("trl", Bilingual("Technical level reached (TRL) and its grounds", "技術水準(TRL)とその根拠"), required=True),
        Section("problems", Bilingual("Remaining problems", "残された課題"), required=True),
        Section("commercialization", Bilingual("Commercialization plan: what has changed", "事業化計画の見直し"),
                Bilingual("Product, customers, price, sales by year.", "製品、顧客、価格、年次別売上。")),
        Section("members", Bilingual("Changes in the consortium", "実施体制の変更")),
        Section("next_year", Bilingual("Plan and budget of next year", "次年度の計画及び予算"), required=True,
                taken="next_period"),
    ),
    ReportKind.performance: (
        _work("Outline of the work", "事業の概要"),
        Section("results", Bilingual("Results against the goals", "目標に対する成果"), required=True),
        _deviations, _spend, _staff, _assets, _ip,
        Section("income", Bilingual("Income from the project", "事業による収入")),
        Section("contact", Bilingual("Contact for the inspection", "確定検査の連絡先"), required=True),
    ),
    ReportKind.completion: (
        _work("Results that may be published", "成果(公開)"),
        Section("not_public", Bilingual("Results that are not published", "成果(非公開)"),
                Bilingual("For the programme office only.", "事業事務局限りの内容です。")),
        Section("abstract_ja", Bilingual("Abstract in Japanese", "要約(日本語)"), required=True),
        Section("abstract_en", Bilingual("Abstract in English", "要約(英語)"), required=True),
        Section("embargo", Bilingual("Not to be published before", "公開の猶予期限"),
                Bilingual("A date and the reason, such as a patent application under way. Empty: at once.",
                          "期日と理由(特許出願中など)。空欄の場合は直ちに公開できます。")),
    ),
    ReportKind.incident: (
        Section(WORK, Bilingual("What happened, and why", "発生した事象及び原因"), required=True),
        Section("when", Bilingual("Since when, and until when it is expected to last", "発生時期及び見込まれる期間"), required=True),
        Section(DEVIATIONS, Bilingual("Effect on the milestones", "マイルストーンへの影響")),
        Section("period", Bilingual("Effect on the period", "実施期間への影響"), required=True),
        Section("money", Bilingual("Effect on the costs", "経費への影響"), required=True),
        Section("measures", Bilingual("Measures taken and planned", "講じた措置及び今後の対応"), required=True),
        Section("wish", Bilingual("What you ask the office for", "事務局への要望"),
                Bilingual("An extension itself is decided on a change request; it can be opened from this report.",
                          "期間延長の承認には変更申請が必要です。この報告から作成できます。")),
        Section(WISHED_END, Bilingual("New end of the project that you wish for", "希望する事業終了日"),
                Bilingual("As 2027-09-30; empty: no extension.", "2027-09-30の形式。延長を希望しない場合は空欄。")),
    ),
}  # fmt: skip


def wished_end(report: Any) -> date | None:
    """The new end of the project that an incident's report wishes for; raises ValueError for what is no day."""
    text = unicodedata.normalize("NFKC", report.texts.get(WISHED_END, "")).strip()
    return date.fromisoformat(text) if text else None


def sections_of(kind: ReportKind) -> tuple[Section, ...]:
    return SECTIONS[kind]


def texts_of(kind: ReportKind) -> tuple[Section, ...]:
    """Those sections that have no column of their own."""
    return tuple(one for one in SECTIONS[kind] if one.key not in (WORK, DEVIATIONS, SPENT))


def has_spend(kind: ReportKind) -> bool:
    return any(one.key == SPENT for one in SECTIONS[kind])


def part_key(organisation_id: int) -> str:
    """The name of a partner's part among the sections."""
    return f"part-{organisation_id}"


#: What the fields of a milestone, a result and a part are called where they are shown side by side.
TITLES = {
    "achievement": Bilingual("Achievement", "達成状況"),
    "value": Bilingual("Value reached", "達成値"),
    "value_reached": Bilingual("Value reached", "達成値"),
    "note": Bilingual("Note", "備考"),
    "forecast_on": Bilingual("Forecast", "見込み"),
    "actual_on": Bilingual("Reached on", "達成日"),
    "progress_pct": Bilingual("Progress (%)", "進捗率(%)"),
    "work": Bilingual("Work done", "実施内容"),
    "deviations": Bilingual("Deviations", "計画との相違"),
    "staff_hours": Bilingual("Staff hours", "従事時間"),
    "spend_yen": Bilingual("Spent (yen)", "支出額(円)"),
    "assets": Bilingual("Assets bought", "取得財産"),
    "ip": Bilingual("Intellectual property", "知的財産権"),
    "meetings": Bilingual("Meetings held", "会議"),
    "next_period": Bilingual("Plan for the next period", "次期の実施計画"),
    "costs_note": Bilingual("Remarks on the costs", "経費に関する備考"),
}

"""What a rate counts: the definitions of participation (PR-1 to PR-8) and commercialization (E0 to E4) as data.

A number is never a bare percentage: it comes with its definition, its population, its reference date, and how many
are unknown. Change a definition by raising its version, never by editing its meaning.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from app.core.i18n import Bilingual


class Verdict(StrEnum):
    yes = "yes"
    no = "no"
    unknown = "unknown"

    @property
    def label(self) -> Bilingual:
        return {
            "yes": Bilingual("yes", "該当"),
            "no": Bilingual("no", "非該当"),
            "unknown": Bilingual("unknown", "不明"),
        }[self.value]


class Unit(StrEnum):
    project = "project"
    firm = "firm"
    place = "place"
    yen = "yen"

    @property
    def label(self) -> Bilingual:
        return {
            "project": Bilingual("projects", "プロジェクト"),
            "firm": Bilingual("organisations", "機関"),
            "place": Bilingual("company places", "延べ企業数"),
            "yen": Bilingual("yen", "円"),
        }[self.value]


@dataclass(frozen=True)
class Definition:
    """``rows`` says what stands in the list behind the number: projects, organisations, or places (both)."""

    id: str
    version: int
    unit: Unit
    rows: Literal["project", "firm", "place"]
    title: Bilingual
    text: Bilingual
    source: Bilingual
    caveat: Bilingual

    @property
    def label(self) -> Bilingual:
        return Bilingual(f"{self.id} – {self.title.en}", f"{self.id} – {self.title.ja}")


_SLIDES = Bilingual(
    "Own wording of a rate that METI published without defining it (results of Phase I, 2006).",
    "経済産業省が定義を示さずに公表した率(第I期の成果、2006年)を、当システムで定義したものです。",
)
_OWN = Bilingual("Own definition.", "当システムの定義です。")
_LOOKS_BACK = Bilingual(
    "With a fixed date the rate looks back: a firm may have joined a cluster because of the project.",
    "基準日を固定すると遡っての判定になります。プロジェクトを契機に参加した企業も含まれます。",
)

PARTICIPATION: dict[str, Definition] = {
    d.id: d
    for d in (
        Definition(
            "PR-1", 1, Unit.project, "project",
            Bilingual("Projects with at least one member company", "参加企業が1社以上いるプロジェクト"),
            Bilingual(
                "A project counts when any of its companies belongs to a cluster on the reference date. "
                "It is unknown when none is known to belong but one has never been looked up.",
                "基準日にクラスターに参加している企業が1社でもあれば該当します。該当企業がなく、未照合の企業がある場合は不明です。",
            ),
            _SLIDES,
            Bilingual(
                "Grows with the number of companies in a project, whatever the share of members among firms. "
                + _LOOKS_BACK.en,
                "企業全体の参加率が同じでも、1件あたりの企業数が多いほど高くなります。" + _LOOKS_BACK.ja,
            ),
        ),
        Definition(
            "PR-2", 1, Unit.project, "project",
            Bilingual("Projects whose core or lead company is a member", "コア企業(代表企業)が参加企業であるプロジェクト"),
            Bilingual(
                "Looks at one company of each project: the core company; where there is none, the lead company; "
                "where there is none either, the first company by its key.",
                "プロジェクトごとに1社で判定します。コア企業、なければ代表企業、いずれもなければ機関キー順の先頭企業です。",
            ),
            _SLIDES,
            _LOOKS_BACK,
        ),
        Definition(
            "PR-3", 1, Unit.project, "project",
            Bilingual("Projects in which at least half of the companies are members", "企業の半数以上が参加企業であるプロジェクト"),
            Bilingual(
                "A project counts when at least half of its companies are members; it does not when half would not be "
                "reached even if every unknown one were.",
                "企業の半数以上が参加していれば該当、不明分がすべて参加していても半数に満たなければ非該当、その他は不明です。",
            ),
            _OWN,
            _LOOKS_BACK,
        ),
        Definition(
            "PR-4", 1, Unit.firm, "firm",
            Bilingual("Distinct companies that are members", "参加企業の割合(実数)"),
            Bilingual(
                "Every company of the population's projects counts once, however many projects it takes part in.",
                "対象プロジェクトの企業を、参加件数にかかわらず1社として数えます。",
            ),
            _OWN,
            Bilingual(
                "With a reference that differs by project, a company counts when it is a member at any of them.",
                "基準日がプロジェクトごとに異なる場合は、いずれかの時点で参加していれば該当とします。",
            ),
        ),
        Definition(
            "PR-5", 1, Unit.place, "place",
            Bilingual("Company places held by members", "参加企業の割合(延べ数)"),
            Bilingual(
                "Every company counts once for each project in which it takes part.",
                "企業をプロジェクトごとに延べで数えます。",
            ),
            _OWN,
            Bilingual("Firms with many projects weigh more.", "多くのプロジェクトに参加する企業ほど重みが大きくなります。"),
        ),
        Definition(
            "PR-6a", 1, Unit.yen, "project",
            Bilingual("Money of projects with a member company", "参加企業がいるプロジェクトの金額"),
            Bilingual(
                "Amounts of the projects that count under PR-1, over the amounts of all projects. "
                "A project without a recorded amount weighs nothing.",
                "PR-1に該当するプロジェクトの金額を全プロジェクトの金額で除した割合です。金額のない案件は0円とします。",
            ),
            _OWN,
            Bilingual("A few large projects decide it.", "少数の大型案件に左右されます。"),
        ),
        Definition(
            "PR-6b", 1, Unit.yen, "place",
            Bilingual("Money allocated to member companies", "参加企業への配分額"),
            Bilingual(
                "Allocations to member companies over allocations to companies.",
                "企業への配分額のうち、参加企業への配分額の割合です。",
            ),
            _OWN,
            Bilingual("Only recorded allocations enter.", "記録された配分額のみを対象とします。"),
        ),
        Definition(
            "PR-7", 1, Unit.firm, "firm",
            Bilingual("Cluster members with a project", "クラスター参加企業のうちプロジェクトを持つ企業"),
            Bilingual(
                "Among the companies that belong to a cluster at the reference date, those that are a company of at "
                "least one project of the population.",
                "基準日にクラスターに参加している企業のうち、対象プロジェクトに1件以上参加している企業です。",
            ),
            _OWN,
            Bilingual(
                "Needs a fixed date (or “ever until”), since it starts from the register and not from the projects.",
                "名簿を起点とするため、固定した基準日(または「それまでに一度でも」)が必要です。",
            ),
        ),
        Definition(
            "PR-8", 1, Unit.firm, "firm",
            Bilingual("Organisations of a list that are members", "リスト掲載機関のうち参加機関"),
            Bilingual(
                "Organisations of a published list that belong to a cluster at the reference date.",
                "公表リストに掲載された機関のうち、基準日にクラスターに参加している機関です。",
            ),
            _SLIDES,
            Bilingual(
                "The list decides: a list of vigorous firms says nothing about firms in general.",
                "リストの選び方に依存し、企業一般の参加率を示すものではありません。",
            ),
        ),
    )
}  # fmt: skip

_EVER = Bilingual(
    "“Ever reached”: a product that was withdrawn later still counts. Rates of different ages do not compare; an "
    "all-cohort rate rises as the portfolio ages, with no improvement behind it.",
    "「一度でも到達」で数えるため、後に販売を終えたものも含みます。経過年数が異なる率は比較できません。",
)


def _level(id_: str, en: str, ja: str, text_en: str, text_ja: str, source: Bilingual) -> Definition:
    return Definition(id_, 1, Unit.project, "project", Bilingual(en, ja), Bilingual(text_en, text_ja), source, _EVER)


COMMERCIALIZATION: dict[str, Definition] = {
    d.id: d
    for d in (
        _level(
            "E0", "Any commercial activity", "事業化への着手", "Commercialization stage 1 or higher.",
            "事業化段階が1以上。", Bilingual("Five-stage scale of the SME subsidies.", "中小企業向け補助金の5段階。"),
        ),
        _level(
            "E1", "Practical application", "実用化",
            "Development state “productization” or “market launch”.", "開発状況が「製品化」または「上市」。",
            Bilingual(
                "NEDO's follow-up states; the slides' “practical application” (300 of 1,130) is read as this.",
                "NEDO追跡調査の区分。資料の「実用化」(1,130件中300件)をこれと解釈。",
            ),
        ),
        _level(
            "E2", "First sale", "販売達成", "Commercialization stage 3 or higher: at least one sold.",
            "事業化段階が3以上(1つ以上販売)。",
            Bilingual("Five-stage scale; New Collaboration's “sales achieved”.", "5段階。新連携の「販売達成」。"),
        ),
        _level(
            "E3", "Continuous sales", "継続販売", "Commercialization stage 4 or higher.", "事業化段階が4以上。",
            Bilingual("Five-stage scale.", "5段階。"),
        ),
        _level(
            "E4", "Continuous sales with profit", "収益を伴う継続販売", "Commercialization stage 5.",
            "事業化段階が5。", Bilingual("Five-stage scale.", "5段階。"),
        ),
    )
}  # fmt: skip
DEFINITIONS = PARTICIPATION | COMMERCIALIZATION

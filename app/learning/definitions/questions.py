"""What may be asked, and what each figure means."""

from dataclasses import dataclass
from datetime import date

from app.calls.choices import Programme
from app.core.i18n import Bilingual
from app.learning.choices import Against
from app.learning.definitions.correlation import FEWEST

#: Reviewers forecast the first sale within so many years of completion, and plans name so many years of sales.
FORECAST_YEARS = 5
SALES_YEARS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Question:
    """Rounds of one programme (or all) by fiscal year of the call, a result, and the day as known on which."""

    programme: Programme | None
    first_year: int
    last_year: int
    as_of: date
    level: str = "E2"
    years: int = 5
    against: Against = Against.reached
    fewest: int = FEWEST


@dataclass(frozen=True)
class Figure:
    """``yes`` says in words which projects stand under "yes"."""

    key: str
    title: Bilingual
    yes: Bilingual
    text: Bilingual
    caveat: Bilingual


SELECTION = Bilingual(
    "Only adopted proposals have a later result. Those that scored low were not adopted, so the scores compared here "
    "lie close together and every relation looks weaker than it would be among all proposals. A coefficient near zero "
    "does not show that a criterion is useless. It may even turn negative, for who was weak in one thing had to be strong in "
    "another to be adopted. What was never adopted cannot be learned about at all.",
    "成果が後に判明するのは採択された提案のみです。評点の低い提案は採択されていないため、比較する評点の幅は狭く、相関は全提案で見た場合より弱く"
    "表れます。係数が0に近くても、その評価項目が無意味であるとはいえません。ある項目で低い提案は他の項目で高くなければ採択されないため、"
    "係数が負になることもあります。不採択の提案については何も分かりません。",
)
CENSORING = Bilingual(
    "A project enters when the time that is asked for has passed since its completion, whatever came of it; younger ones "
    "are counted apart even when they have succeeded already. Where nobody answered when it mattered, the result is "
    "unknown: never no, and never dropped without being counted.",
    "完了後、指定の期間が経過した課題のみを結果にかかわらず対象とします。期間が経過していない課題は、既に成果があっても別に数えます。"
    "必要な時期に回答がなかった課題は「不明」とし、「非該当」とはせず、件数を必ず示します。",
)

FIGURES: dict[str, Figure] = {
    f.key: f
    for f in (
        Figure(
            "criteria",
            Bilingual("Scores against later results", "評点とその後の成果"),
            Bilingual(
                "the result came in time; for sales: the sales of all planned years are known",
                "期間内に成果に至った課題(売上の場合は、計画した全年度の売上が判明した課題)",
            ),
            Bilingual(
                "For each criterion: the mean of a proposal's submitted reviews, compared in rank with the later result, over "
                "adopted and completed projects whose result is known. The total is the mean of the weighted scores; the "
                "adjusted total is that of the round's latest calibration. Spearman's rho and Kendall's tau-b, from -1 to 1, "
                "each with a 95% interval from 1,000 resamples of projects.",
                "評価項目ごとに、提出された評価の平均点と、その後の成果とを順位で比較します。対象は、採択・完了し成果が判明した課題です。"
                "総合点は加重平均点の平均、補正後総合点は当該回の最新の補正計算によるものです。スピアマンのρとケンドールのτb(-1から1)を、"
                "課題の再標本1,000回による95%区間とともに示します。",
            ),
            Bilingual(
                "Several rounds with panels of their own are put together here; ask for one fiscal year to see one of them. With "
                "ten coefficients, chance alone makes at least one leave out zero four times of ten. Rank says nothing of cause.",
                "審査員の異なる複数の回をまとめて計算しています。1回分のみを見るには年度を1つに限ってください。係数を10個並べると、"
                "偶然だけでも約4割の確率で、いずれかの区間が0を含まなくなります。順位相関は因果を示しません。",
            ),
        ),
        Figure(
            "forecasts",
            Bilingual("Reviewers' forecasts of a first sale", "審査員による販売予測の的中度"),
            Bilingual(
                "the first sale came within five years of completion",
                "完了後5年以内に販売に至った課題",
            ),
            Bilingual(
                "Each reviewer's probability of a first sale within five years of completion, as frozen when the review was last "
                "sent, against what came (E2 within five years). Brier's score is the mean squared distance: 0 is perfect, 0.25 is "
                "what always saying 50% gets. It is reliability (saying 30% where 50% come costs) minus resolution (telling "
                "projects apart gains) plus uncertainty (the result's own spread) plus what rows of unequal forecasts hold "
                "within. The interval resamples projects.",
                "評価の最終提出時に固定された「完了後5年以内に販売に至る確率」と、実際の結果(5年以内のE2到達)とを比較します。ブライアスコアは差の2乗の"
                "平均で、0が完全、常に50%と答えた場合が0.25です。信頼度(予測と頻度のずれ)-分離度(課題を見分ける力)+不確実性(結果自体のばらつき)"
                "+階級内の残差に等しくなります。区間は課題の再標本によります。",
            ),
            Bilingual(
                "Figures are shown over at least five reviewers together; nobody's own forecasts stand here. Forecasts of one "
                "project share its result, so there is less in them than their number suggests.",
                "5名以上の審査員をまとめた数値のみを示し、個人の予測は示しません。同じ課題への予測は結果を共有するため、件数ほどの情報はありません。",
            ),
        ),
        Figure(
            "plans",
            Bilingual("Plans against reality", "計画と実績"),
            Bilingual(
                "the first sale came not later than in the planned fiscal year",
                "計画した年度以前に販売に至った課題",
            ),
            Bilingual(
                "The forecast of the last version handed in, against verified reports: the fiscal year of the first sale, and the "
                "sales of each of the five years after completion. Ratios are sums over sums of the same projects and years, "
                "with a 95% interval from resampled projects; the median is that of the projects' own ratios.",
                "最後に提出された計画の見通しを、確認済みの報告と比較します。対象は販売開始年度と、完了後5年間の各年度の売上です。比率は同じ課題・"
                "年度の合計どうしの比で、課題の再標本による95%区間を付します。中央値は課題ごとの比の中央値です。",
            ),
            Bilingual(
                "A plan was written to be adopted; that it is missed on average is no fault of a single one. A few large sellers "
                "carry the sums. A project that has not sold yet counts as later than any that has.",
                "計画は採択を得るために書かれており、平均して未達であることは個々の計画の落ち度ではありません。合計は少数の大口に左右されます。"
                "未販売の課題は、販売済みのどの課題よりも遅いものとして中央値に含めます。",
            ),
        ),
    )
}

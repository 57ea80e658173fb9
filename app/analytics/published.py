"""What was published about Phase I, as published, and where the sources contradict each other (domain.md 3.1)."""

from dataclasses import dataclass
from datetime import date

from app.analytics.definitions import Commercialization, Participation, Reference, ReferenceKind
from app.calls.choices import Programme
from app.core.i18n import Bilingual

_CENSUS = Reference(ReferenceKind.fixed, date(2005, 12, 31))


@dataclass(frozen=True)
class Figure:
    """One published figure; ``question`` is None where we hold no records to count."""

    id: str
    title: Bilingual
    published: Bilingual
    question: Participation | Commercialization | None
    reading: Bilingual
    notes: tuple[str, ...]


FIGURES = (
    Figure(
        "practical-application",
        Bilingual("Consortium R&D projects in practical application", "実用化したコンソーシアム研究開発プロジェクト"),
        Bilingual("about 300 of 1,130 completed projects", "完了1,130件中 約300件"),
        Commercialization("E1", Programme.consortium_rd, 1997, 2005, date(2006, 3, 31)),
        Bilingual(
            "Completed projects that had ever reached productization or market launch by 31 March 2006.",
            "2006年3月31日までに「製品化」または「上市」に一度でも到達した完了プロジェクト。",
        ),
        ("I2",),
    ),
    Figure(
        "participation-consortium",
        Bilingual(
            "Consortium R&D projects with cluster participants", "クラスター参加企業が関わるコンソーシアム研究開発"
        ),
        Bilingual("about 60 % of 1,130 projects (FY1997–2004)", "1997~2004年度の1,130件の約60%"),
        Participation("PR-1", Programme.consortium_rd, "adopted", 1997, 2004, _CENSUS),
        Bilingual(
            "Adopted projects with at least one company that was a member on 31 December 2005.",
            "2005年12月31日時点の参加企業が1社以上いる採択プロジェクト。",
        ),
        ("I2", "I3", "I4", "I5"),
    ),
    Figure(
        "participation-collaboration",
        Bilingual("New Collaboration projects with cluster participants", "クラスター参加企業が関わる新連携計画"),
        Bilingual("48 % of 165 projects; elsewhere 80 of 170", "165件の48%(別の箇所では170件中80件)"),
        Participation("PR-1", Programme.new_collaboration, "adopted", 2005, 2005, _CENSUS),
        Bilingual(
            "Approved plans with at least one company that was a member on 31 December 2005.",
            "2005年12月31日時点の参加企業が1社以上いる認定計画。",
        ),
        ("I1", "I4", "I5"),
    ),
    Figure(
        "participation-ventures",
        Bilingual("University ventures that are participants", "クラスターに参加する大学発ベンチャー"),
        Bilingual("28 % of 1,503 companies", "1,503社の28%"),
        Participation("PR-8", None, "adopted", 1997, 2005, _CENSUS, "university_ventures_2005"),
        Bilingual(
            "Companies of the list that were members on 31 December 2005.",
            "リスト掲載企業のうち2005年12月31日時点の参加企業。",
        ),
        ("I4", "I6"),
    ),
    Figure(
        "participation-vigorous",
        Bilingual("Vigorous SMEs that are participants", "クラスターに参加する元気なモノ作り中小企業"),
        Bilingual("42 % of 300 companies", "300社の42%"),
        Participation("PR-8", None, "adopted", 1997, 2005, _CENSUS, "vigorous_smes_2006"),
        Bilingual(
            "Companies of the list that were members on 31 December 2005.",
            "リスト掲載企業のうち2005年12月31日時点の参加企業。",
        ),
        ("I4",),
    ),
    Figure(
        "new-businesses",
        Bilingual("New businesses created", "新事業の創出"),
        Bilingual("about 40,000 (expected)", "約4万件(見込み)"),
        None,
        Bilingual(
            "Not a rate. New businesses are counted from the register of the clusters (page “Published figures and our records”).",
            "率ではありません。新事業の数はクラスターの登録から数えます(「公表値と本システムの記録」のページ)。",
        ),
        ("I7", "I8"),
    ),
)

CONTRADICTIONS: dict[str, Bilingual] = {
    "I1": Bilingual(
        "The same 80 projects appear as a share of 165 and of 170. 80 of 165 is 48.5 % and fits the printed 48 %; "
        "80 of 170 is 47.1 % and does not. We count against 165 and take 170 for a rounded or later number.",
        "同じ80件が165件と170件の双方を分母として示されています。80/165=48.5%は公表値48%と合い、80/170=47.1%は合いません。"
        "当システムは165件を分母とし、170件は概数または後日の件数とみています。",
    ),
    "I2": Bilingual(
        "1,130 is called the number of completed projects in one place and of projects of FY1997–2004 in another. For "
        "a programme of two years both cannot hold at the end of 2005; they can on 31 March 2006, which is used here.",
        "1,130件は、ある箇所では完了件数、別の箇所では1997~2004年度の件数とされています。2年間の事業では2005年末に両立しません。"
        "ここでは両立しうる2006年3月31日を基準としています。",
    ),
    "I3": Bilingual(
        "Clusters exist since FY2001, projects are counted from FY1997. The first four years can only count by looking "
        "back from a later day, so firms that joined because of their project are included.",
        "クラスター計画は2001年度開始ですが、対象は1997年度からです。最初の4年度分は後の時点から遡って数えるほかなく、"
        "プロジェクトを契機に参加した企業も含まれます。",
    ),
    "I4": Bilingual(
        "The heading speaks of enterprises, two of the four figures count projects. Shares of projects and of "
        "companies do not compare.",
        "見出しは「企業」の割合ですが、4つのうち2つはプロジェクトの割合です。両者は比較できません。",
    ),
    "I5": Bilingual(
        "Whether one participating company is enough or the core company decides is not said. Both readings (PR-1, "
        "PR-2) can be computed here; the table uses the first.",
        "1社でも参加していればよいのか、中核企業で判断するのかは示されていません。PR-1とPR-2の双方を計算でき、表は前者です。",
    ),
    "I6": Bilingual(
        "The 1,503 ventures are said to have started in FY2001–2005. Other counts make it more likely that this is the "
        "running total of all university ventures at the end of FY2005.",
        "1,503社は「2001~2005年度設立」とされていますが、他の統計からみて2005年度末時点の累計である可能性が高いと考えられます。",
    ),
    "I7": Bilingual(
        "40,000 new businesses stand once as the expected result of Phase I and once as the target of Phase II. A "
        "forecast and a target are different things, and since when they cumulate is not said.",
        "4万件は第I期の見込みと第II期の目標の両方に現れます。見込みと目標は別のものであり、累計の起点も示されていません。",
    ),
    "I8": Bilingual(
        "A further 1,000 is given once as new businesses and once as cases of businesses, products, patents and "
        "others: two different units.",
        "別の「1,000件」は、新事業の数とする箇所と、新事業・新製品・特許等の件数とする箇所があり、単位が異なります。",
    ),
    "I9": Bilingual(
        "Phases are given in years; only Phase II has days. We read them as fiscal years.",
        "期間は年で示され、日付があるのは第II期だけです。年度として扱っています。",
    ),
    "I12": Bilingual(
        "9,800 companies and 290 universities hold for one day only; other sources give other numbers for other days.",
        "9,800社・290大学は一時点の値で、他の資料は別の時点の値を示しています。",
    ),
    "I14": Bilingual(
        "The 290 universities include technical colleges.", "290大学には高等専門学校を含みます。"
    ),
    "I16": Bilingual(
        "19 projects of Phase I, less 5, plus 3, make the 17 of Phase II: this one agrees, and the lineage shows it.",
        "第I期19件から5件減、3件増で第II期17件となり、これは整合しています(継承関係の一覧で確認できます)。",
    ),
}  # fmt: skip

"""The set-up checklist of each regime, the axes of an interim evaluation, the order of an award's life: all as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.agreements.choices import AwardStatus as S
from app.agreements.choices import Side
from app.core.errors import Reason
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.projects.choices import Regime


@dataclass(frozen=True)
class Point:
    """One point of the checklist: who does it, whether it may be left out, whether a file belongs to it."""

    code: str
    side: Side
    title: Bilingual
    note: Bilingual
    optional: bool = False
    file: bool = False


_PLAN = Point(
    "plan", Side.consortium, Bilingual("Detailed work plan", "実施計画書の提出"),
    Bilingual("Work of each organisation per quarter, people in charge, goals with numbers.",
              "機関ごと・四半期ごとの実施内容、担当者、数値目標を記載します。"), file=True,
)  # fmt: skip
_QUOTES = Point(
    "quotes", Side.consortium, Bilingual("Grounds of the costs", "積算根拠資料の提出"),
    Bilingual("Quotations and unit prices behind the budget lines.", "見積書・単価表など、経費の積算根拠です。"),
    file=True,
)  # fmt: skip
_ACCOUNTING = Point(
    "accounting", Side.consortium, Bilingual("Accounting prepared", "経理体制の整備"),
    Bilingual("Separate ledger, person in charge of accounts, time sheets introduced.",
              "区分経理、経理担当者の選任、作業日報の導入を確認します。"),
)  # fmt: skip
_BANK = Point(
    "bank", Side.consortium, Bilingual("Bank account reported", "振込口座の届出"),
    Bilingual("Tell the office by its usual form; the number is not written here.",
              "所定の様式で届け出ます。口座番号はここに記載しません。"),
)  # fmt: skip
_PLEDGE = Point(
    "pledge", Side.consortium, Bilingual("Pledges of all organisations", "誓約書の提出(全機関)"),
    Bilingual("No ties to organised crime, no misuse of research funds.",
              "暴力団排除及び研究費不正使用防止に関する誓約です。"), file=True,
)  # fmt: skip
_DOUBLE = Point(
    "double_funding", Side.office, Bilingual("Double funding excluded", "重複受給がないことの確認"),
    Bilingual("Other public funds of the consortium were looked at.", "他の公的資金との重複・過度の集中を確認します。"),
)  # fmt: skip
_CONDITIONS = Point(
    "conditions", Side.office, Bilingual("Conditions of the decision met", "採択条件の充足確認"),
    Bilingual("What the decision asked for is in the work plan.", "採択時の条件が実施計画に反映されていることを確認します。"),
)  # fmt: skip
_IP = Point(
    "ip", Side.consortium, Bilingual("Agreement on intellectual property", "知的財産の取扱いに関する合意書"),
    Bilingual("Who owns, who may use, how inventions are reported (CON-18).",
              "帰属、実施、発明の報告方法を定めた合意書です(CON-18)。"), file=True,
)  # fmt: skip

CHECKLISTS: dict[Regime, tuple[Point, ...]] = {
    Regime.commission: (
        _PLAN, _QUOTES, _PLEDGE, _IP,
        Point(
            "recommission", Side.consortium, Bilingual("Re-commissions planned", "再委託の計画"),
            Bilingual("Which member or third party gets what, with the reason beyond 50 % (CON-16).",
                      "再委託先と内容。50%を超える場合は理由書を添付します(CON-16)。"), optional=True, file=True,
        ),
        _ACCOUNTING, _BANK, _CONDITIONS, _DOUBLE,
    ),
    Regime.subsidy: (
        _PLAN, _QUOTES, _PLEDGE,
        Point(
            "rules", Side.consortium, Bilingual("Signed rules of the collaboration", "連携規約(署名済み)の提出"),
            Bilingual("Roles, responsibilities and shares of all members (NC-5).",
                      "全構成員の役割・責任・負担割合を定めたものです(NC-5)。"), file=True,
        ),
        Point(
            "own_funds", Side.consortium, Bilingual("Own funds shown", "自己負担分の資金調達の確認"),
            Bilingual("How the part that is not subsidised is paid until the settlement.",
                      "精算払までの資金及び補助対象外部分の調達方法です。"),
        ),
        Point(
            "assets", Side.consortium, Bilingual("Assets that will be restricted", "処分制限財産の予定"),
            Bilingual("Equipment of 500,000 yen or more without tax (MON-7).",
                      "単価50万円以上(税抜)の機械等の一覧です(MON-7)。"), optional=True,
        ),
        _ACCOUNTING, _BANK, _CONDITIONS, _DOUBLE,
    ),
}  # fmt: skip
POINTS: dict[str, Point] = {point.code: point for points in CHECKLISTS.values() for point in points}

_FIXED = Bilingual(
    "The amount is fixed after an inspection: the lower of the ceiling and of the accepted cost times the share.",
    "支払額は、確定検査を経て、上限額と、認められた経費に支払割合を乗じた額とのいずれか低い額に確定する。",
)
_REPORT = Bilingual(
    "The performance report arrives within 30 days after completion or by 10 April of the next fiscal year, whichever"
    " comes first.",
    "実績報告書は、完了後30日以内又は翌年度4月10日のいずれか早い日までに提出する。",
)
_CHANGES = Bilingual(
    "Changes of content, members, period, or transfers beyond the limit need approval beforehand.",
    "内容、構成員、期間又は費目間の流用限度を超える変更は、あらかじめ承認を受ける。",
)
_BOOKS = Bilingual(
    "Books and evidence are kept for 5 years after the fiscal year of completion.",
    "帳簿及び証拠書類は、完了した年度の終了後5年間保存する。",
)
#: The general conditions (MON-3, MON-4, MON-5, MON-8, CON-18, MON-7, MON-9): part of the text that both sides confirm.
GENERAL: dict[Regime, tuple[Bilingual, ...]] = {
    Regime.commission: (
        _FIXED, _REPORT, _CHANGES,
        Bilingual(
            "Assets bought belong to the State. Intellectual property may belong to the contractor, who reports inventions.",
            "取得財産は国に帰属する。知的財産権は、発明の報告等を条件に乙に帰属させることができる。",
        ),
        _BOOKS,
    ),
    Regime.subsidy: (
        _FIXED, _REPORT, _CHANGES,
        Bilingual(
            "Assets bought are kept with care and their disposal is restricted. Profit from commercialization is returned"
            " as the rules say.",
            "取得財産は善良な管理者の注意をもって管理し、処分の制限に従う。"
            "事業化により収益を得たときは、収益納付の定めに従う。",
        ),
        _BOOKS,
    ),
}  # fmt: skip

#: The axes of domain.md 4.2, each graded A to D.
AXES: dict[str, Bilingual] = {
    "technical": Bilingual("Technology", "技術"),
    "commercialization": Bilingual("Commercialization", "事業化"),
    "policy": Bilingual("Policy", "政策"),
    "management": Bilingual("Management", "実施体制"),
}

#: The line of steps on an award's page. In a commission the steps from the contract on come once a fiscal year.
STEPS: dict[Regime, tuple[S, ...]] = {
    Regime.commission: (
        S.adopted, S.cost_assessment, S.contracted, S.running, S.reported, S.inspected, S.amount_fixed, S.settled,
        S.completed, S.follow_up, S.closed,
    ),
    Regime.subsidy: (
        S.adopted, S.grant_applied, S.granted, S.running, S.reported, S.inspected, S.amount_fixed, S.paid, S.follow_up,
        S.closed,
    ),
}  # fmt: skip
#: Here the costs are assessed.
ASSESSING = (S.cost_assessment, S.grant_applied)
#: Before any contract: a corrected decision may still change the amount.
BEFORE_CONTRACT = (S.adopted, *ASSESSING)
#: The contract (or grant decision) holds; work has not begun.
AGREED = (S.contracted, S.granted)
#: Work has begun, and neither been suspended nor ended before its time.
AT_WORK = (S.running, S.reported, S.inspected, S.amount_fixed, S.settled, S.paid)
#: Ended before its time; amounts may still be fixed and settled.
ENDED = (S.withdrawn, S.terminated, S.revoked, S.repayment)

#: What upper floors ask for before an event: event -> functions of the award that answer reasons (empty when met).
NEEDS: dict[str, list[Callable[[Any], list[Reason]]]] = {}


@dataclass(frozen=True)
class HandedIn:
    """A performance report on a contract that was handed in here: the day, whether it is accepted, and where it stands."""

    on: date
    accepted: bool
    endpoint: str
    arguments: dict[str, Any]


#: contracts (of awards with their projects) -> the performance reports on them that were handed in, by contract id: the
#: floor of reports answers.
PERFORMANCE: list[Callable[[Sequence[Any]], Mapping[int, HandedIn]]] = []
#: The office sent the performance report on a contract back: (contract, reason, actor).
SENT_BACK: list[Callable[[Any, str, Any], object]] = []


def handed_in(contracts: Sequence[Any]) -> dict[int, HandedIn]:
    """The performance reports on these contracts that were handed in here, by contract id."""
    found: dict[int, HandedIn] = {}
    for ask in PERFORMANCE if contracts else ():
        found |= ask(contracts)
    return found


#: What upper floors ask of changed terms: functions of (contract, new ceiling in yen) that answer reasons.
TERMS: list[Callable[[Any, int], list[Reason]]] = []


def reports_by(ends_on: date, completed_on: date | None = None) -> date:
    """MON-5: the performance report is due 30 days after completion or by 10 April, whichever comes first."""
    done = completed_on or ends_on
    return min(date.fromordinal(done.toordinal() + 30), date(fiscal_year(done) + 1, 4, 10))


def followed_until(completed_on: date, years: int) -> date:
    """MON-10: the last day of the last fiscal year that is followed up; the first is that of completion."""
    return fiscal_year_end(fiscal_year(completed_on) + years - 1)

"""The SME test (domain.md 11.4), computed for a day from the sizes that were true then."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.i18n import Bilingual


class Branch(StrEnum):
    manufacturing = "manufacturing"
    wholesale = "wholesale"
    retail = "retail"
    service = "service"
    rubber = "rubber"
    inn = "inn"
    software = "software"

    @property
    def label(self) -> Bilingual:
        return {
            "manufacturing": Bilingual(
                "manufacturing, construction, transport, other", "製造業・建設業・運輸業・その他"
            ),
            "wholesale": Bilingual("wholesale", "卸売業"),
            "retail": Bilingual("retail", "小売業"),
            "service": Bilingual("service", "サービス業"),
            "rubber": Bilingual("rubber products", "ゴム製品製造業"),
            "inn": Bilingual("inns and hotels", "旅館業"),
            "software": Bilingual("software and information processing", "ソフトウェア業・情報処理サービス業"),
        }[self.value]


@dataclass(frozen=True)
class Limits:
    """An enterprise is an SME when its capital or its number of regular employees does not pass these."""

    capital_yen: int
    employees: int
    small: int


MILLION = 10**6
LIMITS = {
    Branch.manufacturing: Limits(300 * MILLION, 300, 20),
    Branch.wholesale: Limits(100 * MILLION, 100, 5),
    Branch.service: Limits(50 * MILLION, 100, 5),
    Branch.retail: Limits(50 * MILLION, 50, 5),
    Branch.rubber: Limits(300 * MILLION, 900, 20),
    Branch.inn: Limits(50 * MILLION, 200, 5),
    Branch.software: Limits(300 * MILLION, 300, 5),
}


class Size(StrEnum):
    large = "large"
    deemed_large = "deemed_large"
    sme = "sme"
    small = "small"
    unknown = "unknown"
    not_a_company = "not_a_company"

    @property
    def label(self) -> Bilingual:
        return {
            "large": Bilingual("Large enterprise", "大企業"),
            "deemed_large": Bilingual("Deemed large enterprise", "みなし大企業"),
            "sme": Bilingual("Small or medium-sized enterprise", "中小企業者"),
            "small": Bilingual("Small enterprise (also an SME)", "小規模企業者(中小企業者に含む)"),
            "unknown": Bilingual("Cannot be judged", "判定できません"),
            "not_a_company": Bilingual("Not a company", "企業ではありません"),
        }[self.value]


@dataclass(frozen=True)
class Facts:
    """What the test looks at, as true on the day."""

    is_company: bool
    sole_proprietor: bool = False
    jsic: str | None = None
    capital_yen: int | None = None
    employees: int | None = None
    one_large_owner_pct: int | None = None
    officers_from_large_pct: int | None = None


@dataclass(frozen=True)
class Judgement:
    size: Size
    branch: Branch
    limits: Limits
    facts: Facts
    why: Bilingual

    @property
    def is_sme(self) -> bool:
        return self.size in (Size.sme, Size.small)


_SERVICE_DIVISIONS = frozenset("HMNOPQ")
_SERVICE_MAJORS = frozenset(("37", "38", "41", *(str(n) for n in range(70, 94))))


def branch_of(jsic: str | None) -> Branch:
    """The test's branch of an industry, by revision 11; what is not listed elsewhere counts as manufacturing etc."""
    code = (jsic or "").strip().upper()
    if not code:
        return Branch.manufacturing
    if code[0].isalpha():
        digits = code[1:]
        if not digits:
            return Branch.service if code in _SERVICE_DIVISIONS else Branch.manufacturing
        code = digits
    major = code[:2]
    if code[:3] in ("202", "203", "209") or (major == "20" and len(code) == 2):
        return Branch.rubber  # tyres and tubes (201) are excluded
    if major == "39":
        return Branch.software
    if code[:3] == "721":
        return Branch.inn
    if major.isdigit() and 49 <= int(major) <= 54:
        return Branch.wholesale
    if major.isdigit() and (55 <= int(major) <= 60 or int(major) in (70, 71)):
        return Branch.retail
    return Branch.service if major in _SERVICE_MAJORS else Branch.manufacturing


def judge(facts: Facts) -> Judgement:
    """Is this an SME? Capital **or** employees within the limit; a sole proprietor by employees alone."""
    branch = branch_of(facts.jsic)
    limits = LIMITS[branch]

    def answer(size: Size, en: str, ja: str) -> Judgement:
        return Judgement(size, branch, limits, facts, Bilingual(en, ja))

    if not facts.is_company:
        return answer(Size.not_a_company, "The test is for companies only.", "企業のみが対象です。")
    if (facts.one_large_owner_pct or 0) >= 50:
        return answer(
            Size.deemed_large,
            "Large companies hold half of the shares or more.",
            "大企業が発行済株式の2分の1以上を保有しています。",
        )
    if (facts.officers_from_large_pct or 0) >= 50:
        return answer(
            Size.deemed_large,
            "Half of the officers or more come from large companies.",
            "役員の2分の1以上を大企業の役職員が占めています。",
        )
    capital = None if facts.sole_proprietor else facts.capital_yen
    by_capital = None if capital is None else capital <= limits.capital_yen
    by_employees = None if facts.employees is None else facts.employees <= limits.employees
    if facts.employees is not None and facts.employees <= limits.small:
        return answer(
            Size.small, "The number of employees lies within the small limit.", "従業員数が小規模企業者の基準以下です。"
        )
    if by_capital or by_employees:
        return answer(
            Size.sme,
            "Capital or employees lie within the limit; one of the two is enough.",
            "資本金または従業員数のいずれかが基準以下です。",
        )
    if by_employees is None or (by_capital is None and not facts.sole_proprietor):
        return answer(
            Size.unknown,
            "Capital or the number of employees is not recorded.",
            "資本金または従業員数が登録されていません。",
        )
    return answer(Size.large, "Both capital and employees pass the limits.", "資本金・従業員数とも基準を超えています。")

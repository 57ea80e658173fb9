"""Kinds of survey waves and questions, states, sizes and measures, and what METI printed in 2006."""

from enum import StrEnum
from pathlib import Path

from app.core import codelists
from app.core.i18n import Bilingual

DATA = Path(__file__).parent / "data"
GROUPS = codelists.load(DATA / "groups.csv")
#: The 18 questions of Monitoring Survey 1, in the order in which the slide prints them (S050), with the slide's own
#: judgement of each (S051): high, middle, low; one label may be either (domain.md 3.2).
EFFECT_ITEMS = codelists.load(DATA / "effect_items.csv")


class _Labelled(StrEnum):
    @property
    def label(self) -> Bilingual:
        return Bilingual(*LABELS[type(self).__name__][self.value])


class WaveKind(_Labelled):
    """What is asked: for effects (CR-17), or for the yearly figures of the firm (CR-16)."""

    effect = "effect"
    figures = "figures"


class Basis(_Labelled):
    """Who is asked: companies that are members of clusters, or that take part in projects of a programme."""

    clusters = "clusters"
    programme = "programme"


class WaveStatus(_Labelled):
    draft = "draft"
    scheduled = "scheduled"
    open = "open"
    closed = "closed"


class ResponseStatus(_Labelled):
    draft = "draft"
    sent = "sent"
    withdrawn = "withdrawn"


class ItemKind(_Labelled):
    """How a question is answered. The last is given with options of its own."""

    yes_no = "yes_no"
    scale = "scale"
    choice = "choice"


class SizeGroup(_Labelled):
    large = "large"
    sme = "sme"
    small = "small"

    @classmethod
    def of(cls, org_type: str) -> "SizeGroup":
        """By the kind of company on the register (domain.md 11.5)."""
        return {"company_large": cls.large, "company_sme": cls.sme}.get(org_type, cls.small)


class Measure(_Labelled):
    """A yearly figure of a firm: yen, or persons."""

    sales = "sales"
    operating_profit = "operating_profit"
    net_profit = "net_profit"
    rd_cost = "rd_cost"
    employees = "employees"

    @property
    def column(self) -> str:
        """The column of the yearly profile that holds it."""
        return "employees" if self is Measure.employees else f"{self.value}_yen"

    @property
    def signed(self) -> bool:
        """A profit may be a loss."""
        return self in (Measure.operating_profit, Measure.net_profit)


LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "WaveKind": {
        "effect": ("Effects of taking part", "参加の効果"),
        "figures": ("Yearly figures of the firm", "企業の年度別数値"),
    },
    "Basis": {
        "clusters": ("Members of clusters", "クラスターの参加企業"),
        "programme": ("Participants of a programme’s projects", "事業の課題の参加企業"),
    },
    "WaveStatus": {
        "draft": ("Being composed", "作成中"),
        "scheduled": ("Will open on its day", "開始日待ち"),
        "open": ("Open", "回答受付中"),
        "closed": ("Closed", "終了"),
    },
    "ResponseStatus": {
        "draft": ("Saved, not sent", "保存済み・未送信"),
        "sent": ("Sent", "送信済み"),
        "withdrawn": ("Taken back for good", "取下げ済み"),
    },
    "ItemKind": {
        "yes_no": ("Yes or no", "はい・いいえ"),
        "scale": ("Four steps", "4段階"),
        "choice": ("Options of its own", "独自の選択肢"),
    },
    "SizeGroup": {
        "large": ("Large companies", "大企業"),
        "sme": ("Small and medium enterprises", "中小企業"),
        "small": ("Small enterprises and sole proprietors", "小規模企業・個人事業主"),
    },
    "Measure": {
        "sales": ("Sales (yen)", "売上高(円)"),
        "operating_profit": ("Operating profit (yen)", "営業利益(円)"),
        "net_profit": ("Net profit (yen)", "当期純利益(円)"),
        "rd_cost": ("R&D cost (yen)", "研究開発費(円)"),
        "employees": ("Employees", "従業員数(人)"),
    },
}

#: What the slide says of each group of questions (S051).
JUDGED = {
    "high": Bilingual("highly effective", "効果が高い"),
    "middle": Bilingual("effective to a certain extent", "一定の効果がある"),
    "low": Bilingual("must be improved", "改善が必要"),
    "unclear": Bilingual("either of the last two: the slide does not say", "後二者のいずれか(スライドからは不明)"),
}

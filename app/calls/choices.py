"""Programmes, the life of a call, frames and cost items."""

from enum import StrEnum
from pathlib import Path

from app.core import codelists
from app.core.i18n import Bilingual

DATA = Path(__file__).parent / "data"
COST_ITEMS = codelists.load(DATA / "cost_items.csv")  # domain.md 4.3


class Programme(StrEnum):
    consortium_rd = "consortium_rd"
    new_collaboration = "new_collaboration"

    @property
    def label(self) -> Bilingual:
        return {
            "consortium_rd": Bilingual(
                "Consortium R&D Projects for Regional Revitalization", "地域新生コンソーシアム研究開発事業"
            ),
            "new_collaboration": Bilingual("New Collaboration Business Support", "新連携支援事業"),
        }[self.value]

    @property
    def short(self) -> Bilingual:
        return {
            "consortium_rd": Bilingual("Consortium R&D", "コンソーシアム研究開発"),
            "new_collaboration": Bilingual("New Collaboration", "新連携"),
        }[self.value]


class FrameCode(StrEnum):
    """Sub-streams of a call (CON-9); New Collaboration has none."""

    general = "general"
    sme = "sme"
    energy_saving = "energy_saving"

    @property
    def label(self) -> Bilingual:
        return {
            "general": Bilingual("General frame", "一般枠"),
            "sme": Bilingual("SME frame", "中小企業枠"),
            "energy_saving": Bilingual("Energy-saving frame", "省エネルギー枠"),
        }[self.value]


class CallStatus(StrEnum):
    """draft → published → decided → archived. *Open* and *closed* are read off the clock, never stored."""

    draft = "draft"
    published = "published"
    decided = "decided"
    archived = "archived"

    @property
    def label(self) -> Bilingual:
        return {
            "draft": Bilingual("Draft", "作成中"),
            "published": Bilingual("Published", "公表済み"),
            "decided": Bilingual("Results released", "採択結果公表済み"),
            "archived": Bilingual("Archived", "保存済み"),
        }[self.value]


class Phase(StrEnum):
    """Where a published call stands by the clock."""

    forthcoming = "forthcoming"
    open = "open"
    closed = "closed"

    @property
    def label(self) -> Bilingual:
        return {
            "forthcoming": Bilingual("Opens soon", "受付開始前"),
            "open": Bilingual("Open", "受付中"),
            "closed": Bilingual("Closed", "受付終了"),
        }[self.value]


class DeadlineChange(StrEnum):
    """How a deadline was moved, and for whom: ``individual`` (and a grace with an application) for one consortium."""

    extension = "extension"
    shortening = "shortening"
    grace = "grace"
    individual = "individual"

    @property
    def label(self) -> Bilingual:
        return {
            "extension": Bilingual("Closing time extended", "締切の延長"),
            "shortening": Bilingual("Closing time brought forward", "締切の繰上げ"),
            "grace": Bilingual("Grace for handing in", "提出猶予"),
            "individual": Bilingual("Extension for this application", "個別の締切延長"),
        }[self.value]

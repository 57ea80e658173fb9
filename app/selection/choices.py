"""How a solver ended, what a list is sorted by, what a bound counts."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Solution(StrEnum):
    """What came of a scenario."""

    optimal = "optimal"
    stopped = "stopped"
    infeasible = "infeasible"
    failed = "failed"

    @property
    def label(self) -> Bilingual:
        return {
            "optimal": Bilingual("Best possible", "最適"),
            "stopped": Bilingual("Stopped by the time limit; a good list", "時間切れ(最良の候補)"),
            "infeasible": Bilingual("The conditions contradict each other", "条件を同時に満たせません"),
            "failed": Bilingual("Could not be computed", "計算できませんでした"),
        }[self.value]


class Sorting(StrEnum):
    """What the ranking can be sorted by."""

    raw = "raw"
    adjusted = "adjusted"
    spread = "spread"
    above = "above"
    amount = "amount"
    number = "number"


class Measure(StrEnum):
    """What a floor or a cap counts."""

    number = "number"
    yen = "yen"
    share = "share"

    @property
    def label(self) -> Bilingual:
        return {
            "number": Bilingual("proposals", "件数"),
            "yen": Bilingual("yen", "金額(円)"),
            "share": Bilingual("percent of the money", "金額の割合(%)"),
        }[self.value]


class Dimension(StrEnum):
    """What proposals are grouped by."""

    region = "region"
    field = "field"
    frame = "frame"
    sme = "sme"
    cluster = "cluster"

    @property
    def label(self) -> Bilingual:
        return {
            "region": Bilingual("Region", "地域"),
            "field": Bilingual("Field", "分野"),
            "frame": Bilingual("Frame", "枠"),
            "sme": Bilingual("Money asked for by SMEs", "中小企業の経費"),
            "cluster": Bilingual("With a member of a cluster", "クラスター参加機関"),
        }[self.value]

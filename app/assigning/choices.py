"""What reviewers say of proposals, and where a plan stands."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Level(StrEnum):
    """A reviewer's wish for one proposal."""

    want = "want"
    can = "can"
    rather_not = "rather_not"
    cannot = "cannot"

    @property
    def label(self) -> Bilingual:
        return {
            "want": Bilingual("I would like to", "希望する"),
            "can": Bilingual("I can", "担当できる"),
            "rather_not": Bilingual("Rather not", "できれば避けたい"),
            "cannot": Bilingual("I cannot", "担当できない"),
        }[self.value]


class Method(StrEnum):
    """How the pairs of a plan were found."""

    preview = "preview"
    optimal = "optimal"

    @property
    def label(self) -> Bilingual:
        return {
            "preview": Bilingual("Quick preview", "簡易割当"),
            "optimal": Bilingual("Optimum", "最適割当"),
        }[self.value]


class Verdict(StrEnum):
    """What came of a plan."""

    preview = "preview"
    optimal = "optimal"
    stopped = "stopped"
    infeasible = "infeasible"
    failed = "failed"

    @property
    def label(self) -> Bilingual:
        return {
            "preview": Bilingual("Quick preview, not the optimum", "簡易割当(最適とは限りません)"),
            "optimal": Bilingual("Best possible", "最適"),
            "stopped": Bilingual("Stopped by the time limit; a good plan", "時間切れ(良好な案)"),
            "infeasible": Bilingual("The conditions contradict each other", "条件を同時に満たせません"),
            "failed": Bilingual("Could not be computed", "計算できませんでした"),
        }[self.value]


class PlanState(StrEnum):
    """Where a plan stands; read off its columns, never stored. Stale: what it was computed from has changed."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"
    stale = "stale"
    applied = "applied"

    @property
    def label(self) -> Bilingual:
        return {
            "queued": Bilingual("Waiting", "待機中"),
            "running": Bilingual("Being computed", "計算中"),
            "done": Bilingual("Ready", "計算済み"),
            "failed": Bilingual("No plan", "案なし"),
            "stale": Bilingual("Out of date", "要再計算"),
            "applied": Bilingual("Applied", "適用済み"),
        }[self.value]


class Change(StrEnum):
    """What a pair of a plan means for what is assigned already."""

    keep = "keep"
    add = "add"
    remove = "remove"

    @property
    def label(self) -> Bilingual:
        return {
            "keep": Bilingual("stays", "維持"),
            "add": Bilingual("new", "追加"),
            "remove": Bilingual("withdrawn", "取消し"),
        }[self.value]

"""The life of a project."""

from enum import StrEnum

from app.core.i18n import Bilingual


class ProjectStatus(StrEnum):
    adopted = "adopted"
    running = "running"
    completed = "completed"
    terminated = "terminated"
    withdrawn = "withdrawn"

    @property
    def label(self) -> Bilingual:
        return {
            "adopted": Bilingual("Adopted, not yet started", "採択・着手前"),
            "running": Bilingual("Running", "実施中"),
            "completed": Bilingual("Completed", "完了"),
            "terminated": Bilingual("Terminated", "中止"),
            "withdrawn": Bilingual("Withdrawn", "辞退"),
        }[self.value]


class Regime(StrEnum):
    """MON-1: who orders, who owns, and whether profit is returned."""

    commission = "commission"
    subsidy = "subsidy"

    @property
    def label(self) -> Bilingual:
        return {"commission": Bilingual("Commission", "委託"), "subsidy": Bilingual("Subsidy", "補助")}[self.value]

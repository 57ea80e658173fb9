"""What a score is set against, and how far a project's result is known."""

from enum import StrEnum

from app.core.i18n import Bilingual


class Against(StrEnum):
    """The later result that scores are compared with."""

    reached = "reached"
    speed = "speed"
    sales = "sales"

    @property
    def label(self) -> Bilingual:
        return {
            "reached": Bilingual("level reached in time", "期間内に段階へ到達したか"),
            "speed": Bilingual("how early the first sale came", "販売開始の早さ"),
            "sales": Bilingual("sales against the plan", "売上の計画比"),
        }[self.value]


class State(StrEnum):
    """How far the result of one project is known. Only ``yes`` and ``no`` enter a figure; all others are counted apart."""

    yes = "yes"
    no = "no"
    unknown = "unknown"  # observed long enough in principle, but nobody answered when it mattered
    young = "young"  # the time that the question asks for has not passed since completion
    unfinished = "unfinished"  # running, stopped, or never started
    unplanned = "unplanned"  # no plan names what the result would be compared with

    @property
    def label(self) -> Bilingual:
        return {
            "yes": Bilingual("yes", "該当"),
            "no": Bilingual("no", "非該当"),
            "unknown": Bilingual("unknown (no answer)", "不明(無回答)"),
            "young": Bilingual("not observed long enough", "観察期間不足"),
            "unfinished": Bilingual("not completed", "未完了"),
            "unplanned": Bilingual("without a plan", "計画なし"),
        }[self.value]

    @property
    def known(self) -> bool:
        return self in (State.yes, State.no)


#: What a list may be asked for: one heading, or all that entered the figures.
COUNTED = "counted"
COUNTED_LABEL = Bilingual("counted (yes and no)", "集計対象(該当・非該当)")


def headings(asked: str) -> frozenset[State]:
    """The headings of a list by its name in an address; raises ValueError for an unknown one."""
    return frozenset((State.yes, State.no)) if asked == COUNTED else frozenset((State(asked),))

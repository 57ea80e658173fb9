"""The four axes on which an officer judges a project's course, with what each score stands for."""

from dataclasses import dataclass

from app.core.i18n import Bilingual

LOWEST, HIGHEST = 1, 4


@dataclass(frozen=True)
class Axis:
    """``anchors`` say in words what 1, 2, 3 and 4 mean, in this order."""

    key: str
    title: Bilingual
    anchors: tuple[Bilingual, Bilingual, Bilingual, Bilingual]


AXES = (
    Axis(
        "schedule",
        Bilingual("Schedule", "進捗"),
        (
            Bilingual("Stopped, or the end can no longer be kept", "停滞、又は期間内の完了が見込めない"),
            Bilingual("Late; the end is in danger without measures", "遅延があり、対策がなければ完了が危うい"),
            Bilingual("Small delays that the plan can take up", "軽微な遅れがあるが計画内で吸収できる"),
            Bilingual("As planned or ahead", "計画どおり又は前倒し"),
        ),
    ),
    Axis(
        "technical",
        Bilingual("Technical results", "技術的成果"),
        (
            Bilingual("The main goal cannot be reached by this way", "現在の方法では主目標の達成が見込めない"),
            Bilingual("Main problems unsolved, no proven way yet", "主要課題が未解決で、方策も確認されていない"),
            Bilingual("Targets in sight, some problems open", "一部課題は残るが目標達成が見込める"),
            Bilingual("Targets reached or exceeded so far", "これまでの目標を達成又は超過"),
        ),
    ),
    Axis(
        "cost",
        Bilingual("Cost", "経費"),
        (
            Bilingual("Costs that cannot be accepted, or no records", "認められない経費がある、又は帳票がない"),
            Bilingual("Far from the plan, reasons unclear", "計画との乖離が大きく理由が不明"),
            Bilingual("Off the plan, reasons understood", "計画との差はあるが理由は明らか"),
            Bilingual("As planned, records in order", "計画どおりで帳票も整っている"),
        ),
    ),
    Axis(
        "consortium",
        Bilingual("Consortium", "実施体制"),
        (
            Bilingual("A partner no longer works, or a conflict stops the work", "参加機関の離脱又は対立により停滞"),
            Bilingual("Roles unclear, little exchange", "役割が不明確で連携が乏しい"),
            Bilingual("Works together, with some friction", "概ね連携しているが一部に課題"),
            Bilingual("Works together well; the lead leads", "連携が良好で統括が機能している"),
        ),
    ),
)

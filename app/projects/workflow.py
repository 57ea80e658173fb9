"""The life of a project."""

from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.projects import policy
from app.projects.choices import ProjectStatus as S

MACHINE = Machine(
    "project",
    S,
    S.adopted,
    (
        Transition("start", sources(S.adopted), S.running, policy.is_officer, label=Bilingual("Start", "開始する")),
        Transition(
            "withdraw",
            sources(S.adopted),
            S.withdrawn,
            policy.is_officer,
            label=Bilingual("Record withdrawal", "辞退を記録する"),
        ),
        Transition(
            "complete", sources(S.running), S.completed, policy.is_officer, label=Bilingual("Complete", "完了とする")
        ),
        Transition(
            "terminate", sources(S.running), S.terminated, policy.is_officer, label=Bilingual("Terminate", "中止とする")
        ),
    ),
)
MACHINES = (MACHINE,)

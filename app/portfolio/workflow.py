"""The life of an action on the PDCA board."""

from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.portfolio import policy
from app.portfolio.choices import ActionStatus as S

MACHINE = Machine(
    "pdca_action",
    S,
    S.planned,
    (
        Transition("start", sources(S.planned), S.doing, policy.may_plan, label=Bilingual("Start", "着手する")),
        Transition(
            "finish", sources(S.planned, S.doing), S.done, policy.may_plan, label=Bilingual("Done", "完了とする")
        ),
        Transition(
            "drop", sources(S.planned, S.doing), S.dropped, policy.may_plan, label=Bilingual("Drop", "取りやめる")
        ),
        Transition(
            "carry",
            sources(S.planned, S.doing),
            S.carried,
            policy.may_plan,
            label=Bilingual("Carry over to the next year", "次年度へ繰り越す"),
        ),
    ),
)
MACHINES = (MACHINE,)

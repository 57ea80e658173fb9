"""The life of a flag."""

from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.flags import policy
from app.flags.choices import FlagStatus as F

LIVING = (F.open, F.acknowledged, F.snoozed, F.resolved)
FLAG = Machine(
    "flag",
    F,
    F.open,
    (
        Transition("acknowledge", sources(F.open, F.snoozed), F.acknowledged, policy.is_officer, label=Bilingual("Acknowledge", "確認する")),
        Transition("snooze", sources(F.open, F.acknowledged), F.snoozed, policy.is_officer, label=Bilingual("Snooze", "保留にする")),
        Transition("resolve", sources(F.open, F.acknowledged, F.snoozed), F.resolved, policy.is_officer, label=Bilingual("Resolve", "対応済みにする")),
        Transition("reopen", sources(F.snoozed), F.open, policy.is_system, label=Bilingual("Reopen", "再開する")),
        Transition("clear", sources(*LIVING), F.cleared, policy.is_system, label=Bilingual("Clear", "解消する")),
    ),
)  # fmt: skip
MACHINES = (FLAG,)

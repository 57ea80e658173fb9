"""The life of a name that came in."""

from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.organisations import policy
from app.organisations.choices import NameStatus as N

NAME = Machine(
    "incoming_name",
    N,
    N.waiting,
    (
        Transition("settle", sources(N.waiting), N.settled, policy.is_officer, label=Bilingual("Decide", "照合する")),
        Transition("reopen", sources(N.settled), N.waiting, policy.is_officer, label=Bilingual("Decide anew", "照合をやり直す")),
        Transition("withdraw", sources(N.waiting), N.withdrawn, policy.may_withdraw, label=Bilingual("Withdraw", "取り下げる")),
    ),
)  # fmt: skip
MACHINES = (NAME,)

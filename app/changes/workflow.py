"""The life of a change request (domain.md 12)."""

from collections.abc import Iterable
from typing import Any

from app.changes import policy
from app.changes.choices import ChangeStatus as S
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources


def says_what_and_why(request: Any) -> Iterable[Reason]:
    """MON-13: item, reason, effect on goals and budget, effective date."""
    if not request.items:
        yield Reason("items", Bilingual("Add at least one change.", "変更事項を1つ以上追加してください。"), "items")
    if not request.reason:
        yield Reason("reason", Bilingual("Give the reason.", "変更理由を記入してください。"), "reason")
    if request.effective_on is None:
        yield Reason(
            "effective", Bilingual("Say from which day the change holds.", "変更日を記入してください。"), "effective_on"
        )


B = Bilingual
MACHINE = Machine(
    "change_request",
    S,
    S.draft,
    (
        Transition("submit", sources(S.draft, S.returned), S.submitted, policy.may_write, (says_what_and_why,),
                   label=B("Hand in for approval", "承認申請を提出する")),
        Transition("notify", sources(S.draft, S.returned), S.notified, policy.may_write, (says_what_and_why,),
                   label=B("Hand in as a notice", "届出として提出する")),
        Transition("withdraw", sources(S.draft, S.submitted, S.returned), S.withdrawn, policy.may_write,
                   label=B("Withdraw", "取り下げる")),
        Transition("approve", sources(S.submitted), S.approved, policy.is_officer, label=B("Approve", "承認する")),
        Transition("approve_with_conditions", sources(S.submitted), S.approved_with_conditions, policy.is_officer,
                   label=B("Approve with conditions", "条件を付けて承認する")),
        Transition("return", sources(S.submitted), S.returned, policy.is_officer, label=B("Send back", "差し戻す")),
        Transition("reject", sources(S.submitted), S.rejected, policy.is_officer, label=B("Refuse", "承認しない")),
    ),
)  # fmt: skip
MACHINES = (MACHINE,)

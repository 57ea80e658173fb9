"""The life of an application. ``adopt``, ``reserve``, ``reject`` and their corrections are fired by the floor above."""

from collections.abc import Iterator
from typing import Any

from app.applications import policy, queries
from app.applications.choices import ApplicationStatus as S
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources


def rules_hold(application: Any) -> Iterator[Reason]:
    """Every rule of severity *error* that does not hold, with its arithmetic and the section that mends it."""
    for finding in queries.findings(application):
        if finding.blocks:
            rule = finding.rule
            words = Bilingual(
                f"{rule.text.en}: {finding.detail.en} ({rule.id})", f"{rule.text.ja}: {finding.detail.ja}({rule.id})"
            )
            yield Reason(rule.id, words, rule.where)


MACHINE = Machine(
    "application",
    S,
    S.draft,
    (
        Transition(
            "submit",
            sources(S.draft, S.correcting),
            S.submitted,
            policy.may_sign_or_system,
            (rules_hold,),
            Bilingual("Submit", "提出する"),
        ),
        Transition(
            "correct", sources(S.submitted), S.correcting, policy.may_sign, (), Bilingual("Correct", "訂正する")
        ),
        Transition(
            "send_back",
            sources(S.submitted),
            S.correcting,
            policy.is_officer,
            (),
            Bilingual("Send back for correction", "差戻し(訂正依頼)"),
        ),
        Transition(
            "resume",
            sources(S.correcting),
            S.submitted,
            policy.may_sign_or_system,
            (),
            Bilingual("Keep the earlier version", "訂正を取りやめる"),
        ),
        Transition(
            "withdraw",
            sources(S.draft, S.submitted, S.correcting),
            S.withdrawn,
            policy.may_sign,
            (),
            Bilingual("Withdraw", "取り下げる"),
        ),
        Transition(
            "screen_eligible",
            sources(S.submitted),
            S.under_review,
            policy.is_officer,
            (),
            Bilingual("Eligible: pass on to review", "要件適合(審査へ)"),
        ),
        Transition(
            "screen_ineligible",
            sources(S.submitted),
            S.ineligible,
            policy.is_officer,
            (),
            Bilingual("Not eligible", "要件不適合"),
        ),
        Transition(
            "adopt",
            sources(S.under_review),
            S.adopted,
            policy.is_officer_or_system,
            (),
            Bilingual("Adopt", "採択"),
        ),
        Transition(
            "reserve",
            sources(S.under_review),
            S.reserve,
            policy.is_officer_or_system,
            (),
            Bilingual("Put in reserve", "補欠"),
        ),
        Transition(
            "reject",
            sources(S.under_review),
            S.rejected,
            policy.is_officer_or_system,
            (),
            Bilingual("Do not adopt", "不採択"),
        ),
        Transition(
            "correct_to_adopted",
            sources(S.reserve, S.rejected),
            S.adopted,
            policy.is_officer_or_system,
            (),
            Bilingual("Adopt after all", "採択への変更"),
        ),
        Transition(
            "correct_to_reserve",
            sources(S.adopted, S.rejected),
            S.reserve,
            policy.is_officer_or_system,
            (),
            Bilingual("Put in reserve after all", "補欠への変更"),
        ),
        Transition(
            "correct_to_rejected",
            sources(S.adopted, S.reserve),
            S.rejected,
            policy.is_officer_or_system,
            (),
            Bilingual("Do not adopt after all", "不採択への変更"),
        ),
    ),
)

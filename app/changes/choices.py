"""The life of a change request, and the kinds of change (MON-4)."""

from enum import StrEnum

from app.core.i18n import Bilingual


class ChangeStatus(StrEnum):
    """domain.md 12: minor changes end as *notified*, all others are decided."""

    draft = "draft"
    submitted = "submitted"
    returned = "returned"
    approved = "approved"
    approved_with_conditions = "approved_with_conditions"
    rejected = "rejected"
    notified = "notified"
    withdrawn = "withdrawn"

    @property
    def label(self) -> Bilingual:
        return {
            "draft": Bilingual("Being written", "作成中"),
            "submitted": Bilingual("Submitted", "提出済み"),
            "returned": Bilingual("Returned for correction", "差戻し"),
            "approved": Bilingual("Approved", "承認"),
            "approved_with_conditions": Bilingual("Approved with conditions", "条件付き承認"),
            "rejected": Bilingual("Rejected", "不承認"),
            "notified": Bilingual("Notified", "届出済み"),
            "withdrawn": Bilingual("Withdrawn", "取下げ"),
        }[self.value]


#: The consortium may still write.
WRITABLE = (ChangeStatus.draft, ChangeStatus.returned)
#: What was asked for holds now.
IN_FORCE = (ChangeStatus.approved, ChangeStatus.approved_with_conditions, ChangeStatus.notified)


class ChangeKind(StrEnum):
    """What changes. ``definitions.kinds`` says what each needs and does."""

    content = "content"
    goal = "goal"
    period = "period"
    member_leaves = "member_leaves"
    member_joins = "member_joins"
    managing_organisation = "managing_organisation"
    succession = "succession"
    item_transfer = "item_transfer"
    total_amount = "total_amount"
    plan = "plan"
    suspension = "suspension"
    abolition = "abolition"
    minor = "minor"

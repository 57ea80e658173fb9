"""Who may write questionnaires: officers. Auditors read drafts, everybody reads what is published with its call."""

from typing import Any


def may_write(actor: Any, questionnaire: Any = None) -> bool:
    return bool(actor.has_role("officer", "system"))

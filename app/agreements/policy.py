"""Who may do what with an award. Both sides' people are those who may act for the project itself."""

from typing import Any

from app.agreements import queries
from app.projects import policy as projects


def is_officer(actor: Any, award: Any) -> bool:
    """An officer who is not recused."""
    return actor.has_role("officer") and projects.is_officer(actor, award.project)


def is_recipient(actor: Any, award: Any) -> bool:
    """People of the managing organisation or core company."""
    return actor.has_role("applicant") and projects.may_report(actor, award.project)


def either_side(actor: Any, award: Any) -> bool:
    return is_officer(actor, award) or is_recipient(actor, award)


def may_sign(actor: Any, award: Any) -> bool:
    """People of the managing organisation or core company whom it gave the right to sign."""
    return actor.has_role("applicant") and actor.actor_id in queries.signatory_ids(award.project)


def is_officer_of(actor: Any, part: Any) -> bool:
    """The same, asked of a contract or an evaluation."""
    return actor.has_role("officer") and is_officer(actor, part.award)


def either_side_of(actor: Any, part: Any) -> bool:
    return actor.has_role("officer", "applicant") and either_side(actor, part.award)


def sees_everybodys_costs(actor: Any, award: Any) -> bool:
    """The office and the lead; a partner sees its own lines (``queries.organisations_of``)."""
    return actor.has_role("officer", "auditor") or is_recipient(actor, award)

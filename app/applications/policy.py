"""Who may do what with an application."""

from typing import Any

from app.applications import queries
from app.applications.choices import ApplicationStatus


def is_lead(actor: Any, application: Any) -> bool:
    return queries.standing(actor, application).lead


def is_officer(actor: Any, application: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def is_officer_or_system(actor: Any, application: Any = None) -> bool:
    return bool(actor.has_role("officer", "system"))


def may_invite(actor: Any, application: Any, member: Any) -> bool:
    """The lead's people for every member, a member's own people for theirs."""
    standing = queries.standing(actor, application)
    return standing.lead or member.id in standing.member_ids


def may_edit_share(actor: Any, application: Any, member: Any) -> bool:
    return application.status == ApplicationStatus.draft and may_invite(actor, application, member)


def may_confirm_share(actor: Any, application: Any, member: Any) -> bool:
    """Only a member's own people confirm its share; not even the lead does it for them."""
    standing = queries.standing(actor, application)
    return application.status == ApplicationStatus.draft and member.id in standing.member_ids

"""Who may do what with an application."""

from typing import Any

from app.applications import queries
from app.applications.choices import WRITABLE
from app.calls import policy as calls


def is_lead(actor: Any, application: Any) -> bool:
    """Acts for the lead, if only to read."""
    return queries.standing(actor, application).lead


def may_write(actor: Any, application: Any) -> bool:
    """The sections that the lead fills in for all."""
    return queries.standing(actor, application).lead_writes


def may_read_answers(actor: Any, application: Any) -> bool:
    """The questionnaire's sections: every member's people."""
    return bool(queries.standing(actor, application).member_ids)


def may_sign(actor: Any, application: Any) -> bool:
    """Hand in, withdraw, offer the lead to another member."""
    return queries.standing(actor, application).lead_signs


def may_sign_or_system(actor: Any, application: Any) -> bool:
    return bool(actor.has_role("system")) or may_sign(actor, application)


def is_open(application: Any) -> bool:
    """Does the consortium write at present: a draft, or a submission that is being corrected?"""
    return application.status in WRITABLE


def deadline(application: Any) -> calls.Deadline:
    """Until when this application may be changed and handed in, its own extensions counted."""
    return calls.deadline(application.call, application.extensions, application.id)


def is_officer(actor: Any, application: Any = None) -> bool:
    """An officer, and not recused from this application."""
    return bool(actor.has_role("officer")) and (application is None or application.id not in queries.kept_out(actor))


def is_officer_or_system(actor: Any, application: Any = None) -> bool:
    return bool(actor.has_role("system")) or is_officer(actor, application)


def may_invite(actor: Any, application: Any, member: Any) -> bool:
    """Invite and give rights: who signs for the member; who signs for the lead while the member lets it fill in its
    costs, or while nobody acts for it (otherwise the lead could let somebody in who reads them)."""
    standing = queries.standing(actor, application)
    if member.id in standing.signs:
        return True
    return standing.lead_signs and (member.lead_fills or not queries.acting_for(member.id))


def may_end(actor: Any, application: Any, member: Any) -> bool:
    """End somebody's access: who signs for the member, and who signs for the lead."""
    standing = queries.standing(actor, application)
    return standing.lead_signs or member.id in standing.signs


def may_read_share(actor: Any, application: Any, member: Any) -> bool:
    """The page of a share: the lead's people (of a closed share its totals) and the member's own."""
    standing = queries.standing(actor, application)
    return standing.lead or member.id in standing.member_ids


def may_edit_share(actor: Any, application: Any, member: Any) -> bool:
    """The member's own people; the lead's as long as the member lets it fill in its share."""
    if application.status not in WRITABLE:
        return False
    standing = queries.standing(actor, application)
    return member.id in standing.writes or (standing.lead_writes and member.lead_fills)


def may_confirm_share(actor: Any, application: Any, member: Any) -> bool:
    """Only a member's own people confirm its share; not even the lead does it for them."""
    standing = queries.standing(actor, application)
    return application.status in WRITABLE and member.id in standing.signs

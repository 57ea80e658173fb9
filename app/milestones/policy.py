"""Who may do what with milestones and reports."""

from datetime import date
from typing import Any

from app.applications.choices import Right
from app.milestones import queries
from app.milestones.choices import ReportStatus
from app.projects import policy as projects


def may_report(actor: Any, report: Any) -> bool:
    """People who write for the managing organisation or core company; an incident's report also those of the partner
    that tells of it."""
    rights = (Right.write, Right.sign)
    return _acts_for_lead(actor, report.project, rights) or _tells(actor, report, rights)


def may_submit(actor: Any, report: Any) -> bool:
    """Handing in binds the consortium: it needs the right to sign for the lead (of an incident: for who tells of it)."""
    return _acts_for_lead(actor, report.project, (Right.sign,)) or _tells(actor, report, (Right.sign,))


def _tells(actor: Any, report: Any, rights: tuple[Right, ...]) -> bool:
    if report.organisation_id is None or not actor.has_role("applicant"):
        return False
    right = queries.rights_in(report.project.application_id).get(report.organisation_id, {}).get(actor.actor_id)
    return right is not None and right in rights


def telling_for(actor: Any, project: Any) -> set[int]:
    """The organisations for which somebody may tell of a delay or an accident."""
    if not actor.has_role("applicant"):
        return set()
    people = queries.rights_in(project.application_id)
    return {key for key, rights in people.items() if rights.get(actor.actor_id) in (Right.write, Right.sign)}


def _acts_for_lead(actor: Any, project: Any, rights: tuple[Right, ...]) -> bool:
    if not projects.may_report(actor, project):
        return False
    if project.application is None:
        return False
    right = (
        queries.rights_in(project.application_id).get(project.application.lead_organisation_id, {}).get(actor.actor_id)
    )
    return right is not None and right in rights


def is_officer(actor: Any, subject: Any) -> bool:
    """An officer who is not recused from the project that a milestone, a report or a score belongs to."""
    return projects.is_officer(actor, subject.project)


def may_decide(actor: Any, extension: Any) -> bool:
    """Granting a later due date is an officer's."""
    return bool(actor.has_role("officer")) and projects.is_officer(actor, extension.report.project)


def may_update(actor: Any, milestone: Any) -> bool:
    """People who write for the owner; the lead's where nobody owns it or the owner has nobody here."""
    if not actor.has_role("applicant"):
        return False
    writers = queries.writers_of(milestone.project.application_id, milestone.organisation_id)
    return actor.actor_id in writers if writers else projects.may_report(actor, milestone.project)


def may_write_part(actor: Any, report: Any, organisation_id: int) -> bool:
    """A partner's own people; the lead's where the partner has nobody here."""
    if not actor.has_role("applicant"):
        return False
    writers = queries.writers_of(report.project.application_id, organisation_id)
    return actor.actor_id in writers if writers else projects.may_report(actor, report.project)


def may_confirm_part(actor: Any, report: Any, organisation_id: int) -> bool:
    """Confirming a part binds the partner: it needs the right to sign."""
    if not may_write_part(actor, report, organisation_id):
        return False
    right = queries.rights_in(report.project.application_id).get(organisation_id, {}).get(actor.actor_id)
    return right in (None, Right.sign)  # None: the lead writes for a partner that has nobody here


def may_know_costs(actor: Any, report: Any, organisation_id: int) -> bool:
    """The detail of a partner's costs: its own people, and the office."""
    if actor.has_role("officer", "auditor"):
        return True
    return may_write_part(actor, report, organisation_id) or organisation_id in queries.own_organisations(
        actor, report.project.application_id
    )


def may_read(actor: Any, report: Any) -> bool:
    """The office reads what was sent, not what is still being written."""
    return report.status in (ReportStatus.submitted, ReportStatus.accepted) or not actor.has_role("officer", "auditor")


def overdue(report: Any, on: date) -> bool:
    """Computed from the due date, never stored (MON-5)."""
    return report.status in (ReportStatus.due, ReportStatus.returned) and report.due_on < on

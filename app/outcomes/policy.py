"""Who may do what with reports, claims and the ledger."""

from datetime import date
from typing import Any

from app.applications.choices import Right
from app.outcomes import queries
from app.outcomes.choices import FollowUpStatus
from app.projects import policy as projects


def may_report(actor: Any, follow_up: Any) -> bool:
    """Whoever writes for the organisation that owes the report, now, and whoever it gave this report to."""
    return bool(actor.has_role("applicant")) and queries.acts_for(actor, follow_up, (Right.write, Right.sign))


def may_submit(actor: Any, follow_up: Any) -> bool:
    """Handing in is signing; it can be given into another person's hands together with the report."""
    return bool(actor.has_role("applicant")) and queries.acts_for(actor, follow_up, (Right.sign,))


def may_give(actor: Any, follow_up: Any) -> bool:
    """Give one report into another person's hands: who signs for the organisation; the office too, because the duty
    outlives the people who left."""
    if actor.has_role("applicant") and queries.acts_for(actor, follow_up, (Right.sign,), given=False):
        return True
    return is_officer(actor, follow_up)


def is_officer(actor: Any, follow_up: Any) -> bool:
    return projects.is_officer(actor, follow_up.project)


def may_claim(actor: Any, claim: Any) -> bool:
    return bool(actor.has_role("applicant")) and may_report(actor, claim.follow_up)


def may_judge(actor: Any, claim: Any) -> bool:
    return bool(actor.has_role("officer")) and is_officer(actor, claim.follow_up)


def may_read(actor: Any, follow_up: Any) -> bool:
    """The office reads what was sent, not what is still being written."""
    sent = (FollowUpStatus.submitted, FollowUpStatus.verified)
    return follow_up.status in sent or not actor.has_role("officer", "auditor")


def may_record(actor: Any, project: Any) -> bool:
    """Add to the ledger: the lead's people (self-declared) and officers."""
    return projects.may_report(actor, project) or projects.is_officer(actor, project)


def may_correct(actor: Any, project: Any, row: Any) -> bool:
    """Take back or correct a row: officers any, the lead's people what was not checked by the office."""
    if projects.is_officer(actor, project):
        return True
    return row.evidence_level < 2 and projects.may_report(actor, project)


def may_dispute(actor: Any, observation: Any) -> bool:
    """Doubt what stands verified: officers, the lead's people, and who signs for the organisation whose word it is."""
    if projects.is_officer(actor, observation.project):
        return True
    if not actor.has_role("applicant"):
        return False
    report = observation.follow_up
    signs = report is not None and queries.acts_for(actor, report, (Right.sign,), given=False)
    return signs or projects.may_report(actor, observation.project)


def opened_it(actor: Any, dispute: Any) -> bool:
    return bool(dispute.opened_by_id == actor.actor_id)


def may_answer_dispute(actor: Any, dispute: Any) -> bool:
    return bool(actor.has_role("applicant")) and queries.answers_dispute(actor, dispute)


def may_ask_in_dispute(actor: Any, dispute: Any) -> bool:
    return bool(actor.has_role("officer")) and projects.is_officer(actor, dispute.observation.project)


def may_decide_dispute(actor: Any, dispute: Any) -> bool:
    """Two officers: not who opened it; where the consortium opened it, not who had verified the report."""
    if not may_ask_in_dispute(actor, dispute) or opened_it(actor, dispute):
        return False
    report = dispute.observation.follow_up
    return bool(dispute.by_office or report is None or report.verified_by_id != actor.actor_id)


def has_outcomes(actor: Any, project: Any) -> bool:
    """The page of outcomes is there for projects that have begun."""
    return bool(actor.has_role("applicant", "officer", "auditor"))


def organisations_of(actor: Any, project: Any) -> set[int] | None:
    """Whose sales figures this reader sees on the project's page: None for all, else their own organisations'."""
    if actor.has_role("officer", "auditor"):
        return None
    return queries.own_organisations(actor, project)


def overdue(follow_up: Any, on: date) -> bool:
    return follow_up.status in (FollowUpStatus.due, FollowUpStatus.returned) and follow_up.due_on < on

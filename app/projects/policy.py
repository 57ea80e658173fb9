"""Who may do what with a project."""

from typing import Any

from app.applications import queries as applications
from app.applications.choices import Right
from app.projects import queries


def is_officer(actor: Any, project: Any) -> bool:
    """An officer, and not recused from the application that the project was made of."""
    return actor.has_role("officer") and project.application_id not in applications.kept_out(actor)


def may_report(actor: Any, project: Any) -> bool:
    """People of the managing organisation or core company report for the project."""
    return actor.has_role("applicant") and actor.actor_id in queries.lead_person_ids(project)


def may_name(actor: Any, project: Any, organisation_id: int) -> bool:
    """Name people of an organisation that joined later: who signs for it; the lead's people while nobody does."""
    if not actor.has_role("applicant"):
        return False
    signers = {
        one.user_id
        for one in queries.people_later(project.id)
        if one.organisation_id == organisation_id and one.right is Right.sign and queries.still_acts(one)
    }
    return actor.actor_id in signers if signers else may_report(actor, project)

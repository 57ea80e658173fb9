"""Who may do what with a project."""

from typing import Any

from app.applications import queries as applications
from app.projects import queries


def is_officer(actor: Any, project: Any) -> bool:
    """An officer, and not recused from the application that the project was made of."""
    return actor.has_role("officer") and project.application_id not in applications.kept_out(actor)


def may_report(actor: Any, project: Any) -> bool:
    """People of the managing organisation or core company report for the project."""
    return actor.has_role("applicant") and actor.actor_id in queries.lead_person_ids(project)

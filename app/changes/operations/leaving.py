"""A partner that has left reads nothing new from the day on which it left (reliability B25)."""

from app.changes import queries
from app.core.clock import now, today
from app.projects.models import Project


def end_access(project: Project) -> None:
    """End the access of people of organisations that take part in this project no more, from the day it is over."""
    on = today()
    rows = queries.participants_of(project.id)
    here = {row.organisation_id for row in rows if row.valid_to is None or row.valid_to > on}
    gone = {row.organisation_id for row in rows} - here
    for person in queries.people_of(project.application_id, gone):
        person.ended_at = now()


def sweep() -> None:
    """Clockwork: departures whose day has come."""
    for project in queries.departures(today()):
        end_access(project)

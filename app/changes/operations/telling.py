"""Letters about change requests: one per person and occasion."""

from typing import Any

from app.applications import queries as applications
from app.changes.models import ChangeRequest
from app.core import mail


def tell_consortium(request: ChangeRequest, actor: Any) -> None:
    """Everybody who works on the project hears what became of a request."""
    if request.project.application_id is None:
        return
    for person in applications.people_of(request.project.application_id):
        if person.id != actor.actor_id:
            _send("changes/decided", person, request)


def _send(template: str, person: Any, request: ChangeRequest) -> None:
    mail.queue(
        template, person.email, person.locale, f"change:{request.id}:{request.version}:{request.status}:{person.id}",
        name=person.name, project=request.project.project_key, number=request.number, verdict=request.status.label,
        remarks=request.remarks, conditions=request.conditions, request_id=request.id,
    )  # fmt: skip

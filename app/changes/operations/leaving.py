"""A partner that has left reads nothing new from the day on which it left (reliability B25)."""

from app.applications.choices import MemberRole, Right
from app.applications.models import ConsortiumMember, MemberPerson
from app.changes import queries
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.projects.models import Project


def end_access(project: Project) -> None:
    """End the access of people of organisations that take part in this project no more, from the day it is over."""
    on = today()
    rows = queries.participants_of(project.id)
    here = {row.organisation_id for row in rows if row.valid_to is None or row.valid_to > on}
    gone = {row.organisation_id for row in rows} - here
    for person in queries.people_of(project.application_id, gone):
        person.ended_at = now()


LEADS = (MemberRole.managing_organisation, MemberRole.core_company)


def follow_lead(project: Project) -> None:
    """The organisation that leads now leads the application too: reports, contracts and payments are its people's.

    The row of the former lead stays as it is; the new one gets a row of its own with the same people and rights, or, for
    an organisation that joined later, with everybody who acts for it.
    """
    application, on = project.application, today()
    living = [
        row
        for row in queries.participants_of(project.id)
        if row.role in LEADS and (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or row.valid_to > on)
    ]  # fmt: skip
    if application is None or not living or living[0].organisation_id == application.lead_organisation_id:
        return
    lead = living[0]
    rights = {one.user_id: one.right for one in queries.people_of(application.id, {lead.organisation_id})}
    if not rights:
        rights = dict.fromkeys(queries.acting_for(lead.organisation_id, on), Right.sign)
    member = ConsortiumMember(application_id=application.id, organisation_id=lead.organisation_id, role=lead.role)
    session.add(member)
    session.flush()
    session.add_all(MemberPerson(member_id=member.id, user_id=key, right=right) for key, right in rights.items())
    application.lead_organisation_id = lead.organisation_id
    session.flush()
    audit.record(application, "lead moved", audit.SYSTEM, data={"organisation": lead.organisation_id})


def sweep() -> None:
    """Clockwork: departures whose day has come."""
    for project in queries.departures(today()):
        follow_lead(project)
        end_access(project)

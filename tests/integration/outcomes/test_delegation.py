"""One report in another person's hands: looking does nothing, one address, one use, an end, and nothing else to see."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.core.outbox import OutboxItem
from app.outcomes import operations, queries
from app.outcomes.models import ReportInvitation
from tests.factories import chain
from tests.factories.people import person


def given(email: str = "tax@accountants.example") -> tuple[Any, Any, str]:
    project = chain.completed_project()
    report = chain.follow_up_of(project)
    return project, report, operations.give(report, email, "en", chain.lead(project))


def test_the_link_is_opened_by_get_and_used_by_post_once(app: Any, client: Any, client_for: Any) -> None:
    project, report, token = given()
    link = f"/follow-ups/invitations/{token}"
    letter = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like("report-invitation:%")).one()
    assert link in letter.payload["body"] and token not in str(session.query(ReportInvitation).one().__dict__)
    for _ in range(3):  # mail scanners open links
        assert client.get(link, headers={"Host": "evil.example"}).status_code == 200
    session.expire_all()
    assert session.query(ReportInvitation).one().accepted_at is None
    assert client_for(person(Role.applicant)).post(link).status_code == 403  # another address
    joined = client.post(link, data={"name": "Tax Advisor", "password": "a long pass phrase 1"})
    assert joined.status_code == 303 and joined.headers["Location"].endswith(f"/follow-ups/{report.id}")
    assert client.get(f"/follow-ups/{report.id}").status_code == 200
    assert client.get(f"/projects/{project.id}").status_code == 404  # this report and nothing else
    assert client.get(f"/projects/{project.id}/outcomes").status_code == 404
    assert client.get(f"/follow-ups/{chain.follow_up_of(project, 2).id}").status_code == 404
    assert client.get(f"/applications/{project.application_id}").status_code == 404
    assert client.get(link).status_code == 410 and client.post(link).status_code in (410, 422)


def test_the_accountant_writes_and_sends_until_it_is_withdrawn(app: Any, client_for: Any) -> None:
    project, report, token = given("clerk@test.example")
    clerk = person(Role.applicant)
    session.query(ReportInvitation).one().email = clerk.email
    session.flush()
    operations.accept(token, clerk)
    with pytest.raises(Forbidden):
        operations.give(report, "next@test.example", "en", clerk)  # cannot pass it on
    operations.save(report, chain.answers(project), report.version, clerk)
    browser = client_for(clerk)
    assert browser.get(f"/follow-ups/{report.id}").status_code == 200
    row = queries.invitations_of(report.id)[0]
    path = f"/follow-ups/{report.id}/invitations/{row.id}/withdraw"
    assert browser.post(path).status_code == 403
    assert client_for(chain.lead(project)).post(path).status_code == 303
    assert browser.get(f"/follow-ups/{report.id}").status_code == 404  # from the next request on
    session.expire_all()
    with pytest.raises(Forbidden):
        operations.submit(report, clerk)


@pytest.mark.parametrize("what", ["expired", "withdrawn", "sent"])
def test_a_link_that_should_not_work_does_not(app: Any, client: Any, what: str) -> None:
    project, report, token = given()
    row = session.query(ReportInvitation).one()
    if what == "expired":
        row.expires_at = now() - timedelta(seconds=1)
    elif what == "withdrawn":
        operations.withdraw(report, row.id, chain.lead(project))
    else:
        lead = chain.lead(project)
        operations.save(report, chain.answers(project), report.version, lead)
        operations.submit(report, lead)
    session.flush()
    link = f"/follow-ups/invitations/{token}"
    assert client.get(link).status_code == 410
    assert client.post(link, data={"name": "X Y", "password": "a long pass phrase 1"}).status_code == 410
    session.expire_all()
    assert session.query(ReportInvitation).one().accepted_at is None
    assert client.get("/follow-ups/invitations/" + "x" * 43).status_code == 404


def test_access_ends_when_the_report_is_verified(app: Any) -> None:
    project, report, token = given("clerk@test.example")
    clerk = person(Role.applicant)
    session.query(ReportInvitation).one().email = clerk.email
    session.flush()
    operations.accept(token, clerk)
    operations.save(report, chain.answers(project), report.version, clerk)
    operations.submit(report, clerk)
    assert queries.get_for(clerk, report.id) is not None
    operations.verify(report, 1, "", person(Role.officer))
    assert queries.get_for(clerk, report.id) is None


def test_letters_to_one_address_are_few_and_the_newest_link_counts(app: Any, client: Any) -> None:
    project, report, first = given()
    lead = chain.lead(project)
    second = operations.give(report, "TAX@accountants.example", "en", lead)
    assert client.get(f"/follow-ups/invitations/{first}").status_code == 410
    assert client.get(f"/follow-ups/invitations/{second}").status_code == 200
    session.expire_all()
    for _ in range(3):
        operations.give(report, "tax@accountants.example", "en", lead)
    with pytest.raises(Refused):
        operations.give(report, "tax@accountants.example", "en", lead)
    with pytest.raises(Forbidden):
        operations.give(report, "x@test.example", "en", person(Role.auditor))
    assert re.fullmatch(r"[0-9a-f]{64}", session.query(ReportInvitation).first().token_hash)


def test_an_officer_hands_the_report_of_an_orphaned_organisation_to_somebody(app: Any, client_for: Any) -> None:
    project = chain.completed_project()
    report = chain.follow_up_of(project)
    browser = client_for(person(Role.officer))
    assert "Let somebody else write" in browser.get(f"/follow-ups/{report.id}").text
    path = f"/follow-ups/{report.id}/invitations"
    assert browser.post(path, data={"email": "nobody", "locale": "ja"}).status_code == 422
    assert browser.post(path, data={"email": "heir@test.example", "locale": "ja"}).status_code == 303

"""Roles that stay apart, reading that ends, drafts that are not read."""

from typing import Any

import pytest

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.core.audit import SYSTEM
from app.core.db import session
from app.core.errors import Refused
from app.milestones import operations as milestones
from app.milestones import queries
from tests.factories import chain, proposals
from tests.factories.people import person


def test_an_officer_cannot_become_an_applicant(app: Any) -> None:
    officer = person(Role.officer)
    with pytest.raises(Refused):
        accounts.set_roles(officer, [(Role.officer, ""), (Role.applicant, "")], True, officer.version, SYSTEM)
    accounts.set_roles(officer, [(Role.officer, ""), (Role.reviewer, "")], True, officer.version, SYSTEM)
    assert officer.roles == {Role.officer, Role.reviewer}


def test_a_reviewers_reading_ends_with_the_review(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.reviewed(application)
    browser = client_for(assignment.reviewer)
    assert browser.get(f"/reviews/{assignment.id}").status_code == 200
    chain.decided(application)
    chain.released(application.call)
    assert browser.get(f"/reviews/{assignment.id}").status_code == 404
    assert f'href="/reviews/{assignment.id}"' not in browser.get("/reviews").text


def test_the_office_does_not_read_drafts_of_reports(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    report = queries.reports_of(project.id)[0]
    data = milestones.ReportData("UNSENTWORDS", "", 5, ())
    milestones.save(report, data, report.version, chain.lead(project))
    session.commit()
    assert "UNSENTWORDS" not in client_for(person(Role.officer)).get(f"/reports/{report.id}").text
    assert "UNSENTWORDS" in client_for(chain.lead(project)).get(f"/reports/{report.id}").text

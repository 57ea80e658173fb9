"""Monitoring scores, duties and private calendars."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.applications.models import MemberPerson
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.milestones import operations, queries
from app.milestones.definitions.duties import duties_of
from app.milestones.operations import ScoreData
from tests.factories import chain, proposals
from tests.factories.people import person
from tests.integration.milestones.test_rows import owned


def test_scores_are_for_the_office_until_they_are_released(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    office, lead = person(Role.officer), chain.lead(project)
    officer, url = client_for(office), f"/projects/{project.id}/monitoring"
    data = {"version": "0", "period_to": "2026-03-31", "schedule": "3", "technical": "4", "cost": "2", "consortium": "1",
            "for_office": "INNERWORDS", "for_consortium": "outer words"}  # fmt: skip
    assert officer.post(url, data={**data, "cost": "5"}).status_code == 422
    assert officer.post(url, data=data).status_code == 303
    assert officer.post(url, data=data).status_code == 409  # scored already: a correction names its version
    (score,) = queries.scores_of(project.id, released_only=False)
    later = ScoreData(today(), 4, 3, 2, 2, "INNERWORDS", "")
    operations.save_score(project, later, 0, office)
    page = officer.get(url).text
    assert "INNERWORDS" in page and "↑" in page and "↓" in page
    theirs = client_for(lead).get(url).text
    assert "outer words" not in theirs and "INNERWORDS" not in theirs and "There are no scores yet." in theirs
    assert "Monitoring" not in client_for(lead).get(f"/projects/{project.id}").text
    assert client_for(person(Role.auditor)).post(url, data=data).status_code == 403
    assert officer.post(f"{url}/{score.id}/release", data={"version": "77"}).status_code == 409
    assert officer.post(f"{url}/{score.id}/release", data={"version": score.version}).status_code == 303
    theirs = client_for(lead).get(url).text
    assert "outer words" in theirs and "INNERWORDS" not in theirs and theirs.count('<th scope="row">') == 1
    session.expire_all()
    with pytest.raises(Refused):
        operations.save_score(project, ScoreData(score.period_to, 1, 1, 1, 1, "", ""), score.version, office)
    with pytest.raises(Forbidden):
        operations.save_score(project, later, 1, lead)
    with pytest.raises(Stale):
        operations.save_score(project, later, 9, office)


def test_duties_name_what_this_person_has_to_do(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=400)
    partner, lead = proposals.partner_of(project.application), chain.lead(project)
    row, report = owned(project, partner, 10), queries.reports_of(project.id)[0]
    mine = {duty.uid: str(duty.what) for duty in duties_of(partner)}
    assert mine[f"milestone-{row.id}"] == f"Deliverable {row.position}"
    assert mine[f"report-{report.id}"] == "Progress report: your part"
    leads = {duty.uid: str(duty.what) for duty in duties_of(lead)}
    assert f"milestone-{row.id}" not in leads and leads[f"report-{report.id}"] == "Progress report due"
    assert "A tested sample" in client_for(partner).get("/").text  # among what waits on the start page
    (org,) = queries.own_organisations(partner, project.application_id)
    part = operations.save_part(report, org, operations.PartData("w", "", 1, {}, "", "", "", "", ""), 0, partner)
    operations.confirm_part(report, org, "P", part.version, partner)
    assert f"report-{report.id}" not in {duty.uid for duty in duties_of(partner)}  # nothing left to do
    page = client_for(partner).get("/my-duties")
    assert "A tested sample" in page.text and project.project_key in page.text
    assert duties_of(person(Role.applicant)) == [] and duties_of(person(Role.officer)) == []


def test_a_private_calendar_is_empty_in_the_minute_in_which_somebody_leaves(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=400)
    partner = proposals.partner_of(project.application)
    row = owned(project, partner, 10)
    browser, nobody = client_for(partner), app.test_client()
    page = browser.post("/my-calendar")
    token = page.text.split("/calendar/")[1].split(".ics")[0]
    assert page.status_code == 200 and token not in browser.get("/my-calendar").text  # shown this once
    session.expire_all()
    address = queries.address_of(partner.id)
    assert address is not None and token not in (address.token_hash, "")
    answer = nobody.get(f"/calendar/{token}.ics")
    text = answer.get_data(as_text=True).replace("\r\n ", "")
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    assert f"UID:milestone-{row.id}@renkei.example" in text and f"DTSTART;VALUE=DATE:{row.due_on:%Y%m%d}" in text
    assert project.project_key in text and "A tested sample" not in text  # titles tell nothing of the content
    same = nobody.get(f"/calendar/{token}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    for member in session.query(MemberPerson).filter_by(user_id=partner.id):
        member.ended_at = now()
    session.commit()
    gone = nobody.get(f"/calendar/{token}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert gone.status_code == 200 and "BEGIN:VEVENT" not in gone.text and "BEGIN:VCALENDAR" in gone.text
    fresh = browser.post("/my-calendar").text.split("/calendar/")[1].split(".ics")[0]
    assert nobody.get(f"/calendar/{token}.ics").status_code == 404  # replaced
    assert nobody.get(f"/calendar/{fresh}.ics").status_code == 200
    assert browser.post("/my-calendar/revoke").status_code == 303
    assert nobody.get(f"/calendar/{fresh}.ics").status_code == 404
    again = browser.post("/my-calendar").text.split("/calendar/")[1].split(".ics")[0]
    partner.active = False
    session.commit()
    assert nobody.get(f"/calendar/{again}.ics").status_code == 404
    assert nobody.get("/calendar/nonsense.ics").status_code == 404


def test_pages_speak_japanese(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=400)
    lead, office = chain.lead(project), person(Role.officer)
    row, report = owned(project, None, 10), queries.reports_of(project.id)[0]
    for user, paths in (
        (lead, (f"/projects/{project.id}/milestones", f"/milestones/{row.id}", f"/reports/{report.id}", "/my-duties", "/my-calendar")),
        (office, (f"/projects/{project.id}/milestones", f"/projects/{project.id}/monitoring", "/officer/reports",
                  f"/projects/{project.id}/milestones/new", f"/projects/{project.id}/reports/new")),
    ):  # fmt: skip
        browser = client_for(user)
        for path in paths:
            assert browser.get(f"{path}?lang=ja").status_code == 200, path
    assert today() + timedelta(days=10) == row.due_on

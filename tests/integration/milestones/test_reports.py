"""Starting a project, reporting, judging, overdue, completing."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused
from app.core.outbox import OutboxItem
from app.milestones import operations, policy, queries
from app.milestones.choices import ReportStatus
from app.outcomes import operations as outcomes
from tests.factories import chain, proposals
from tests.factories.people import person


def test_periods_are_half_fiscal_years() -> None:
    assert operations.periods(date(2026, 5, 1), date(2027, 4, 15)) == [
        (date(2026, 5, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 4, 15)),
    ]


def test_starting_copies_milestones_and_schedules_reports(app: Any, client_for: Any) -> None:
    project = chain.adopted_project()
    browser = client_for(person(Role.officer))
    assert browser.get(f"/projects/{project.id}/start").status_code == 200
    unsigned = browser.post(f"/projects/{project.id}/start", data={"started_on": "2026-12-01", "end_on": "2027-03-31"})
    assert unsigned.status_code == 422 and "both sides have confirmed the contract" in unsigned.text  # CON-17
    chain.contracted(project, date(2026, 12, 1))
    bad = browser.post(f"/projects/{project.id}/start", data={"started_on": "2026-12-01", "end_on": "2026-11-30"})
    assert bad.status_code == 422
    good = {"started_on": "令和8年12月1日", "end_on": "2027-03-31"}
    assert browser.post(f"/projects/{project.id}/start", data=good).status_code == 303
    assert browser.post(f"/projects/{project.id}/start", data=good).status_code == 409
    session.expire_all()
    assert project.status.value == "running" and project.started_on == date(2026, 12, 1)
    assert len(queries.milestones_of(project.id)) == len(project.application.milestones)
    assert [(r.period_to, r.due_on) for r in queries.reports_of(project.id)] == [(date(2027, 3, 31), date(2027, 4, 30))]


def test_lead_writes_partner_reads_stranger_sees_nothing(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    report = queries.reports_of(project.id)[0]
    lead, partner = client_for(chain.lead(project)), client_for(proposals.partner_of(project.application))
    assert "Submit the report" in lead.get(f"/reports/{report.id}").text
    assert "Submit the report" not in partner.get(f"/reports/{report.id}").text
    stranger = client_for(person(Role.applicant))
    assert stranger.get(f"/reports/{report.id}").status_code == 404
    assert stranger.get(f"/projects/{project.id}").status_code == 404
    assert partner.post(f"/reports/{report.id}", data={"version": "1", "work_done": "x"}).status_code == 403
    with pytest.raises(Forbidden):
        operations.submit(report, proposals.partner_of(project.application))


def test_a_report_is_drafted_submitted_returned_and_accepted(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=900)
    report = queries.reports_of(project.id)[-1]
    lead, officer = client_for(chain.lead(project)), client_for(person(Role.officer))
    url = f"/reports/{report.id}"
    empty = lead.post(url, data={"version": str(report.version), "submit": "1"})
    assert empty.status_code == 422 and "Describe the work done." in empty.text
    data: dict[str, Any] = {"version": str(report.version), "work_done": "We built it.", "spend_yen": "１,０００円"}
    for milestone in queries.milestones_of(project.id):
        data |= {f"achievement-{milestone.id}": "partly", f"value-{milestone.id}": "90"}
    files = {**data, "file": (BytesIO(proposals.pdf_bytes()), "証拠.pdf")}
    assert lead.post(url, data=files, content_type="multipart/form-data").status_code == 303
    session.expire_all()
    assert report.spend_yen == 1_000 and len(report.files) == 1
    got = lead.get(f"{url}/files/{report.files[0].id}")
    assert got.data.startswith(b"%PDF-") and "attachment" in got.headers["Content-Disposition"]
    stale = lead.post(url, data={**data, "version": "1", "work_done": "other words"})
    assert stale.status_code == 409 and "other words" in stale.text and "We built it." in stale.text
    assert lead.post(url, data={**data, "version": str(report.version), "submit": "1"}).status_code == 303
    assert lead.post(url, data={**data, "version": str(report.version)}).status_code == 409
    assert officer.post(f"{url}/return", data={"remarks": ""}).status_code == 422
    assert officer.post(f"{url}/return", data={"remarks": "x", "version": "1"}).status_code == 409
    session.expire_all()
    seen = {"version": str(report.version)}
    assert officer.post(f"{url}/return", data={**seen, "remarks": "more detail"}).status_code == 303
    assert "more detail" in lead.get(url).text
    session.expire_all()
    assert lead.post(url, data={**data, "version": str(report.version), "submit": "1"}).status_code == 303
    assert officer.post(f"{url}/accept", data=seen).status_code == 409  # what was read then is not what is there now
    session.expire_all()
    assert officer.post(f"{url}/accept", data={"version": str(report.version)}).status_code == 303
    session.expire_all()
    assert report.status == ReportStatus.accepted
    keys = session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.like("report-judged:%"))).all()
    assert len(keys) == 2 * len(chain.operations_people(project))


def test_a_file_that_is_not_a_pdf_is_refused_and_the_words_are_kept(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    report = queries.reports_of(project.id)[0]
    data = {"version": str(report.version), "work_done": "kept words", "file": (BytesIO(b"MZ\x90 not a pdf"), "a.pdf")}
    answer = client_for(chain.lead(project)).post(
        f"/reports/{report.id}", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 422 and "kept words" in answer.text and "not a PDF" in answer.text
    session.expire_all()
    assert report.work_done == "" and report.files == []


def test_overdue_is_computed_and_reminded_once_per_occasion(app: Any, client_for: Any) -> None:
    project = chain.running_project(started_on=today() - timedelta(days=300), days=60)
    report = queries.reports_of(project.id)[0]
    assert policy.overdue(report, today()) and not policy.overdue(report, report.due_on)
    operations.remind()
    operations.remind()
    keys = session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.like("report-reminder:%"))).all()
    assert keys and len(keys) == len(set(keys))
    reminders = [key for key in keys if key.startswith(f"report-reminder:{report.id}:overdue-")]
    assert len(reminders) == len(chain.operations_people(project))
    assert "overdue" in client_for(chain.lead(project)).get(f"/projects/{project.id}").text


def test_completion_waits_for_accepted_reports(app: Any) -> None:
    project = chain.running_project(started_on=today() - timedelta(days=200), days=150)
    officer = person(Role.officer)
    with pytest.raises(Refused) as plain:
        outcomes.complete(project, today() - timedelta(days=10), officer)
    assert {r.code for r in plain.value.reasons} == {"award-steps"}  # one ladder: the award's
    with pytest.raises(Refused) as refusal:
        chain.complete(project, today() - timedelta(days=10))
    assert {r.code for r in refusal.value.reasons} == {"report-open"}
    chain.accept_all_reports(project)
    with pytest.raises(Refused):
        chain.complete(project, today() + timedelta(days=1))
    chain.complete(project, today() - timedelta(days=10))
    assert project.status.value == "completed"
    with pytest.raises(OutOfOrder):
        chain.complete(project, today())

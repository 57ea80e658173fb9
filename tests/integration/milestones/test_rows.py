"""Milestones and deliverables: who updates them, what is kept, how an officer judges and replans them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications.choices import Right
from app.applications.models import MemberPerson
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.outbox import OutboxItem
from app.milestones import operations, queries
from app.milestones.choices import MilestoneKind, MilestoneStatus
from app.milestones.models import Milestone
from app.milestones.operations import PlanData, RowData
from tests.factories import chain, proposals
from tests.factories.people import person


def owned(
    project: Any, owner: User | None, days: int = 40, kind: MilestoneKind = MilestoneKind.deliverable
) -> Milestone:
    """A deliverable of the organisation for which somebody acts (the lead's without)."""
    org = None
    if owner is not None:
        (org,) = queries.own_organisations(owner, project.application_id)
    data = PlanData(kind, "A tested sample", org, "95", "%", None, today() + timedelta(days=days))
    return operations.add_row(project, data, "agreed at the kick-off", person(Role.officer))


def said(**values: Any) -> RowData:
    return RowData(**{
        "forecast_on": None, "actual_on": None, "progress_pct": None, "value_reached": "", "note": "", **values,
    })  # fmt: skip


def test_an_owner_updates_its_own_row_all_year_and_every_forecast_is_kept(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=400)
    partner, lead = proposals.partner_of(project.application), chain.lead(project)
    row, planned = owned(project, partner), today() + timedelta(days=40)
    browser, url = client_for(partner), f"/milestones/{row.id}"
    first, second = today() + timedelta(days=50), today() + timedelta(days=60)
    assert browser.post(url, data={"version": row.version, "forecast_on": first.isoformat()}).status_code == 303
    session.expire_all()
    assert (row.forecast_on, row.due_on) == (first, planned)  # what was agreed does not move with a forecast
    unexplained = browser.post(url, data={"version": row.version, "forecast_on": second.isoformat()})
    assert unexplained.status_code == 422 and "Say why the forecast changes." in unexplained.text
    good = {
        "version": row.version,
        "forecast_on": second.isoformat(),
        "reason": "the furnace broke",
        "progress_pct": "４０",
    }
    assert browser.post(url, data=good).status_code == 303
    assert browser.post(url, data=good).status_code == 409  # somebody (here: oneself) saved meanwhile
    session.expire_all()
    history = [(c.field, c.before, c.after, c.by_id, c.reason) for c in queries.changes_of([row.id])]
    assert ("forecast_on", first.isoformat(), second.isoformat(), partner.id, "the furnace broke") in history
    assert ("forecast_on", "", first.isoformat(), partner.id, "") in history
    page = client_for(lead).get(f"/projects/{project.id}/milestones").text
    assert "20 days late" in page and "the furnace broke" in page and "gantt-expected" in page
    assert "Report as reached" not in client_for(lead).get(url).text  # the owner has people of its own
    assert client_for(lead).post(url, data={**good, "version": row.version}).status_code == 403
    assert client_for(person(Role.applicant)).get(url).status_code == 404


def test_readers_and_people_who_left_write_nothing_and_the_lead_stands_in(app: Any) -> None:
    project = chain.running_project(days=400)
    partner, lead = proposals.partner_of(project.application), chain.lead(project)
    row = owned(project, partner)
    with pytest.raises(Forbidden):
        operations.update_row(row, said(note="x"), row.version, lead)
    for member in session.query(MemberPerson).filter_by(user_id=partner.id):
        member.right = Right.read
    session.flush()
    with pytest.raises(Forbidden):
        operations.update_row(row, said(note="x"), row.version, partner)
    operations.update_row(row, said(note="by the lead"), row.version, lead)  # nobody writes for the owner now
    assert row.note == "by the lead"


def test_an_officer_accepts_sends_back_or_records_a_failure(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=400)
    partner, office = proposals.partner_of(project.application), person(Role.officer)
    row = owned(project, partner)
    browser, officer, url = client_for(partner), client_for(office), f"/milestones/{row.id}"
    data = {"version": row.version, "actual_on": today().isoformat(), "report": "1"}
    missing = browser.post(url, data=data)
    assert missing.status_code == 422 and "Give the value reached." in missing.text
    session.expire_all()
    evidence = {
        **data,
        "version": str(row.version),
        "value_reached": "96",
        "file": (BytesIO(proposals.pdf_bytes()), "試験.pdf"),
    }
    assert browser.post(url, data=evidence, content_type="multipart/form-data").status_code == 303
    session.expire_all()
    assert "A tested sample" in officer.get("/").text
    assert row.status == MilestoneStatus.reported and row.progress_pct == 100 and len(row.files) == 1
    assert officer.get(f"{url}/files/{row.files[0].id}").data.startswith(b"%PDF-")
    assert browser.post(url, data={**data, "version": str(row.version)}).status_code == 409  # it waits for the officer
    assert browser.post(f"{url}/accept", data={"version": row.version}).status_code == 403
    assert officer.post(f"{url}/return", data={"version": row.version}).status_code == 422  # needs words
    assert officer.post(f"{url}/return", data={"version": row.version, "remarks": "which test?"}).status_code == 303
    session.expire_all()
    assert "which test?" in browser.get(url).text
    assert officer.post(f"{url}/accept", data={"version": row.version}).status_code == 409
    operations.report_row(row, partner)
    operations.judge_row(row, "accept", "", row.version, office)
    assert row.status == MilestoneStatus.accepted
    with pytest.raises(OutOfOrder):
        operations.judge_row(row, "fail", "no", row.version, office)
    keys = session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.like("milestone-judged:%"))).all()
    told = {partner.id, chain.lead(project).id}
    assert {int(key.rsplit(":", 1)[1]) for key in keys} == told and len(keys) == 2 * len(told)


def test_what_was_agreed_moves_by_an_officers_act_with_a_reason_and_the_old_value_is_kept(
    app: Any, client_for: Any
) -> None:
    project = chain.running_project(days=400)
    partner, office = proposals.partner_of(project.application), person(Role.officer)
    row = owned(project, partner)
    old, new = row.due_on, row.due_on + timedelta(days=30)
    officer, url = client_for(office), f"/milestones/{row.id}/plan"
    page = officer.get(url)
    assert page.status_code == 200 and "A tested sample" in page.text
    data = {"version": row.version, "kind": "deliverable", "goal": row.goal, "target_value": "95", "unit": "%",
            "organisation_id": str(row.organisation_id), "due_on": new.isoformat()}  # fmt: skip
    assert officer.post(url, data=data).status_code == 422  # no reason
    assert (
        officer.post(url, data={**data, "reason": "r", "due_on": "9999-12-31"}).status_code == 422
    )  # no chart holds it
    assert officer.post(url, data={**data, "reason": "r", "organisation_id": "99999"}).status_code == 422
    assert officer.post(url, data={**data, "reason": "parts came late"}).status_code == 303
    session.expire_all()
    change = queries.changes_of([row.id])[0]
    assert (change.field, change.before, change.after, change.origin) == (
        "due_on", old.isoformat(), new.isoformat(), "officer",
    )  # fmt: skip
    assert client_for(partner).get(url).status_code == 403
    plan = PlanData(row.kind, row.goal, row.organisation_id, "97", "%", None, row.due_on)
    with pytest.raises(Stale):
        operations.replan(row, plan, "x", row.version - 1, office)
    operations.replan(row, plan, "approved", row.version, office, origin="change-request:12")
    assert queries.changes_of([row.id])[0].origin == "change-request:12"
    with pytest.raises(Forbidden):
        operations.replan(row, plan, "x", row.version, partner)
    with pytest.raises(Refused):
        operations.replan(
            row, PlanData(row.kind, "g", None, "", "", new + timedelta(days=1), new), "x", row.version, office
        )


def test_owners_are_reminded_once_per_occasion_and_again_for_a_new_day(app: Any) -> None:
    project = chain.running_project(days=400)
    partner = proposals.partner_of(project.application)
    mine, leads, far = owned(project, partner, 7), owned(project, None, 25), owned(project, partner, 60)

    def keys(row: Milestone) -> list[str]:
        like = f"milestone-reminder:{row.id}:%"
        return list(session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.like(like))))

    operations.remind()
    operations.remind()
    assert [key.rsplit(":", 2)[1:] for key in keys(mine)] == [["due-7", str(partner.id)]]
    assert [key.rsplit(":", 2)[1:] for key in keys(leads)] == [["due-30", str(chain.lead(project).id)]]
    assert keys(far) == []
    plan = PlanData(mine.kind, mine.goal, mine.organisation_id, "95", "%", None, today() + timedelta(days=20))
    operations.replan(mine, plan, "later", mine.version, person(Role.officer))
    operations.remind()
    assert len(keys(mine)) == 2


def test_the_pages_ask_the_same_number_of_questions_however_many_rows(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    project = chain.running_project(days=400)
    partner = proposals.partner_of(project.application)
    browser = client_for(partner)
    owned(project, partner)
    session.commit()
    counts = []
    for _round in range(2):
        with count_queries() as seen:
            assert browser.get(f"/projects/{project.id}/milestones").status_code == 200
            assert browser.get("/my-duties").status_code == 200
        counts.append(len(seen))
        for n in range(4):
            owned(project, partner, 40 + n)
        session.commit()
    assert counts[0] == counts[1]

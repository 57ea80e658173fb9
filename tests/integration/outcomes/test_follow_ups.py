"""Yearly follow-ups: from the recipient's words to a verified observation that moves the rates."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.core import numbering
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused
from app.flags import queries as flags
from app.outcomes import operations, queries
from app.outcomes.choices import DevState, FollowUpStatus
from app.outcomes.models import Observation
from tests.factories import chain
from tests.factories.people import person


def test_completion_schedules_one_report_a_year(app: Any) -> None:
    project = chain.completed_project()
    found = queries.of_project(project.id)
    companies = {p.organisation_id for p in project.participants if p.organisation.org_type.startswith("company")}
    lead = project.application.lead_organisation_id
    assert {f.organisation_id for f in found} == companies | {lead} and lead not in companies
    for organisation_id in companies | {lead}:
        own = [f for f in found if f.organisation_id == organisation_id]
        assert [f.number for f in own] == [1, 2, 3, 4, 5]
        assert own[0].due_on > own[0].opens_on and own[1].fiscal_year == own[0].fiscal_year + 1
    assert next(f.organisation_id for f in found if f.number == 1) == lead


def test_a_report_becomes_an_observation_only_when_verified(app: Any, client_for: Any) -> None:
    project = chain.completed_project()
    follow_up = chain.follow_up_of(project)
    lead, officer = client_for(chain.lead(project)), client_for(person(Role.officer))
    url = f"/follow-ups/{follow_up.id}"
    day = (project.completed_on + timedelta(days=20)).isoformat()
    data = {
        "version": str(follow_up.version), "observed_on": day, "dev_state": "launched", "stage": "3",
        "product": "Gear", "first_sale_on": day, "sales_yen": "1,200,000", "jobs": "3", "evidence": "invoice", "statement": "y",
    }  # fmt: skip
    assert lead.post(url, data={**data, "submit": "1"}).status_code == 303
    assert queries.observations_of(project.id) == []
    before = numbering.version()
    assert officer.post(f"{url}/verify", data={"evidence_level": ""}).status_code == 422
    assert officer.post(f"{url}/verify", data={"evidence_level": "2", "version": "1"}).status_code == 409
    session.expire_all()
    finding = {"evidence_level": "2", "version": str(follow_up.version)}
    assert officer.post(f"{url}/verify", data=finding).status_code == 303
    assert officer.post(f"{url}/verify", data={"evidence_level": "2"}).status_code == 409
    session.expire_all()
    (observation,) = queries.observations_of(project.id)
    assert (observation.stage, observation.evidence_level, observation.recorded_on) == (3, 2, today())
    assert numbering.version() > before
    assert {"NEW_COMMERCIALIZED", "NEW_STAGE_1"} <= {f.rule for f in flags.of_project(project.id)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"observed_on": None}, "observed-missing"),
        ({"dev_state": None}, "state-missing"),
        ({"stage": None}, "stage-missing"),
        ({"first_sale_on": None}, "sale-missing"),
        ({"product": ""}, "product-missing"),
        ({"sales_yen": None}, "sales-missing"),
        ({"dev_state": DevState.research}, "state-contradiction"),
    ],
)
def test_an_incomplete_or_contradictory_report_is_refused(app: Any, changes: dict[str, Any], code: str) -> None:
    project = chain.completed_project()
    follow_up, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(follow_up, chain.answers(project, **changes), follow_up.version, lead)
    with pytest.raises(Refused) as refusal:
        operations.submit(follow_up, lead)
    assert code in {r.code for r in refusal.value.reasons}


def test_stage_zero_needs_a_reason_and_a_sale_needs_stage_three(app: Any) -> None:
    project = chain.completed_project()
    follow_up, lead = chain.follow_up_of(project), chain.lead(project)
    data = chain.answers(project, stage=0, dev_state=DevState.development, reason_code=None)
    operations.save(follow_up, data, follow_up.version, lead)
    with pytest.raises(Refused) as refusal:
        operations.submit(follow_up, lead)
    assert [r.code for r in refusal.value.reasons] == ["reason-missing"]
    data = chain.answers(project, stage=2, first_sale_on=project.completed_on + timedelta(days=1))
    operations.save(follow_up, data, follow_up.version, lead)
    with pytest.raises(Refused) as refusal:
        operations.submit(follow_up, lead)
    assert [r.code for r in refusal.value.reasons] == ["sale-contradiction"]


def test_a_later_year_cannot_be_reported_before_it_opens(app: Any, client_for: Any) -> None:
    project = chain.completed_project()
    later = chain.follow_up_of(project, 5)
    browser = client_for(chain.lead(project))
    assert "You can report from" in browser.get(f"/follow-ups/{later.id}").text
    assert browser.post(f"/follow-ups/{later.id}", data={"version": "1", "stage": "3"}).status_code == 422


def test_returning_asks_again_and_partners_do_not_write(app: Any, client_for: Any) -> None:
    project = chain.completed_project()
    follow_up, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(follow_up, chain.answers(project), follow_up.version, lead)
    operations.submit(follow_up, lead)
    officer = client_for(person(Role.officer))
    assert officer.post(f"/follow-ups/{follow_up.id}/return", data={"remarks": ""}).status_code == 422
    finding = {"remarks": "attach it", "version": str(follow_up.version)}
    assert officer.post(f"/follow-ups/{follow_up.id}/return", data=finding).status_code == 303
    session.expire_all()
    assert follow_up.status == FollowUpStatus.returned
    with pytest.raises(Forbidden):
        operations.save(follow_up, chain.answers(project), follow_up.version, person(Role.applicant))


def test_observations_cannot_be_changed(app: Any) -> None:
    project = chain.completed_project()
    follow_up, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(follow_up, chain.answers(project), follow_up.version, lead)
    operations.submit(follow_up, lead)
    observation = operations.verify(follow_up, 1, "", person(Role.officer))
    observation.stage = 5
    with pytest.raises(AssertionError, match="append-only"):
        session.flush()
    session.rollback()
    assert session.scalars(select(Observation.stage)).all() in ([], [3])


def test_a_verified_report_cannot_be_sent_again(app: Any) -> None:
    project = chain.completed_project()
    follow_up, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(follow_up, chain.answers(project), follow_up.version, lead)
    operations.submit(follow_up, lead)
    operations.verify(follow_up, 1, "", person(Role.officer))
    with pytest.raises(OutOfOrder):
        operations.save(follow_up, chain.answers(project), follow_up.version, lead)

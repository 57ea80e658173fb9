"""A request from writing to its effect; a notice; what nobody else may see or do (MON-4, MON-13, CONSORTIUM_INVALID)."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.agreements import queries as agreements
from app.agreements.choices import AwardStatus
from app.applications.models import MemberPerson
from app.changes import definitions, operations, queries
from app.changes.choices import ChangeKind, ChangeStatus
from app.changes.models import ChangeRequest
from app.changes.operations.carrying import outlook
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.flags import queries as flags
from app.milestones import policy as milestone_policy
from app.milestones import queries as milestones
from app.milestones.exports import report_duties
from app.money import operations as money
from app.projects import queries as projects
from app.projects.choices import ProjectStatus
from tests.factories import chain, proposals
from tests.factories import money as costs
from tests.factories.people import organisation, person


def asked(project: Any, *items: tuple[str, dict[str, Any]], on: date | None = None) -> ChangeRequest:
    """A request with these items, handed in."""
    lead = chain.lead(project)
    request = operations.open_request(project, lead)
    for kind, typed in items:
        operations.add_item(request, ChangeKind(kind), typed, request.version, lead)
    words = operations.Words("We need it", "none", "none", on or today())
    operations.save_words(request, words, request.version, lead)
    operations.hand_in(request, request.version, lead)
    return request


def decide(request: ChangeRequest, event: str = "approve", words: str = "", actor: Any = None) -> None:
    basis = definitions.digest(outlook(request).before)
    operations.decide(request, event, words, basis, request.version, actor or person(Role.officer))


def firm_of(project: Any, role: str = "implementer") -> int:
    return next(p.organisation_id for p in project.participants if p.role.value == role)


def test_a_partner_leaves_and_its_access_ends_at_once(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    leaver, heir = firm_of(project), firm_of(project, "sub_leader")
    (gone,) = [p for p in queries.people_of(project.application_id, {leaver})]
    browser = client_for(session.get_one(type(chain.lead(project)), gone.user_id))
    assert browser.get(f"/projects/{project.id}").status_code == 200
    total = sum(line.amount_yen for line in projects.budget_of(project.id))
    request = asked(project, ("member_leaves", {"organisation": str(leaver), "heir": str(heir)}))
    assert request.status is ChangeStatus.submitted and project.participants[-1].valid_to is None
    decide(request)
    session.expire_all()
    assert request.status is ChangeStatus.approved and request.effects
    assert browser.get(f"/projects/{project.id}").status_code == 404
    assert sum(line.amount_yen for line in projects.budget_of(project.id)) == total
    assert not [line for line in projects.budget_of(project.id) if line.organisation_id == leaver and line.amount_yen]
    assert [p.valid_to for p in project.participants if p.organisation_id == leaver] == [today()]
    assert "CONSORTIUM_INVALID" in {flag.rule for flag in flags.of_project(project.id)}  # one company is left (CON-5)


def test_somebody_joins_reads_the_project_and_mends_the_consortium(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    joiner = organisation("company_sme")
    browser = client_for(person(Role.applicant, of=joiner))
    assert browser.get(f"/projects/{project.id}").status_code == 404
    decide(asked(project, ("member_joins", {"organisation": joiner.org_key, "role": "implementer"})))
    assert browser.get(f"/projects/{project.id}").status_code == 200
    assert browser.get(f"/applications/{project.application_id}").status_code == 404  # it signed nothing of that


def test_people_of_a_partner_that_joined_have_the_right_they_were_given(app: Any, client_for: Any) -> None:
    project, joiner = chain.running_project(started_on=today() - timedelta(days=30)), organisation("company_sme")
    lead, contract = chain.lead(project), chain.award_of(project).contracts[0]
    first, second = person(Role.applicant, of=joiner), person(Role.applicant, of=joiner)
    decide(asked(project, ("member_joins", {"organisation": joiner.org_key, "role": "implementer"})))
    data = costs.data(paid_on=today() - timedelta(days=1))
    with pytest.raises(Forbidden):
        money.save_expense(contract, joiner.id, data, first)  # nobody was named: they read
    page = f"/projects/{project.id}/people"
    named = {"organisation_id": joiner.id, "email": first.email, "right": "sign"}
    assert "Name the people of" in client_for(lead).get(f"/projects/{project.id}").text
    assert (
        client_for(lead).post(page, data=named | {"email": lead.email}).status_code == 422
    )  # not of that organisation
    assert client_for(lead).post(page, data=named).status_code == 303
    assert client_for(second).get(f"/projects/{project.id}").status_code == 404  # named people only, from now on
    assert client_for(lead).post(page, data=named | {"email": second.email}).status_code == 422  # its own people do
    assert client_for(first).post(page, data=named | {"email": second.email, "right": "read"}).status_code == 303
    money.save_expense(contract, joiner.id, data, first)
    with pytest.raises(Forbidden):
        money.save_expense(contract, joiner.id, costs.data(voucher="2", paid_on=today()), second)
    report = milestones.reports_of(project.id)[0]
    assert milestone_policy.may_confirm_part(first, report, joiner.id)
    assert not milestone_policy.may_write_part(second, report, joiner.id)
    assert any(duty.uid == f"report-{report.id}" for duty in report_duties(first, [report]))
    assert client_for(first).post(f"{page}/{joiner.id}/{first.id}/end").status_code == 422  # the last who signs
    assert client_for(first).post(f"{page}/{joiner.id}/{second.id}/end").status_code == 303
    assert client_for(second).get(f"/projects/{project.id}").status_code == 404


def test_an_approved_change_offers_changed_terms_at_once(app: Any, client_for: Any) -> None:
    project, officer = chain.running_project(started_on=today() - timedelta(days=10)), person(Role.officer)
    award = chain.award_of(project)
    contract, end = award.contracts[0], project.planned_end_on
    line = projects.budget_of(project.id)[0]
    less = {"organisation": str(line.organisation_id), "year": str(line.fiscal_year), "item": line.cost_item}
    was, budget = contract.amount_yen, line.amount_yen
    decide(asked(project, ("total_amount", less | {"yen": budget - 1_000})), actor=officer)
    terms = agreements.latest_terms(contract)
    assert terms is not None and not terms.confirmed and "change request 1" in terms.reason
    assert (terms.amount_yen, contract.amount_yen, contract.ends_on) == (was - 1_000, was, terms.ends_on)
    assert "differs from an approved change" in client_for(officer).get(f"/projects/{project.id}/agreement").text
    front = client_for(chain.lead(project)).get(f"/projects/{project.id}").text
    assert f"Confirm the changed terms of {contract.number}" in front and end == project.planned_end_on
    chain.sign(terms, officer)
    assert (contract.amount_yen, contract.change_owed) == (was - 1_000, "")
    firm, heir = firm_of(project), firm_of(project, "sub_leader")
    money.advance(contract, contract.amount_yen, "all of it", costs.ACCOUNT, chain.lead(project))
    decide(asked(project, ("member_leaves", {"organisation": str(firm), "heir": str(heir)})), actor=officer)
    assert "change request 2" in contract.change_owed  # members changed: new terms, as a text for both sides


def test_an_approval_rests_on_what_the_officer_saw(app: Any) -> None:
    project = chain.running_project()
    officer = person(Role.officer)
    request = asked(project, ("period", {"ends_on": today() + timedelta(days=400)}))
    basis = definitions.digest(outlook(request).before)
    project.title_en = "Another title meanwhile"
    session.flush()
    with pytest.raises(Stale):
        operations.decide(request, "approve", "", basis, request.version, officer)
    with pytest.raises(Refused):
        operations.decide(request, "reject", "", basis, request.version, officer)
    decide(request, "approve_with_conditions", "tell us in autumn", officer)
    assert project.planned_end_on == today() + timedelta(days=400) and request.conditions == "tell us in autumn"
    with pytest.raises(OutOfOrder):
        decide(request, "reject", "too late", officer)


def test_sent_back_corrected_and_the_milestone_keeps_its_old_date(app: Any) -> None:
    project = chain.running_project()
    (row,) = milestones.milestones_of(project.id)
    was, later = row.due_on, row.due_on + timedelta(days=30)
    request = asked(project, ("goal", {"milestone": str(row.id), "due_on": later}))
    decide(request, "return", "say why")
    assert request.status is ChangeStatus.returned and row.due_on == was
    operations.hand_in(request, request.version, chain.lead(project))
    decide(request)
    assert row.due_on == later
    (change,) = milestones.changes_of([row.id])
    assert (change.before, change.after, change.origin) == (
        was.isoformat(),
        later.isoformat(),
        f"change {request.number}",
    )


def test_a_small_transfer_holds_by_notice_and_the_limit_counts_them_together(app: Any) -> None:
    project = chain.running_project()
    lines = [b for b in projects.budget_of(project.id) if b.cost_item == "LAB" and b.amount_yen]
    year, firm = lines[0].fiscal_year, lines[0].organisation_id
    free = sum(b.amount_yen for b in projects.budget_of(project.id) if b.fiscal_year == year)
    move = {"organisation": str(firm), "year": str(year), "item": "LAB", "to_item": "TRV"}
    first = asked(project, ("item_transfer", {**move, "yen": 300_000}))
    assert first.status is ChangeStatus.notified
    assert {b.cost_item: b.amount_yen for b in projects.budget_of(project.id) if b.organisation_id == firm}[
        "TRV"
    ] == 300_000
    assert queries.moved_freely(project.id) == {year: 300_000}
    rest = free * 20 // 100 - 300_000
    others = [{**move, "organisation": str(b.organisation_id)} for b in lines[1:3]]
    second = asked(
        project, ("item_transfer", {**others[0], "yen": 4_000_000}), ("item_transfer", {**others[1], "yen": rest - 3_999_999})
    )  # fmt: skip
    assert second.status is ChangeStatus.submitted


def test_the_end_comes_through_the_award(app: Any) -> None:
    project = chain.running_project()
    decide(asked(project, ("abolition", {"text": "the equipment goes back"})))
    award = agreements.of_project(project.id)
    assert award is not None and award.status is AwardStatus.terminated and project.status is ProjectStatus.terminated
    with pytest.raises(Refused):
        operations.open_request(project, chain.lead(project))


def test_who_may_read_write_and_decide(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    lead = chain.lead(project)
    partner = proposals.partner_of(project.application)  # type: ignore[arg-type]
    request = operations.open_request(project, lead)
    assert operations.open_request(project, lead) is request  # one draft, in which all meet
    url = f"/changes/{request.id}"
    assert [client_for(one).get(url).status_code for one in (lead, partner, person(Role.officer))] == [200, 404, 404]
    other = organisation("company_sme")
    operations.add_item(
        request, ChangeKind.total_amount,
        {"organisation": str(firm_of(project, "project_leader")), "year": str(_year(project)), "item": "LAB", "yen": 4_123_456},
        request.version, lead,
    )  # fmt: skip
    operations.save_words(request, operations.Words("r", "", "", today()), request.version, lead)
    operations.hand_in(request, request.version, lead)
    officer, auditor = person(Role.officer), person(Role.auditor)
    outsider = person(Role.applicant, of=other)
    assert [client_for(one).get(url).status_code for one in (partner, officer, auditor, outsider)] == [
        200,
        200,
        200,
        404,
    ]
    leader = next(p for p in queries.people_of(project.application_id, {firm_of(project, "project_leader")}))
    if partner.id != leader.user_id:
        assert "4,123,456" not in client_for(partner).get(url).text  # a partner's cost lines are not for the others
    assert "4,123,456" in client_for(officer).get(url).text
    for who in (auditor, partner, lead):
        with pytest.raises(Forbidden):
            decide(request, actor=who)


def _year(project: Any) -> int:
    return min(b.fiscal_year for b in projects.budget_of(project.id))


def test_the_pages_from_asking_to_deciding(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    browser, office = client_for(chain.lead(project)), client_for(person(Role.officer))
    assert browser.get(f"/projects/{project.id}/changes").status_code == 200
    answer = browser.post(f"/projects/{project.id}/changes")
    url = answer.headers["Location"]
    request = session.query(ChangeRequest).filter_by(project_id=project.id).one()
    for kind in ChangeKind:
        assert browser.get(f"{url}/add/{kind.value}").status_code == 200
    assert browser.get(f"{url}/add/nothing").status_code == 404
    wrong = browser.post(f"{url}/add/period", data={"version": request.version, "ends_on": "2001-01-01"})
    assert wrong.status_code == 422 and "before" in wrong.text
    end = (today() + timedelta(days=500)).isoformat()
    assert browser.post(f"{url}/add/period", data={"version": request.version, "ends_on": end}).status_code == 303
    session.expire_all()
    words = {"version": request.version, "reason": "more time", "effective_on": today().isoformat()}
    assert browser.post(url, data={**words, "reason": "", "hand_in": "1"}).status_code == 422
    session.expire_all()
    assert browser.post(url, data={**words, "version": request.version, "hand_in": "1"}).status_code == 303
    assert office.get("/officer/changes?status=submitted").status_code == 200
    page = office.get(url)
    basis = page.text.split('name="basis" value="')[1].split('"')[0]
    session.expire_all()
    done = office.post(f"{url}/approve", data={"version": request.version, "basis": basis, "words": ""})
    assert done.status_code == 303 and office.get(url).status_code == 200
    session.expire_all()
    assert request.status is ChangeStatus.approved


def test_a_departure_in_the_future_waits_for_its_day(app: Any) -> None:
    project = chain.running_project()
    leaver, heir = firm_of(project), firm_of(project, "sub_leader")
    day = today() + timedelta(days=3)
    decide(asked(project, ("member_leaves", {"organisation": str(leaver), "heir": str(heir)}), on=day))
    operations.sweep()
    (one,) = queries.people_of(project.application_id, {leaver})
    assert one.ended_at is None
    for part in project.participants:
        if part.organisation_id == leaver:
            part.valid_to = today()
    session.flush()
    operations.sweep()
    assert session.get_one(MemberPerson, one.id).ended_at is not None


def test_what_is_spent_and_what_notices_moved_is_counted_together(app: Any) -> None:
    """CON-15: a notice on the pages of money uses up the limit of a request, and the other way round."""
    project = chain.running_project()
    award = agreements.of_project(project.id)
    assert award is not None
    contract, lead = award.contracts[0], chain.lead(project)
    firm = agreements.organisations_of(lead, project).pop()
    data = money.TransferData(firm, "LAB", "TRV", 250_000, "more travel")
    money.transfer(contract, data, lead)
    assert queries.used_freely(project.id) == {contract.fiscal_year: 250_000}
    found = queries.standing(project)
    (line,) = [key for key in found.budget if key[0] == firm and key[2] == "LAB"]
    assert found.left(line) == found.budget[line] - 250_000
    given = {"organisation": str(firm), "year": str(line[1]), "item": "LAB", "to_item": "MAT"}
    request = operations.open_request(project, lead)
    with pytest.raises(Refused):
        typed = {**given, "yen": found.left(line) + 1}
        operations.add_item(request, ChangeKind.item_transfer, typed, request.version, lead)


def test_what_became_impossible_tells_no_other_partners_line(app: Any, client_for: Any) -> None:
    """B: the reason that a line is short names what is left of it: for its own organisation, the lead and the office."""
    project = chain.running_project()
    leading, other = firm_of(project, "project_leader"), firm_of(project)
    line = next(b for b in projects.budget_of(project.id) if b.organisation_id == leading and b.cost_item == "LAB")
    move = {"organisation": str(leading), "year": str(line.fiscal_year), "item": "LAB", "to_organisation": str(other)}
    request = asked(project, ("item_transfer", {**move, "to_item": "LAB", "yen": 2_000_000}))
    line.amount_yen = 1_357_913  # spent or moved since it was handed in
    session.commit()
    (user_id,) = [p.user_id for p in queries.people_of(project.application_id, {other})]
    partner = client_for(session.get_one(type(chain.lead(project)), user_id)).get(f"/changes/{request.id}")
    assert partner.status_code == 200 and "1,357,913" not in partner.text
    for one in (chain.lead(project), person(Role.officer)):
        assert "Only 1,357,913 yen" in client_for(one).get(f"/changes/{request.id}").text


def test_another_lead_takes_everything_over(app: Any, client_for: Any) -> None:
    """Who leads now reports, signs and asks; who led before does so no more."""
    project = chain.running_project()
    old, new = chain.lead(project), firm_of(project, "sub_leader")
    decide(asked(project, ("managing_organisation", {"organisation": str(new)})))
    (heir,) = {one.user_id for one in queries.people_of(project.application_id, {new})}
    assert projects.lead_person_ids(project) == {heir} and agreements.signatory_ids(project) == {heir}
    user = session.get_one(type(old), heir)
    assert operations.open_request(project, user).number == 2
    with pytest.raises(Forbidden):
        operations.open_request(project, old)
    assert client_for(old).get(f"/projects/{project.id}").status_code == 404
    assert client_for(user).get(f"/projects/{project.id}/agreement").status_code == 200


def test_a_newcomer_may_lead_too(app: Any) -> None:
    project = chain.running_project()
    joiner = organisation("company_sme")
    user = person(Role.applicant, of=joiner)
    lead = chain.lead(project)
    request = operations.open_request(project, lead)
    typed = {"organisation": joiner.org_key, "role": "implementer"}
    operations.add_item(request, ChangeKind.member_joins, typed, request.version, lead)
    operations.save_words(request, operations.Words("They lead", "", "", today()), request.version, lead)
    operations.hand_in(request, request.version, lead)
    decide(request)
    decide(asked(project, ("managing_organisation", {"organisation": str(joiner.id)})))
    assert projects.lead_person_ids(project) == {user.id}


def test_a_partner_tells_of_a_delay_and_the_lead_asks_for_the_extension_from_it(app: Any, client_for: Any) -> None:
    """MON-5: what happened, effects, measures, wish; the office receives it and instructs."""
    project, office = chain.running_project(started_on=today() - timedelta(days=30)), person(Role.officer)
    partner, lead = proposals.partner_of(project.application), chain.lead(project)
    browser, own = client_for(partner), sorted(agreements.organisations_of(partner, project))[0]
    form = f"/projects/{project.id}/incidents/new"
    assert form in browser.get(f"/projects/{project.id}/milestones").text
    day = {"organisation_id": str(own), "happened_on": (today() + timedelta(days=1)).isoformat()}
    assert browser.post(form, data=day).status_code == 422
    begun = browser.post(form, data=day | {"happened_on": today().isoformat()})
    assert begun.status_code == 303
    report = next(r for r in milestones.reports_of(project.id) if r.kind.value == "incident")
    wished, desk = today() + timedelta(days=500), client_for(office)
    assert desk.get(f"/reports/{report.id}").status_code == 404  # nobody asked for it: not there before it is handed in
    assert "Delay or accident" not in desk.get(f"/projects/{project.id}").text
    told = {"work_done": "the furnace burnt down", "text-when": "since today", "text-period": "half a year",
            "text-money": "none", "text-measures": "a new furnace is ordered", "text-wished_end": "soon"}  # fmt: skip
    address = f"/reports/{report.id}"
    refused = browser.post(address, data=told | {"version": report.version, "submit": "1"})
    assert refused.status_code == 422 and "2027-09-30" in refused.text
    session.refresh(report)
    told |= {"version": report.version, "text-wished_end": wished.isoformat(), "submit": "1"}
    assert browser.post(address, data=told).status_code == 303
    assert "Judge: Delay or accident report" in desk.get(f"/projects/{project.id}").text
    assert "the furnace burnt down" in desk.get(address).text and "Parts of the partners" not in desk.get(address).text
    assert "Delay or accident" in desk.get("/officer/reports").text  # handed in: among what waits
    session.refresh(report)
    assert (
        desk.post(f"{address}/accept", data={"version": report.version, "remarks": "tell us monthly"}).status_code
        == 303
    )
    assert "tell us monthly" in browser.get(address).text
    assert browser.post(f"{address}/change").status_code == 403  # changes are the lead's to ask for
    opened = client_for(lead).post(f"{address}/change")
    assert opened.status_code == 303
    (request,) = queries.of_project(project.id)
    assert "the furnace burnt down" in request.reason and request.items[0].given == {"ends_on": wished.isoformat()}

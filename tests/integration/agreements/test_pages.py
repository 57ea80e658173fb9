"""An award worked through its pages by both sides, and what each reader sees."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from app.accounts.choices import Role
from app.agreements import exports, queries
from app.agreements.choices import AwardStatus, Side
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.projects.choices import Regime
from tests.factories import chain, proposals
from tests.factories.people import person
from tests.factories.portfolio import project as old_project


def fresh(award: Any) -> Any:
    session.expire_all()
    return chain.award_of(award.project)


def through_the_checklist(award: Any, url: str, office: Any, lead: Any) -> None:
    for item in queries.checklist_of(award):
        browser = office if item.side is Side.office else lead
        data = {f"{item.code}-version": str(item.version), f"{item.code}-done": "y", f"{item.code}-note": "ok"}
        data["file"] = (BytesIO(proposals.pdf_bytes()), "plan.pdf")
        answer = browser.post(f"{url}/checklist/{item.code}", data=data, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text


def test_a_commission_through_its_pages(app: Any, client_for: Any) -> None:
    project = chain.adopted_project()
    award, officer = chain.award_of(project), person(Role.officer)
    office, lead = client_for(officer), client_for(chain.lead(project))
    partner = client_for(proposals.partner_of(project.application))
    url = f"/projects/{project.id}/agreement"
    for browser in (office, lead, partner):
        assert browser.get(url).status_code == 200
    assert "Begin the cost assessment" in office.get(url).text
    assert office.post(f"{url}/assess", data={"version": award.version}).status_code == 303
    assert office.post(f"{url}/assess", data={"version": award.version}).status_code == 409  # CON-10: once
    award = fresh(award)
    assert award.status is AwardStatus.cost_assessment

    item = queries.checklist_of(award)[0]
    form = {f"{item.code}-version": str(item.version), f"{item.code}-done": "y"}
    assert office.post(f"{url}/checklist/{item.code}", data=form).status_code == 403  # the consortium's own point
    bare = lead.post(f"{url}/checklist/{item.code}", data=form)
    assert bare.status_code == 422 and "Attach the file" in bare.text
    through_the_checklist(award, url, office, lead)
    assert lead.get(f"{url}/checklist").text.count("state-good") >= 9
    assert lead.get(f"{url}/checklist/plan/file").data.startswith(b"%PDF")
    assert (
        partner.get(f"{url}/checklist").status_code == 200
        and partner.get(f"{url}/checklist/plan/file").status_code == 404
    )

    award = fresh(award)
    lines = queries.lines_of(award)
    amounts: dict[str, Any] = {"version": award.version}
    for line in lines:
        amounts |= {f"yen-{line.id}": str(line.assessed_yen), f"reason-{line.id}": ""}
    first = lines[0]
    more = office.post(
        f"{url}/costs", data={**amounts, f"yen-{first.id}": str(first.assessed_yen + 1), f"reason-{first.id}": "x"}
    )
    assert more.status_code == 422 and "were decided" in more.text  # CON-10
    cut = {**amounts, f"yen-{first.id}": str(first.assessed_yen - 1_000)}
    assert "Say why this line was changed" in office.post(f"{url}/costs", data=cut).text
    cut[f"reason-{first.id}"] = "unit price"
    assert lead.post(f"{url}/costs", data=cut).status_code == 403
    assert office.post(f"{url}/costs", data={**cut, "send": "1"}).status_code == 303
    assert office.post(f"{url}/costs", data=cut).status_code == 409  # an older version
    award = fresh(award)
    page = lead.get(f"{url}/costs").text
    assert "unit price" in page and "Confirm the assessed budget" in page
    wrong = lead.post(f"{url}/costs/object", data={"version": award.version, "objection": "too low"})
    assert wrong.status_code == 303 and "too low" in office.get(f"{url}/costs").text
    award = fresh(award)
    assert office.post(f"{url}/costs", data={**cut, "version": award.version, "send": "1"}).status_code == 303
    award = fresh(award)
    assert partner.post(f"{url}/costs/agree", data={"version": award.version, "name": "P"}).status_code == 403
    assert lead.post(f"{url}/costs/agree", data={"version": award.version, "name": "Lead"}).status_code == 303
    award = fresh(award)
    assert sum(line.assessed_yen for line in queries.lines_of(award)) == project.amount_yen - 1_000
    assert sum(p.allocation_yen for p in project.participants) == project.amount_yen - 1_000

    assert "Make the contract" in office.get(f"{url}/contracts/new").text
    offer = {
        "version": award.version, "starts_on": "2026-11-01", "ends_on": "2027-04-30", "amount_yen": "1000000", "rate": "100",
        "conditions": "quarterly talks",
    }  # fmt: skip
    late = office.post(f"{url}/contracts/new", data=offer)
    assert late.status_code == 422 and "31 March at the latest" in late.text  # CON-17
    assert (
        office.post(f"{url}/contracts/new", data={**offer, "ends_on": "2027-03-31", "rate": "66.67"}).status_code == 422
    )
    done = office.post(f"{url}/contracts/new", data={**offer, "ends_on": "2027-03-31"})
    assert done.status_code == 303
    award = fresh(award)
    contract = award.contracts[0]
    terms = f"{url}/contracts/{contract.id}/terms/1"
    assert (
        "quarterly talks" in lead.get(terms).text
        and "Books and evidence" in lead.get(terms).text
        and partner.get(terms).status_code == 404
    )
    row = queries.latest_terms(contract)
    assert row is not None
    good = {"version": row.version, "sha256": row.sha256, "name": "Officer", "read": "y"}
    assert office.post(f"{terms}/confirm", data={**good, "sha256": "0" * 64}).status_code == 409
    assert office.post(f"{terms}/confirm", data=good).status_code == 303
    assert (
        lead.post(f"{terms}/confirm", data={**good, "name": "Lead"}).status_code == 409
    )  # the version that was read is old
    session.expire_all()
    assert lead.post(f"{terms}/confirm", data={**good, "version": row.version, "name": "Lead"}).status_code == 303
    award = fresh(award)
    assert award.status is AwardStatus.contracted and award.contracts[0].signed_on == today()
    assert office.get(f"{terms}/signed").status_code == 202 and partner.get(f"{terms}/signed").status_code == 404
    assert office.get(f"{url}/contracts/{contract.id}/change").status_code == 200
    for browser in (office, lead, partner):
        assert browser.get(url).status_code == 200


def test_events_and_evaluations_through_their_pages(app: Any, client_for: Any) -> None:
    project = chain.running_project(started_on=today() - timedelta(days=30))
    award, officer = chain.award_of(project), person(Role.officer)
    office, lead = client_for(officer), client_for(chain.lead(project))
    url, on = f"/projects/{project.id}/agreement", today().isoformat()

    def fire(event: str, **data: str) -> Any:
        page = office.get(f"{url}/{event}")
        assert page.status_code == 200, event
        return office.post(f"{url}/{event}", data={"version": str(fresh(award).version), **data})

    assert fire("suspend", on=on, reason="").status_code == 422
    assert fire("suspend", on=on, reason="fire in the laboratory").status_code == 303
    assert "fire in the laboratory" in lead.get(url).text
    assert fire("resume", on=on, reason="rebuilt").status_code == 303
    assert lead.get(f"{url}/receive_report").status_code == 404
    assert lead.post(f"{url}/receive_report", data={"version": str(award.version), "on": on}).status_code == 403
    assert office.get(f"{url}/evaluations/new").status_code == 200
    year = fiscal_year(today())
    assert office.post(f"{url}/evaluations/new", data={"fiscal_year": str(year), "held_on": on}).status_code == 303
    row = fresh(award).evaluations[0]
    sheet = f"{url}/evaluations/{row.id}"
    early = {a: "B" for a in ("technical", "commercialization", "policy", "management")} | {"comment": "good"}
    assert "has not filled in" in office.post(f"{sheet}/review", data={**early, "version": row.version}).text
    typed = {
        "version": row.version,
        "result_0": "0.45 mW",
        "trl": "5",
        "problems": "yield",
        "plan_update": "as planned",
    }
    assert (
        lead.get(sheet).status_code == 200
        and lead.post(f"{sheet}/fill", data={**typed, "trl": "10"}).status_code == 422
    )
    assert lead.post(f"{sheet}/fill", data=typed).status_code == 303
    assert lead.post(f"{sheet}/fill", data=typed).status_code == 409
    row = fresh(award).evaluations[0]
    assert (
        office.post(f"{sheet}/review", data={"version": row.version, "technical": "A", "comment": "x"}).status_code
        == 422
    )
    assert office.post(f"{sheet}/review", data={**early, "version": row.version}).status_code == 303
    assert "0.45 mW" in office.get(sheet).text
    row = fresh(award).evaluations[0]
    stop = {"version": row.version, "event": "stop", "conditions": ""}
    assert office.post(f"{sheet}/decide", data=stop).status_code == 422  # a reason is needed
    assert office.post(f"{sheet}/decide", data={**stop, "event": "go_on"}).status_code == 303
    assert "Continue" in lead.get(sheet).text
    silent = fire("receive_report", on=on)
    assert silent.status_code == 422 and "No performance report" in silent.text and "/performance" in silent.text
    assert fire("receive_report", on=on, paper="by post, no. 12").status_code == 303
    assert fire("return_report", reason="the ledger is missing").status_code == 303
    assert fire("receive_report", on=on, paper="by post, no. 13").status_code == 303
    money = f"/projects/{project.id}/money/{award.contracts[0].id}"
    assert f"{money}/inspection" in office.get(f"/projects/{project.id}").text  # what is left to do leads there
    seen = {"kind": "determination", "held_on": on, "findings": "all evidence seen"}
    assert office.post(f"{money}/inspection", data=seen).status_code == 303
    assert office.post(f"{money}/inspection", data=seen).status_code == 422  # one inspection, one record
    fixing = {"on": on, "expected_yen": "0"}
    assert "Another officer fixes" in office.post(f"{money}/fixing", data=fixing).text  # MON-3: 0 yen takes two as well
    assert fresh(award).status is AwardStatus.inspected
    for event in ("complete", "inspect", "nonsense"):
        assert office.get(f"{url}/{event}").status_code == 404
    front = f"/projects/{project.id}"
    page = office.get(front).text
    assert "What is left to do" in page and "Fix the amount" in page and "End the project early" not in page
    assert (
        office.post(f"{front}/terminate", data={"end-on": on, "end-reason": "x"}).status_code == 422
    )  # the award's steps
    assert office.post(f"{front}/complete", data={"complete-completed_on": on}).status_code == 422
    assert fire("terminate", on=on, reason="no funds").status_code == 303
    assert fresh(award).project.status.value == "terminated" and award.status is AwardStatus.terminated


def test_a_project_of_earlier_years_says_that_it_has_no_agreement(app: Any, client_for: Any) -> None:
    project = old_project()
    office = client_for(person(Role.officer))
    page = office.get(f"/projects/{project.id}/agreement")
    assert page.status_code == 200 and "No agreement is kept here" in page.text
    assert office.get(f"/projects/{project.id}/agreement/checklist").status_code == 404


def test_a_partner_sees_its_own_costs_only(app: Any, client_for: Any) -> None:
    project = chain.adopted_project()
    award = chain.contracted(project, today(), fiscal_year_end(fiscal_year(today())), 12_345_678)
    partner = proposals.partner_of(project.application)
    own = queries.organisations_of(partner, project)
    others = {p.organisation.name.en for p in project.participants if p.organisation_id not in own}
    browser, url = client_for(partner), f"/projects/{project.id}/agreement"
    page, costs = browser.get(url).text, browser.get(f"{url}/costs").text
    table = costs[costs.index("<tbody>") : costs.index("</tbody>")]
    assert own and others and not any(name in table for name in others)
    assert "12,345,678" not in page and "Ceiling" not in page
    assert len(exports.lines_for(partner, award)) == len(
        [x for x in queries.lines_of(award) if x.organisation_id in own]
    )
    stranger = client_for(person(Role.applicant))
    for address in ("", "/costs", "/checklist", f"/contracts/{award.contracts[0].id}/terms/1/document"):
        assert stranger.get(url + address).status_code == 404


def test_the_office_lists_awards_with_what_they_wait_for(app: Any, client_for: Any, count_queries: Any) -> None:
    officer = person(Role.officer)
    office = client_for(officer)
    assert "Nothing matches" in office.get("/awards").text
    waiting = chain.adopted_project()
    with count_queries() as one:
        assert office.get("/awards").status_code == 200
    signed = chain.contracted(chain.adopted_project("new_collaboration"))
    with count_queries() as more:
        page = office.get("/awards").text
    assert len(more) == len(one)  # whatever the rows
    assert waiting.project_key in page and "Begin the cost assessment" in page and "Start the project" in page
    filtered = office.get("/awards?status=granted&regime=subsidy").text
    assert signed.project.project_key in filtered and waiting.project_key not in filtered
    whats = {task.what.en: task for task in exports.tasks_for(officer)}
    assert {"Begin the cost assessment", "Start the project"} <= set(whats)
    for task in whats.values():
        arguments = "&".join(f"{k}={v}" for k, v in task.arguments.items())
        assert arguments and task.endpoint
    assert client_for(person(Role.auditor)).get("/awards").status_code == 200
    assert client_for(chain.lead(waiting)).get("/awards").status_code == 403


def test_both_languages(app: Any, client_for: Any) -> None:
    award = chain.contracted(
        chain.adopted_project("new_collaboration"), date(2026, 4, 1), date(2029, 3, 31), rate=6_667
    )
    assert award.regime is Regime.subsidy
    office, url = client_for(person(Role.officer)), f"/projects/{award.project_id}/agreement"
    assert "交付決定" in office.get(f"{url}?lang=ja").text

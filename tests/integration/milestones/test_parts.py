"""Reports written by partners: confirming, sending back by section, frozen versions, costs, later due dates."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.agreements import operations as agreements
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.outbox import OutboxItem
from app.core.pdf import Document, make, render
from app.milestones import operations, policy, queries
from app.milestones.choices import Achievement, ExtensionStatus, ReportKind
from app.milestones.definitions.sections import SPEND
from app.milestones.operations import PartData, ReportData, Result
from tests.factories import chain, proposals
from tests.factories.people import person


def part(**values: Any) -> PartData:
    return PartData(**{
        "work": "Built the bench", "deviations": "", "staff_hours": 120, "costs": {"LAB": 700, "MAT": 300},
        "costs_note": "SECRETRATE", "assets": "one oven", "ip": "", "meetings": "", "next_period": "", **values,
    })  # fmt: skip


def whole(project: Any, **values: Any) -> ReportData:
    results = tuple(Result(m.id, Achievement.achieved, "1", "") for m in queries.milestones_of(project.id))
    return ReportData(**{
        "work_done": "All together", "deviations": "none", "spend_yen": 1_000, "results": results, **values,
    })  # fmt: skip


def told(project: Any) -> tuple[Any, Any, Any, int]:
    """A report, the lead, a partner and that partner's organisation."""
    partner = proposals.partner_of(project.application)
    (org,) = queries.own_organisations(partner, project.application_id)
    return queries.reports_of(project.id)[0], chain.lead(project), partner, org


def test_partners_write_and_confirm_their_parts_and_the_lead_compiles(app: Any, client_for: Any) -> None:
    """MON-12: work, hours, spend, assets per partner; the lead's draft opens with what they confirmed."""
    project = chain.running_project()
    report, lead, partner, org = told(project)
    browser, url = client_for(partner), f"/reports/{report.id}/parts/{org}"
    data = {"version": "0", "work": "Built the bench", "staff_hours": "120", "cost-LAB": "700", "cost-MAT": "300",
            "costs_note": "SECRETRATE", "assets": "one oven"}  # fmt: skip
    assert browser.get(url).status_code == 200
    assert browser.post(url, data=data).status_code == 303
    assert browser.post(url, data=data).status_code == 409  # a part exists by now
    operations.save(report, whole(project), report.version, lead)
    with pytest.raises(Refused) as refusal:
        operations.submit(report, lead)
    assert {r.code for r in refusal.value.reasons} == {"part-unconfirmed"}
    mine = queries.part_of(report, org)
    assert mine is not None
    assert client_for(lead).post(f"{url}/confirm", data={"version": mine.version, "name": "L"}).status_code == 403
    assert browser.post(f"{url}/confirm", data={"version": mine.version, "name": ""}).status_code == 422
    assert browser.post(f"{url}/confirm", data={"version": mine.version, "name": "Partner P."}).status_code == 303
    session.expire_all()
    page = client_for(lead).get(f"/reports/{report.id}").text
    assert "one oven" in page and "120" in page and "Partner P." in page  # taken over into the lead's draft
    operations.save_part(report, org, part(work="Changed"), mine.version, partner)
    assert mine.confirmed_at is None  # what changed has to be confirmed again
    with pytest.raises(Stale):
        operations.confirm_part(report, org, "P", mine.version - 1, partner)
    operations.confirm_part(report, org, "P", mine.version, partner)
    operations.submit(report, lead)
    with pytest.raises((Refused, OutOfOrder)):
        operations.save_part(report, org, part(), mine.version, partner)


def test_the_cost_detail_of_a_partner_is_for_itself_and_the_office(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    report, lead, partner, org = told(project)
    row = operations.save_part(report, org, part(), 0, partner)
    other = next(
        user for user in chain.operations_people(project)
        if org not in queries.own_organisations(user, project.application_id) and user.id != lead.id
    )  # fmt: skip
    session.commit()
    url = f"/reports/{report.id}/parts/{org}"
    assert "Built the bench" in client_for(lead).get(url).text  # the lead compiles
    assert "Built the bench" not in client_for(other).get(url).text  # not confirmed yet
    stale = client_for(partner).post(url, data={"version": "0", "work": "mine", "cost-LAB": "9"})
    assert stale.status_code == 409 and "mine" in stale.text and "Built the bench" in stale.text
    assert client_for(other).post(url, data={"version": row.version, "work": "x"}).status_code == 403
    operations.confirm_part(report, org, "P", row.version, partner)
    office = client_for(person(Role.officer))
    assert office.get(f"/reports/{report.id}/parts/{org}").status_code == 404  # still being written
    operations.save(report, whole(project), report.version, lead)
    operations.submit(report, lead)
    session.commit()
    for path in (f"/reports/{report.id}", f"/reports/{report.id}/parts/{org}", f"/reports/{report.id}/versions/1"):
        for reader in (lead, other):
            text = client_for(reader).get(path).text
            assert "SECRETRATE" not in text and "1,000" in text  # the total is known, its detail is not
    for reader in (partner, person(Role.officer), person(Role.auditor)):
        assert "SECRETRATE" in client_for(reader).get(f"/reports/{report.id}/versions/1").text
    assert not policy.may_know_costs(lead, report, org) and policy.may_know_costs(partner, report, org)
    (version,) = queries.versions_of(report.id)
    # The printed ones are apart as well: each kind of reader orders and gets its own.
    for reader in (lead, partner, person(Role.officer)):
        browser = client_for(reader)
        assert browser.get(f"/reports/{report.id}/versions/1/print?language=en").status_code == 404
        assert browser.post(f"/reports/{report.id}/versions/1/print").status_code == 303
        assert browser.post(f"/reports/{report.id}/versions/1/print").status_code == 303  # once is enough
        assert browser.get(f"/reports/{report.id}/versions/1/print?language=ja").status_code == 202
    documents = session.scalars(select(Document).where(Document.dedupe_key.like(f"report:{report.id}:%"))).all()
    with_detail = {d.dedupe_key: "SECRETRATE" in str(d.context) for d in documents}
    assert len(documents) == 6 and sum(with_detail.values()) == 4
    assert not any(with_detail[operations.print_key(version, code, False, queries.own_organisations(lead, project.application_id))] for code in ("en", "ja"))  # fmt: skip


def test_a_printed_version_is_a_pdf_in_either_language(app: Any) -> None:
    project = chain.running_project()
    report, lead, partner, org = told(project)
    row = operations.save_part(report, org, part(), 0, partner)
    operations.confirm_part(report, org, "P", row.version, partner)
    operations.save(report, whole(project), report.version, lead)
    operations.submit(report, lead)
    (version,) = queries.versions_of(report.id)
    for code in ("en", "ja"):
        operations.order_print(version, code, None, person(Role.officer))
        document = queries.document_by(operations.print_key(version, code, True))
        assert document is not None and make and render("milestones/report", code, document.context)[:5] == b"%PDF-"


def test_only_the_sections_that_were_sent_back_open_again(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    report, lead, partner, org = told(project)
    row = operations.save_part(report, org, part(), 0, partner)
    operations.confirm_part(report, org, "P", row.version, partner)
    operations.save(report, whole(project), report.version, lead)
    operations.submit(report, lead)
    session.commit()
    officer, url = client_for(person(Role.officer)), f"/reports/{report.id}"
    seen = {"version": report.version, f"back-part-{org}": "y", "back-deviations": "y"}
    assert officer.post(f"{url}/return", data=seen).status_code == 422  # words are missing
    words = {**seen, f"remark-part-{org}": "hours do not add up", "remark-deviations": "why?"}
    assert officer.post(f"{url}/return", data=words).status_code == 303
    session.expire_all()
    assert report.sent_back == {f"part-{org}": "hours do not add up", "deviations": "why?"}
    mine = queries.part_of(report, org)
    assert mine is not None and mine.confirmed_at is None
    page = client_for(lead).get(url).text
    assert 'name="deviations"' in page and 'name="work_done"' not in page and "why?" in page
    with pytest.raises(Refused) as refusal:
        operations.save(report, whole(project, work_done="other words", deviations="because"), report.version, lead)
    assert refusal.value.reasons[0].code == "section-locked"
    crafted = {"version": report.version, "deviations": "because", "work_done": "other words"}
    assert client_for(lead).post(url, data=crafted).status_code == 303  # the form has no such field
    session.expire_all()
    assert (report.work_done, report.deviations) == ("All together", "because")
    others = [one.id for one in queries.organisations_of(project.id) if one.id != org]
    writer = next(u for u in chain.operations_people(project) if others[0] in queries.own_organisations(u, project.application_id))  # fmt: skip
    with pytest.raises(Refused):
        operations.save_part(report, others[0], part(), 0, writer)
    operations.save_part(report, org, part(staff_hours=130), mine.version, partner)
    operations.confirm_part(report, org, "P", mine.version, partner)
    operations.submit(report, lead)
    session.commit()
    session.expire_all()
    assert report.sent_back == {} and [v.number for v in queries.versions_of(report.id)] == [2, 1]
    second, first = queries.versions_of(report.id)
    assert first.content["sections"]["deviations"] == "none" and first.sha256 != second.sha256  # as it was handed in
    page = officer.get(f"{url}/versions/2").text
    assert "because" in page and "130" in page and "What changed since version 1" in page
    assert officer.get(f"{url}/versions/3").status_code == 404


def test_books_go_before_what_partners_typed(app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project = chain.running_project()
    report, lead, partner, org = told(project)
    operations.save_part(report, org, part(), 0, partner)
    session.commit()
    assert 'value="1,000"' in client_for(lead).get(f"/reports/{report.id}").text
    asked: list[Any] = []

    def books(project_id: int, period: tuple[date, date]) -> dict[int, int]:
        asked.append((project_id, period))
        return {org: 4_321}

    monkeypatch.setattr("app.milestones.queries.reports.SPEND", [books])
    assert isinstance(SPEND, list)
    assert 'value="4,321"' in client_for(lead).get(f"/reports/{report.id}").text
    assert asked[0] == (project.id, (report.period_from, report.period_to))


def test_a_later_due_date_is_asked_for_and_decided_and_the_first_one_stays(app: Any, client_for: Any) -> None:
    project = chain.running_project(days=400)
    report, lead, partner, _org = told(project)
    first = report.due_on
    later = max(first, today()) + timedelta(days=14)
    url = f"/reports/{report.id}"
    ask = {"until": later.isoformat(), "reason": "the tester was ill"}
    assert client_for(partner).post(f"{url}/extension", data=ask).status_code == 403
    assert client_for(lead).post(f"{url}/extension", data={**ask, "until": first.isoformat()}).status_code == 422
    assert client_for(lead).post(f"{url}/extension", data=ask).status_code == 303
    assert client_for(lead).post(f"{url}/extension", data=ask).status_code == 422  # one at a time
    session.expire_all()
    (wish,) = report.extensions
    assert report.due_on == first  # asking moves nothing
    officer, office = client_for(person(Role.officer)), person(Role.officer)
    decide = f"{url}/extensions/{wish.id}"
    assert "the tester was ill" in officer.get(url).text
    assert f'href="{url}"' in officer.get("/officer/reports?extension=asked").text
    assert "Decide on later due dates" in officer.get("/").text
    assert officer.post(f"{decide}/refuse", data={"version": wish.version}).status_code == 422  # needs words
    with pytest.raises(Forbidden):
        operations.decide_extension(wish, "grant", None, "", lead)
    assert officer.post(f"{decide}/grant", data={"version": wish.version}).status_code == 303
    session.expire_all()
    assert (report.due_on, report.first_due_on, wish.status) == (later, first, ExtensionStatus.granted)
    assert officer.post(f"{decide}/refuse", data={"version": wish.version, "answer": "x"}).status_code == 409
    again = operations.ask_extension(report, later + timedelta(days=7), "again", lead)
    operations.decide_extension(again, "grant", later + timedelta(days=3), "three days", office)
    assert (report.due_on, report.first_due_on) == (later + timedelta(days=3), first)
    keys = session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.like("report-extension:%"))).all()
    assert len(keys) == 2 * len(chain.operations_people(project))


def test_final_reports_fall_due_at_completion_and_officers_ask_for_others(app: Any, client_for: Any) -> None:
    """MON-5: the performance report of each contract, 30 days after it or by 10 April; accepted it moves the award."""
    project = chain.running_project(started_on=today() - timedelta(days=120), days=119)
    chain.accept_all_reports(project)
    office, lead, award = person(Role.officer), chain.lead(project), chain.award_of(project)
    contract = award.contracts[0]
    assert client_for(lead).get(f"/projects/{project.id}/performance").status_code == 200
    assert client_for(lead).post(f"/projects/{project.id}/performance").status_code == 303
    final = [r for r in queries.reports_of(project.id) if r.kind in operations.FINAL]
    assert [r.kind for r in final] == [ReportKind.performance]
    assert final[0].due_on == operations.due_on(ReportKind.performance, contract.ends_on)
    assert (final[0].period_from, final[0].period_to) == (contract.starts_on, contract.ends_on)
    assert client_for(lead).get(f"/projects/{project.id}/performance").status_code == 303
    with pytest.raises(Refused) as missing:
        agreements.receive_report(award, today(), office)
    assert [r.code for r in missing.value.reasons] == ["report-missing"]
    operations.save(final[0], whole(project), final[0].version, lead)
    with pytest.raises(Refused) as refusal:
        operations.submit(final[0], lead)
    assert {r.where for r in refusal.value.reasons} == {"text-results", "text-contact"}
    data = whole(project, texts={"results": "all reached", "contact": "A. Person", "unknown": "x"})
    operations.save(final[0], data, final[0].version, lead)
    operations.submit(final[0], lead)
    assert "unknown" not in final[0].texts
    operations.judge(final[0], "accept", "", office)
    assert (award.status.value, contract.reported_on) == ("reported", today())
    agreements.return_report(award, "the ledger is missing", office)
    assert (award.status.value, final[0].status.value, final[0].remarks) == (
        "running",
        "returned",
        "the ledger is missing",
    )
    chain.complete(project, today())
    assert [r.kind for r in queries.reports_of(project.id) if r.kind in operations.FINAL and r.id != final[0].id] == [
        ReportKind.completion
    ]
    officer, url = client_for(office), f"/projects/{project.id}/reports/new"
    wanted = {"kind": "interim", "period_from": str(project.started_on), "period_to": today().isoformat()}
    assert officer.get(url).status_code == 200
    assert officer.post(url, data={**wanted, "period_to": "2001-01-01"}).status_code == 422
    assert officer.post(url, data=wanted).status_code == 303
    assert officer.post(url, data=wanted).status_code == 422  # there is one
    assert client_for(lead).post(url, data=wanted).status_code == 403


def test_the_list_of_reports_pages_by_due_date_and_filters(app: Any, client_for: Any, count_queries: Any) -> None:
    project = chain.running_project(started_on=today() - timedelta(days=300), days=900)
    office = person(Role.officer)
    browser = client_for(office)
    found = queries.listing(office, {}, None, None)
    days = [row[0].due_on for row in found.rows]
    assert days == sorted(days) and {r[0].project_id for r in found.rows} >= {project.id}
    key = queries.listing(office, {"due_until": today()}, None, None)
    assert all(row[0].due_on <= today() for row in key.rows)
    for n in range(55):
        operations.ask_for_report(
            project, ReportKind.interim, (today() + timedelta(days=n), today() + timedelta(days=n)), None, office
        )
    session.commit()
    first = queries.listing(office, {"kind": "interim"}, None, None)
    assert len(first.rows) == 50 and first.next
    second = queries.listing(office, {"kind": "interim"}, first.next, None)
    assert len(second.rows) == 5 and second.previous and second.rows[0][0].due_on > first.rows[-1][0].due_on
    with count_queries() as many:
        page = browser.get("/officer/reports?kind=interim&overdue=&due_until=2050-01-01")
    assert page.status_code == 200 and page.text.count("Interim evaluation sheet</a>") == 50
    with count_queries() as few:
        assert browser.get(f"/officer/reports?kind=interim&due_until={days[0] + timedelta(days=60)}").status_code == 200
    assert len(many) == len(few)
    assert browser.get("/officer/reports?due_until=nonsense").status_code == 200
    assert client_for(chain.lead(project)).get("/officer/reports").status_code == 403

"""Two officers decide; nothing tells the applicant before the release; then everything leaves together."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.choices import Role
from app.applications.choices import ApplicationStatus
from app.calls.choices import CallStatus
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.outbox import OutboxItem
from app.core.pdf import Document, render
from app.projects import operations as projects
from app.projects import queries as project_queries
from app.projects.models import Project
from app.reviews import operations, queries
from app.reviews.choices import DecisionStatus, Outcome
from tests.factories import chain, proposals
from tests.factories.people import person


def test_the_proposer_cannot_confirm(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    officer, second = person(Role.officer), person(Role.officer)
    data = {"outcome": "adopted", "amount_yen": str(application.total_yen), "reason": "strong", "version": "0"}
    browser = client_for(officer)
    assert browser.post(f"/officer/applications/{application.id}/decision", data=data).status_code == 303
    decision = queries.decision_of(application.id)
    assert decision is not None
    confirm = f"/officer/applications/{application.id}/decision/confirm"
    assert browser.post(confirm, data={"version": str(decision.version), "reason": "x"}).status_code == 403
    assert client_for(second).post(confirm, data={"version": str(decision.version)}).status_code == 303
    session.expire_all()
    assert decision.status == DecisionStatus.confirmed and decision.confirmed_by_id == second.id


def test_confirming_another_version_than_the_one_looked_at_is_refused(app: Any) -> None:
    application = proposals.under_review()
    decision = operations.propose(application, Outcome.adopted, 1_000, "", "r", 0, person(Role.officer))
    seen = decision.version
    operations.propose(application, Outcome.rejected, 0, "", "changed my mind", seen, person(Role.officer))
    with pytest.raises(Stale):
        operations.confirm(decision, seen, person(Role.officer))


@pytest.mark.parametrize("amount", ["0", "", "999999999999", "-5", "1e400", "NaN", "0.5", "１e3"])
def test_an_impossible_amount_is_refused_at_the_field(app: Any, client_for: Any, amount: str) -> None:
    application = proposals.under_review()
    data = {"outcome": "adopted", "amount_yen": amount, "reason": "strong", "version": "0"}
    answer = client_for(person(Role.officer)).post(f"/officer/applications/{application.id}/decision", data=data)
    assert answer.status_code == 422 and 'id="amount_yen-error"' in answer.text


def test_release_waits_for_every_decision_and_for_the_closing(app: Any) -> None:
    call = proposals.open_call()
    first, second = proposals.under_review(call), proposals.under_review(call)
    chain.decided(first)
    with pytest.raises(Refused) as early:
        projects.release_results(call, person(Role.officer))
    assert early.value.reasons[0].code == "call-open"
    proposals.close_call(call)
    with pytest.raises(Refused) as waiting:
        projects.release_results(call, person(Role.officer))
    assert [r.code for r in waiting.value.reasons] == ["undecided"] and second.number in str(waiting.value.reasons[0])


def test_before_the_release_nothing_tells_the_applicant(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    good, bad = proposals.under_review(call), proposals.under_review(call)
    undecided = proposals.under_review(call)
    chain.decided(good)
    chain.decided(bad, Outcome.rejected)
    mails = session.scalar(select(func.count()).select_from(OutboxItem).where(OutboxItem.dedupe_key.like("decided:%")))
    assert mails == 0
    pages = []
    for application in (good, bad, undecided):
        browser = client_for(proposals.lead_of(application))
        page = browser.get(f"/applications/{application.id}").text
        assert "Adopted" not in page and "Not adopted" not in page
        assert browser.get(f"/applications/{application.id}/letter").status_code == 404
        assert browser.get(f"/officer/applications/{application.id}/decision").status_code == 403
        pages.append((page.count("<form"), page.count("<a "), page.count("Under review")))
    assert pages[0] == pages[1] == pages[2]
    assert session.scalar(select(func.count()).select_from(Project)) == 0


def test_the_release_changes_states_and_queues_letters_and_mails_once(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    good, bad, reserve = (proposals.under_review(call) for _ in range(3))
    chain.decided(good, amount=good.total_yen - 1)
    chain.decided(bad, Outcome.rejected)
    chain.decided(reserve, Outcome.reserve)
    proposals.close_call(call)
    officer = client_for(person(Role.officer))
    assert officer.post(f"/officer/calls/{call.id}/release").status_code == 303  # the box is not ticked
    assert good.status == ApplicationStatus.under_review
    assert officer.post(f"/officer/calls/{call.id}/release", data={"sure": "yes"}).status_code == 303
    session.expire_all()
    assert (good.status, bad.status, reserve.status) == (
        ApplicationStatus.adopted, ApplicationStatus.rejected, ApplicationStatus.reserve,
    )  # fmt: skip
    assert call.status == CallStatus.decided
    keys = session.scalars(select(OutboxItem.dedupe_key)).all()
    assert sum(key.startswith("pdf:letter:") for key in keys) == 3
    assert sum(key.startswith("decided:") for key in keys) >= 3
    assert officer.post(f"/officer/calls/{call.id}/release", data={"sure": "yes"}).status_code == 422
    answer = client_for(proposals.lead_of(good)).get(f"/applications/{good.id}/letter")
    assert answer.status_code == 202 and answer.headers["Refresh"]
    assert client_for(proposals.lead_of(bad)).get(f"/applications/{good.id}/letter").status_code == 404


def test_the_letter_is_a_pdf_in_both_languages(app: Any) -> None:
    application = proposals.under_review()
    chain.reviewed(application)
    chain.decided(application)
    chain.released(application.call)
    document = session.scalars(select(Document).where(Document.template == "reviews/letter")).one()
    assert document.context["comments"] == ["for the applicant"]
    assert "Person" not in str(document.context)
    assert render(document.template, document.locale, document.context).startswith(b"%PDF-")


def test_an_adopted_application_becomes_a_project_whose_budget_adds_up(app: Any) -> None:
    application = proposals.under_review()
    amount = application.total_yen * 2 // 3
    chain.decided(application, amount=amount)
    chain.released(application.call)
    project = project_queries.by_application(application.id)
    assert project is not None and project.amount_yen == amount and project.status.value == "adopted"
    lines = project_queries.budget_of(project.id)
    assert sum(line.amount_yen for line in lines) == amount
    assert sum(p.allocation_yen or 0 for p in project.participants) == amount
    assert {p.organisation_id for p in project.participants} == {m.organisation_id for m in application.members}


def test_a_confirmed_decision_can_be_taken_back_with_a_reason_but_a_released_one_not(app: Any) -> None:
    application = proposals.under_review()
    decision = chain.decided(application)
    with pytest.raises(Refused):
        operations.take_back(decision, person(Role.officer), "")
    operations.take_back(decision, person(Role.officer), "new facts")
    assert decision.status == DecisionStatus.proposed
    operations.confirm(decision, decision.version, person(Role.officer))
    chain.released(application.call)
    with pytest.raises(OutOfOrder):
        operations.take_back(decision, person(Role.officer), "too late")


def test_an_auditor_reads_but_never_writes(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    chain.decided(application)
    auditor = client_for(person(Role.auditor))
    for door in ("decision", "reviews"):
        assert auditor.get(f"/officer/applications/{application.id}/{door}").status_code == 200
        assert auditor.post(f"/officer/applications/{application.id}/{door}").status_code == 403
    assert auditor.post(f"/officer/calls/{application.call_id}/release", data={"sure": "yes"}).status_code == 403
    with pytest.raises(Forbidden):
        projects.release_results(application.call, person(Role.auditor))

"""Decisions after the release: corrected by two officers with a superseding letter (B28), reserves moving up in order."""

from typing import Any

import pytest
from sqlalchemy import select

from app.applications.choices import ApplicationStatus
from app.core import mail
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.outbox import OutboxItem
from app.core.pdf import render
from app.projects import operations as projects
from app.projects import queries as project_queries
from app.reviews import operations, queries
from app.reviews.choices import CorrectionStatus, Outcome
from tests.factories import proposals
from tests.factories.people import person
from tests.integration.selection.rounds import clerk

AMOUNT = 9_000_000


def a_decided_round(*outcomes: Outcome, budget: int | None = None) -> tuple[Any, list[Any]]:
    """A released round; the reserve list stands in the order given."""
    call = proposals.open_call(budget_yen=budget)
    first, second = clerk(), clerk()
    applications = []
    for outcome in outcomes:
        application = proposals.under_review(call, officer=first)
        decision = operations.propose(
            application, outcome, AMOUNT, "a condition", "a reason", 0, first, remarks="Well."
        )
        operations.confirm(decision, decision.version, second)
        applications.append(application)
    proposals.close_call(call)
    projects.release_results(call, first)
    return call, applications


def correct(application: Any, outcome: Outcome, amount: int = AMOUNT, by: Any = None, **values: Any) -> Any:
    decision = queries.decision_of(application.id)
    assert decision is not None
    return operations.propose_correction(
        decision, outcome, amount, values.get("conditions", "a condition"), values.get("remarks", "Well."),
        values.get("reason", "an error in the list"), decision.version, by or clerk(),
    )  # fmt: skip


def withdraw(application: Any) -> None:
    project = project_queries.by_application(application.id)
    assert project is not None
    projects.end(project, "withdraw", today(), "the core company left", clerk())


def test_a_correction_waits_for_a_second_officer_and_changes_nothing_before(app: Any, client_for: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.rejected)
    first, second = clerk(), clerk()
    decision = queries.decision_of(application.id)
    assert decision is not None
    old_letter = decision.letter_id
    url = f"/officer/applications/{application.id}/correction"
    data = {
        "outcome": "adopted", "amount_yen": str(AMOUNT), "conditions": "", "remarks": "Sorry.", "reason": "mixed up",
        "version": str(decision.version),
    }  # fmt: skip
    session.commit()
    browser = client_for(first)
    assert browser.post(url, data={**data, "reason": ""}).status_code == 422
    assert browser.post(url, data=data).status_code == 303
    session.expire_all()
    row = queries.open_correction(decision.id)
    assert row is not None and application.status == ApplicationStatus.rejected
    lead = client_for(proposals.lead_of(application))
    assert "Sorry." not in lead.get(f"/applications/{application.id}/result").text
    assert browser.post(url, data=data).status_code == 422  # one at a time
    confirm = f"/officer/applications/{application.id}/corrections/{row.id}/confirm"
    assert browser.post(confirm, data={"version": str(row.version)}).status_code == 403  # two persons
    assert client_for(person("auditor")).post(confirm, data={"version": str(row.version)}).status_code == 403
    assert client_for(second).post(confirm, data={"version": "99"}).status_code == 409
    assert client_for(second).post(confirm, data={"version": str(row.version)}).status_code == 303
    session.expire_all()
    assert application.status == ApplicationStatus.adopted and decision.outcome is Outcome.adopted
    assert row.superseded_letter_id == old_letter and decision.letter_id == row.letter_id != old_letter
    assert row.confirmed_by_id == second.id and row.before["outcome"] == "rejected"
    project = project_queries.by_application(application.id)
    assert project is not None and project.amount_yen == AMOUNT


def test_the_applicant_sees_both_dates_and_both_letters(app: Any, client_for: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.rejected)
    row = correct(application, Outcome.reserve, remarks="You are on the list.")
    projects.confirm_correction(row, row.version, clerk())
    session.commit()
    decision = queries.decision_of(application.id)
    assert decision is not None and decision.letter is not None and row.superseded_letter is not None
    browser = client_for(proposals.lead_of(application))
    page = browser.get(f"/applications/{application.id}/result").text
    assert "Correction" in page and "superseded" in page and "You are on the list." in page
    earlier = f"/applications/{application.id}/letters/{row.id}"
    assert earlier in page and browser.get(earlier).status_code == 202
    assert client_for(person("applicant")).get(earlier).status_code == 404
    assert decision.letter.context["supersedes"] == today().isoformat()
    assert "supersedes" not in row.superseded_letter.context  # the old letter is as it went out
    letter = decision.letter
    assert render(letter.template, letter.locale, letter.context).startswith(b"%PDF-")
    letters = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("corrected:%"))).all()
    assert len(letters) == len({m.dedupe_key for m in letters}) >= 1
    assert all("New decision" in mail.compose(m.payload, m.dedupe_key)["Subject"] for m in letters)


def test_a_second_correction_names_the_day_of_the_first(app: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.rejected)
    for outcome in (Outcome.reserve, Outcome.rejected):
        row = correct(application, outcome)
        projects.confirm_correction(row, row.version, clerk())
    rows = queries.corrections_of(queries.decision_of(application.id).id, confirmed=True)  # type: ignore[union-attr]
    assert len(rows) == 2 and rows[1].superseded_letter_id == rows[0].letter_id
    assert application.status == ApplicationStatus.rejected


def test_what_is_no_correction_is_refused(app: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.rejected)
    decision = queries.decision_of(application.id)
    assert decision is not None
    with pytest.raises(Refused) as same:
        operations.propose_correction(
            decision, Outcome.rejected, 0, "a condition", "Well.", "r", decision.version, clerk()
        )
    assert same.value.reasons[0].code == "no-difference"
    with pytest.raises(Stale):
        operations.propose_correction(decision, Outcome.reserve, 1, "", "", "r", decision.version + 1, clerk())
    with pytest.raises(Forbidden):
        correct(application, Outcome.reserve, by=person("auditor"))
    unreleased = proposals.under_review()
    staged = operations.propose(unreleased, Outcome.rejected, 0, "", "r", 0, clerk())
    with pytest.raises(Refused) as early:
        operations.propose_correction(staged, Outcome.adopted, 1, "", "", "r", staged.version, clerk())
    assert early.value.reasons[0].code == "not-released"


def test_a_correction_given_up_leaves_the_decision_as_it_was(app: Any, client_for: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.rejected)
    officer = clerk()
    row = correct(application, Outcome.reserve, by=officer)
    session.commit()
    url = f"/officer/applications/{application.id}/corrections/{row.id}/drop"
    assert client_for(officer).post(url, data={"reason": ""}).status_code == 422
    assert client_for(officer).post(url, data={"reason": "was right"}).status_code == 303
    session.expire_all()
    assert row.status is CorrectionStatus.dropped and application.status == ApplicationStatus.rejected
    with pytest.raises(OutOfOrder):
        projects.confirm_correction(row, row.version, clerk())


def test_a_project_is_not_pulled_from_under_its_people(app: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.adopted)
    row = correct(application, Outcome.rejected)
    with pytest.raises(Refused) as lives:
        projects.confirm_correction(row, row.version, clerk())
    assert lives.value.reasons[0].code == "project-lives" and application.number in str(lives.value.reasons[0])
    assert application.status == ApplicationStatus.adopted
    withdraw(application)
    projects.confirm_correction(row, row.version, clerk())
    assert application.status == ApplicationStatus.rejected
    again = correct(application, Outcome.adopted)
    with pytest.raises(Refused) as ended:
        projects.confirm_correction(again, again.version, clerk())
    assert ended.value.reasons[0].code == "project-ended"


def test_a_corrected_amount_reaches_a_project_that_has_not_started(app: Any) -> None:
    _call, (application,) = a_decided_round(Outcome.adopted)
    row = correct(application, Outcome.adopted, AMOUNT - 1_000_001)
    projects.confirm_correction(row, row.version, clerk())
    project = project_queries.by_application(application.id)
    assert project is not None and project.amount_yen == AMOUNT - 1_000_001
    assert sum(line.amount_yen for line in project_queries.budget_of(project.id)) == AMOUNT - 1_000_001
    assert sum(p.allocation_yen or 0 for p in project.participants) == AMOUNT - 1_000_001


def test_the_reserve_moves_up_in_its_order_within_the_money_that_came_free(app: Any, client_for: Any) -> None:
    R = Outcome.reserve
    call, (adopted, first, second) = a_decided_round(Outcome.adopted, R, R)
    officer, other = clerk(), clerk()
    one, two = (queries.decision_of(a.id) for a in (first, second))
    assert one is not None and two is not None and (one.reserve_position, two.reserve_position) == (1, 2)
    with pytest.raises(Refused) as full:
        projects.promote(one, AMOUNT, "place came free", one.version, officer)
    assert full.value.reasons[0].code == "no-room"
    withdraw(adopted)
    with pytest.raises(Refused) as order:
        projects.promote(two, AMOUNT, "place came free", two.version, officer)
    assert order.value.reasons[0].code == "not-next"
    session.commit()
    browser = client_for(officer)
    page = browser.get(f"/officer/calls/{call.id}/reserve").text
    assert f"¥{AMOUNT:,}" in page and first.number in page and adopted.number in page
    data = {"amount_yen": str(AMOUNT), "reason": "place came free", "version": str(one.version)}
    assert browser.post(f"/officer/applications/{second.id}/promote", data=data).status_code == 422
    assert browser.post(f"/officer/applications/{first.id}/promote", data=data).status_code == 303
    session.expire_all()
    row = queries.open_correction(one.id)
    assert row is not None and first.status == ApplicationStatus.reserve
    with pytest.raises(Forbidden):
        projects.confirm_correction(row, row.version, officer)
    projects.confirm_correction(row, row.version, other)
    assert first.status == ApplicationStatus.adopted and one.reserve_position is None
    assert project_queries.by_application(first.id) is not None and project_queries.room(call) == 0
    with pytest.raises(Refused) as spent:
        projects.promote(two, AMOUNT, "another", two.version, officer)
    assert spent.value.reasons[0].code == "no-room"
    session.commit()
    text = client_for(proposals.lead_of(first)).get(f"/applications/{first.id}/result").text
    assert "Moved up from the reserve list" in text and "Adopted" in text


def test_with_a_budget_what_is_left_of_it_is_free(app: Any) -> None:
    call, (_adopted, reserve) = a_decided_round(Outcome.adopted, Outcome.reserve, budget=AMOUNT + 5_000_000)
    assert project_queries.room(call) == 5_000_000
    decision = queries.decision_of(reserve.id)
    assert decision is not None
    row = projects.promote(decision, 5_000_000, "money is left", decision.version, clerk())
    call.budget_yen = AMOUNT  # cut meanwhile: what holds at the confirmation decides
    session.flush()
    with pytest.raises(Refused) as spent:
        projects.confirm_correction(row, row.version, clerk())
    assert spent.value.reasons[0].code == "no-room"


def test_who_is_recused_moves_nobody_up(app: Any, client_for: Any) -> None:
    """Reliability B23: the order of the list and the money would tell of the proposal that is kept from him."""
    call, (adopted, first) = a_decided_round(Outcome.adopted, Outcome.reserve)
    withdraw(adopted)
    tied = clerk(of=adopted.lead_organisation)
    decision = queries.decision_of(first.id)
    assert decision is not None
    with pytest.raises(Refused) as recused:
        projects.promote(decision, AMOUNT, "r", decision.version, tied)
    assert recused.value.reasons[0].code == "recused"
    session.commit()
    page = client_for(tied).get(f"/officer/calls/{call.id}/reserve").text
    assert adopted.number not in page and "Free for the reserve" not in page and first.number in page


def test_the_order_of_the_reserve_is_set_before_it_is_confirmed(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    officer = clerk()
    applications = [proposals.under_review(call, officer=officer) for _ in range(3)]
    for application in applications:
        operations.propose(application, Outcome.reserve, AMOUNT, "", "r", 0, officer)
    session.commit()
    url = f"/officer/calls/{call.id}/decision-list/reserve-order"
    wanted = [applications[2], applications[0], applications[1]]
    browser = client_for(officer)
    assert browser.post(url, data={"numbers": applications[0].number}).status_code == 422
    assert browser.post(url, data={"numbers": "\n".join(a.number for a in wanted)}).status_code == 303
    session.expire_all()
    assert [d.application_id for d in queries.reserve_list(call.id)] == [a.id for a in wanted]
    decision = queries.decision_of(applications[2].id)
    assert decision is not None
    operations.confirm(decision, decision.version, clerk())
    with pytest.raises(Refused):
        operations.order_reserve([a.id for a in applications], call.id, officer)


def test_remarks_are_composed_without_names_and_then_stand_alone(app: Any, client_for: Any) -> None:
    from app.reviews import operations as reviews
    from tests.factories import chain
    from tests.integration.selection.rounds import reader

    application = proposals.under_review(officer=clerk())
    for name, comment in (
        ("Zenjiro Kurahashi", "Zenjiro Kurahashi here: b) weak market"),
        ("Momoko Aihara", "a) strong team"),
    ):
        assignment = chain.assigned(application, reader(name), clerk())
        who = assignment.reviewer
        reviews.answer(assignment, "accept", who)
        scores: dict[int, int | None] = {c.id: 3 for c in application.call.criteria}
        reviews.save(assignment, scores, "for the panel", comment, 0, who)
        reviews.submit(assignment, who)
    officer = clerk()
    session.commit()
    browser = client_for(officer)
    page = browser.get(f"/officer/applications/{application.id}/decision?compose=yes").text
    start = page.index("<textarea", page.index('name="remarks"') - 200)
    text = page[start : page.index("</textarea>", start)]
    assert "weak market" in text and "strong team" in text and "Kurahashi" not in text and "Momoko" not in text
    assert queries.decision_of(application.id) is None  # looking stores nothing
    data = {
        "outcome": "rejected",
        "reason": "r",
        "version": "0",
        "remarks": "Your team is strong.",
        "remarks_composed": "y",
    }
    assert browser.post(f"/officer/applications/{application.id}/decision", data=data).status_code == 303
    decision = queries.decision_of(application.id)
    assert decision is not None and decision.remarks_composed
    operations.confirm(decision, decision.version, clerk())
    proposals.close_call(application.call)
    projects.release_results(application.call, clerk())
    session.commit()
    shown = client_for(proposals.lead_of(application)).get(f"/applications/{application.id}/result").text
    assert "Your team is strong." in shown and "weak market" not in shown
    assert decision.letter is not None and decision.letter.context["comments"] == []

"""Officers at the pages of assigning: from conditions to letters, without scripts; what is kept from whom."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.assigning import queries
from app.assigning.choices import Method
from app.core.clock import today
from app.core.db import session
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment
from tests.factories.people import person
from tests.integration.assigning.rounds import a_round, ask, clerk, solve

FORM = {
    "wanted": "2", "most": "5", "least": "0", "academic": "1", "business": "1", "bad": "", "keep": "y", "removal": "20",
    "crowding": "1", "fit": "100", "wish": "100",
}  # fmt: skip
DAYS = {"answer_by": (today() + timedelta(days=7)).isoformat(), "due_on": (today() + timedelta(days=20)).isoformat()}


def plan_of(answer: Any) -> int:
    found = re.search(r"/assignment-plans/(\d+)", answer.location)
    assert answer.status_code == 303 and found
    return int(found[1])


def test_an_officer_plans_and_applies(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round()
    session.commit()
    browser = client_for(officer)
    page = browser.get(f"/officer/calls/{call.id}/assignment").text
    assert "Find the optimum" in page
    address = f"/officer/calls/{call.id}/assignment"
    plan_id = plan_of(browser.post(address, data={**FORM, "method": "preview"}))
    page = browser.get(f"/officer/assignment-plans/{plan_id}").text
    assert "<svg" in page and applications[0].number in page and "needed as" in page
    answer = browser.post(f"/officer/assignment-plans/{plan_id}/apply", data={**DAYS, "due_on": "2020-01-01"})
    assert answer.status_code == 422 and "due before the answer" in answer.text
    answer = browser.post(f"/officer/assignment-plans/{plan_id}/apply", data=DAYS)
    assert answer.status_code == 303
    assert session.query(ReviewAssignment).filter_by(status=AssignmentStatus.invited).count() == 6
    page = browser.get(f"/officer/assignment-plans/{plan_id}").text
    assert "Applied on" in page and "Apply this plan" not in page
    answer = browser.post(f"/officer/assignment-plans/{plan_id}/apply", data=DAYS)
    assert answer.status_code == 422 and people


def test_a_plan_in_the_queue_refreshes_by_itself(app: Any, client_for: Any) -> None:
    call, _applications, _people, officer = a_round()
    session.commit()
    browser = client_for(officer)
    plan_id = plan_of(browser.post(f"/officer/calls/{call.id}/assignment", data={**FORM, "method": "optimal"}))
    answer = browser.get(f"/officer/assignment-plans/{plan_id}")
    assert answer.headers["Refresh"] == "5" and "Look again" in answer.text
    row = queries.plan(plan_id)
    assert row is not None
    solve(row)
    session.commit()
    answer = browser.get(f"/officer/assignment-plans/{plan_id}")
    assert "Refresh" not in answer.headers and "Best possible" in answer.text


def test_the_impossible_is_told_in_words(app: Any, client_for: Any) -> None:
    call, applications, _people, officer = a_round(kinds=("academic", "academic"))
    plan = solve(ask(call, officer, Method.optimal))
    session.commit()
    page = client_for(officer).get(f"/officer/assignment-plans/{plan.id}").text
    assert "the mix: Business" in page and f"{applications[0].number}: without 1 from “Business”" in page


def test_odd_conditions_are_refused_at_their_field(app: Any, client_for: Any) -> None:
    call, _applications, people, officer = a_round()
    session.commit()
    browser, address = client_for(officer), f"/officer/calls/{call.id}/assignment"
    for changed, words in (
        ({"academic": "2"}, "more reviewers than each proposal gets"),
        ({"least": "6"}, "least load lies above"),
        ({"bad": "a@test.example; nobody@test.example"}, "addresses of two reviewers"),
        ({"wanted": ""}, "Fill in this field"),
    ):
        answer = browser.post(address, data={**FORM, **changed})
        assert answer.status_code == 422 and words in answer.text
    pair = f"{people[0].email}; {people[1].email}"
    plan_id = plan_of(browser.post(address, data={**FORM, "bad": pair}))
    row = queries.plan(plan_id)
    assert row is not None and row.parameters["bad"] == [sorted([people[0].id, people[1].id])]
    by_application: dict[int, set[int]] = {}
    for p in queries.pairs(plan_id):
        by_application.setdefault(p.application_id, set()).add(p.reviewer_id)
    assert not [one for one in by_application.values() if {people[0].id, people[1].id} <= one]
    assert people[0].email in browser.get(address).text  # the next plan begins with the last conditions


def test_pairs_are_changed_by_hand(app: Any, client_for: Any) -> None:
    call, applications, people, officer = a_round(n=1)
    plan = ask(call, officer)
    session.commit()
    browser = client_for(officer)
    address = f"/officer/assignment-plans/{plan.id}/applications/{applications[0].id}"
    there = {p.reviewer_id for p in queries.pairs(plan.id)}
    rest = next(p for p in people if p.id not in there)
    page = browser.get(address).text
    assert f'<option value="{rest.id}">' in page and "Take off this proposal" in page
    assert browser.post(address, data={"reviewer_id": rest.id}).status_code == 303
    assert "by hand" in browser.get(address).text
    assert browser.post(address, data={"drop": rest.id}).status_code == 303
    assert rest.id not in {p.reviewer_id for p in queries.pairs(plan.id)}
    for odd in ("", "0", "x", "9" * 30):
        assert browser.post(address, data={"reviewer_id": odd}).status_code == 422
    assert browser.get(f"/officer/assignment-plans/{plan.id}/applications/999999").status_code == 404


@pytest.mark.parametrize("who", ["tied", "reviewer", "auditor"])
def test_who_may_look_at_plans(app: Any, client_for: Any, who: str) -> None:
    """Reliability B23: a plan tells of all proposals, so it is not there for whom one is kept."""
    call, applications, people, officer = a_round()
    plan = ask(call, officer)
    readers = {
        "tied": clerk(of=applications[0].lead_organisation), "reviewer": people[0], "auditor": person(Role.auditor),
    }  # fmt: skip
    session.commit()
    browser, expected = client_for(readers[who]), {"tied": 404, "reviewer": 403, "auditor": 200}[who]
    for address in (
        f"/officer/calls/{call.id}/assignment", f"/officer/assignment-plans/{plan.id}",
        f"/officer/assignment-plans/{plan.id}/applications/{applications[1].id}",
    ):  # fmt: skip
        assert browser.get(address).status_code == expected
    answer = browser.post(f"/officer/assignment-plans/{plan.id}/apply", data=DAYS)
    assert answer.status_code == (404 if who == "tied" else 403)


def test_a_page_of_pairs_takes_a_constant_number_of_statements(app: Any, client_for: Any, count_queries: Any) -> None:
    counts = []
    for n in (1, 3):
        call, _applications, _people, officer = a_round(n)
        plan = ask(call, officer)
        session.commit()
        browser = client_for(officer)
        with count_queries() as seen:
            assert browser.get(f"/officer/assignment-plans/{plan.id}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16

"""The start page tells what waits of a round by call, and until when an answer is wanted."""

from datetime import timedelta
from typing import Any

from app.accounts.choices import Role
from app.assigning import operations as assigning
from app.core.clock import today
from app.core.db import session
from app.pages import tasks
from app.reviews import operations as reviews
from app.reviews import queries
from app.reviews.choices import AssignmentStatus, Outcome
from tests.factories import chain, proposals
from tests.factories.people import person

SOON, LATER = today() + timedelta(days=5), today() + timedelta(days=20)


def _of(who: Any, endpoint: str) -> list[tuple[str, str, dict[str, Any], Any]]:
    return [(t.what.en, str(t.about), t.arguments, t.due_on) for t in tasks.waiting_for(who) if t.endpoint == endpoint]


def test_an_officer_is_told_once_for_each_call(app: Any, client_for: Any) -> None:
    call = proposals.open_call(required_reviews=1)
    applications = [proposals.under_review(call) for _n in range(3)]
    officer, other = person(Role.officer), person(Role.officer)
    chain.assigned(applications[0])
    (found,) = _of(officer, "assigning.needed")
    assert found == ("Assign reviewers (proposals short of them: 2)", call.title.en, {"call_id": call.id}, None)
    for application in applications[:2]:
        reviews.propose(application, Outcome.rejected, 0, "", "grounds", 0, officer)
    (found,) = _of(other, "selection.decision_list")
    assert found == ("Confirm decisions (2)", call.title.en, {"call_id": call.id, "state": "proposed"}, None)
    assert _of(officer, "selection.decision_list") == []  # nobody confirms an own proposal
    session.commit()
    assert f"/officer/calls/{call.id}/decision-list?state=proposed" in client_for(other).get("/").text


def test_requests_are_answered_together_until_the_day_that_was_set(app: Any) -> None:
    call, officer, who = proposals.open_call(), person(Role.officer), chain.reviewer()
    first, second = proposals.under_review(call), proposals.under_review(call)
    row = assigning.ask_one(first, who, SOON, LATER, officer)
    ((what, _about, _arguments, until),) = _of(who, "reviews.detail")
    assert (what, until) == ("Accept or decline a review", SOON)
    assigning.ask_one(second, who, SOON + timedelta(days=1), LATER, officer)
    assert _of(who, "reviews.detail") == []
    assert _of(who, "reviews.mine") == [("Answer the requests for reviews (2)", call.title.en, {}, SOON)]
    reviews.answer(row, "accept", who)
    dates = {(what, until) for what, _about, _arguments, until in _of(who, "reviews.detail")}
    assert dates == {("Write a review", LATER), ("Accept or decline a review", SOON + timedelta(days=1))}


def test_what_was_never_reviewed_is_no_load_once_it_is_decided(app: Any) -> None:
    call, who = proposals.open_call(), chain.reviewer()
    application = proposals.under_review(call)
    row = chain.assigned(application, who)
    reviews.answer(row, "accept", who)
    assert queries.open_reviews([who.id]) == {who.id: 1}
    chain.decided(application)
    chain.released(call)
    assert row.status is AssignmentStatus.accepted and queries.open_reviews([who.id]) == {}


def test_what_waits_stands_above_what_is_over(app: Any, client_for: Any) -> None:
    call, who = proposals.open_call(), chain.reviewer()
    sent, waiting = proposals.under_review(call), proposals.under_review(call)
    chain.reviewed(sent, 4, who)
    reviews.answer(chain.assigned(waiting, who), "accept", who)
    session.commit()
    page = client_for(who).get("/reviews").text
    assert page.index("To be done") < page.index(waiting.number) < page.index("Done and over") < page.index(sent.number)

"""Assigning, answering, scoring: with conflicts, blindness and drafts."""

from typing import Any

import pytest

from app.accounts.choices import Role
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.organisations.models import Organisation
from app.reviewers import operations as interests
from app.reviewers import queries as ties
from app.reviewers.models import DeclaredInterest
from app.reviews import operations, queries
from app.reviews.choices import AssignmentStatus
from tests.factories import chain, proposals
from tests.factories.people import organisation, person


def _member(application: Any) -> Organisation:
    return application.members[-1].organisation


def test_a_reviewer_of_a_member_organisation_cannot_be_assigned(app: Any) -> None:
    application = proposals.under_review()
    tied = person(Role.reviewer, of=_member(application))
    with pytest.raises(Refused) as refusal:
        chain.assigned(application, tied)
    assert [r.code for r in refusal.value.reasons] == ["conflict"]


def test_a_declared_organisation_counts_as_a_conflict(app: Any) -> None:
    application = proposals.under_review()
    tied = chain.reviewer()
    interests.declare_interest(tied, _member(application), "joint_research", "")
    with pytest.raises(Refused):
        chain.assigned(application, tied)


def test_an_applicant_of_the_same_call_cannot_review_in_it(app: Any) -> None:
    application = proposals.under_review()
    rival = proposals.draft(application.call)
    both = proposals.lead_of(rival)
    both.role_rows.append(type(both.role_rows[0])(role=Role.reviewer, scope=""))
    session.flush()
    assert ties.conflicts(application.id, [both.id])[both.id][0].kind == "applicant_in_call"


def test_declaring_later_ends_the_assignment_and_shuts_every_door(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    actor = assignment.reviewer
    browser = client_for(actor)
    operations.answer(assignment, "accept", actor)
    file_id = application.attachments[0].id
    doors = [f"/reviews/{assignment.id}", f"/reviews/{assignment.id}/files/{file_id}"]
    assert [browser.get(door).status_code for door in doors] == [200, 200]
    interests.declare_interest(actor, _member(application), "capital", "shares")
    assert assignment.status == AssignmentStatus.conflicted
    assert [browser.get(door).status_code for door in doors] == [404, 404]
    assert (
        application.title_ja not in browser.get("/reviews").text
        or f"/reviews/{assignment.id}" not in browser.get("/reviews").text
    )


def test_a_tie_declared_after_the_results_leaves_the_grounds_of_the_decision_alone(app: Any) -> None:
    application = proposals.under_review()
    assignment = chain.reviewed(application)
    chain.decided(application)
    chain.released(application.call)
    interests.declare_interest(assignment.reviewer, _member(application), "capital", "bought shares since")
    operations.end_conflicted()
    assert assignment.status == AssignmentStatus.submitted
    assert [line.reviews for line in queries.ranking(application.call)] == [1]


def test_a_conflict_found_behind_the_systems_back_shuts_the_doors_too(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    browser = client_for(assignment.reviewer)
    session.add(DeclaredInterest(user_id=assignment.reviewer_id, organisation_id=_member(application).id, kind="other"))
    session.flush()
    assert browser.get(f"/reviews/{assignment.id}").status_code == 404
    operations.end_conflicted()
    assert assignment.status == AssignmentStatus.conflicted


def test_an_invited_reviewer_sees_the_organisations_but_not_the_proposal(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    page = client_for(assignment.reviewer).get(f"/reviews/{assignment.id}").text
    assert _member(application).name_en in page
    assert application.abstract not in page
    file_id = application.attachments[0].id
    assert client_for(assignment.reviewer).get(f"/reviews/{assignment.id}/files/{file_id}").status_code == 404


def test_only_officers_assign_and_only_what_passed_screening(app: Any) -> None:
    application = proposals.submitted()
    with pytest.raises(Refused):
        chain.assigned(application)
    reviewable = proposals.under_review()
    with pytest.raises(Forbidden):
        chain.assigned(reviewable, officer=person(Role.auditor))


def test_scores_are_saved_as_a_draft_and_submitted_when_complete(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    browser = client_for(assignment.reviewer)
    assert browser.post(f"/reviews/{assignment.id}/answer/accept").status_code == 303
    criteria = application.call.criteria
    first = {f"score-{criteria[0].id}": "4", "version": "0", "comment_to_panel": "x"}
    assert browser.post(f"/reviews/{assignment.id}", data=first).status_code == 303
    incomplete = browser.post(f"/reviews/{assignment.id}", data={**first, "version": "1", "submit": "1"})
    assert incomplete.status_code == 422 and criteria[1].name_en.split("“")[0] in incomplete.text
    whole = {f"score-{c.id}": "4" for c in criteria} | {"version": "1", "comment_to_panel": "good", "submit": "1"}
    assert browser.post(f"/reviews/{assignment.id}", data=whole).status_code == 303
    session.expire_all()
    assert assignment.status == AssignmentStatus.submitted and assignment.review.weighted_score == 400
    again = browser.post(f"/reviews/{assignment.id}", data={**whole, "version": "2"})
    assert again.status_code == 409 and "Review submitted" in again.text


def test_a_stale_draft_is_refused_with_both_versions(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    operations.answer(assignment, "accept", assignment.reviewer)
    operations.save(assignment, {}, "stored text", "", 0, assignment.reviewer)
    operations.save(assignment, {}, "stored second", "", 1, assignment.reviewer)
    answer = client_for(assignment.reviewer).post(
        f"/reviews/{assignment.id}", data={"version": "1", "comment_to_panel": "typed text"}
    )
    assert answer.status_code == 409 and "typed text" in answer.text and "stored second" in answer.text
    with pytest.raises(Stale):
        operations.save(assignment, {}, "x", "", 1, assignment.reviewer)


def test_others_reviews_show_only_after_sending_the_own(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    other = chain.reviewed(application, 2)
    other.review.comment_to_panel = "CANARYPANEL"
    assignment = chain.assigned(application)
    browser = client_for(assignment.reviewer)
    operations.answer(assignment, "accept", assignment.reviewer)
    assert "CANARYPANEL" not in browser.get(f"/reviews/{assignment.id}").text
    operations.save(assignment, {c.id: 3 for c in application.call.criteria}, "mine", "", 0, assignment.reviewer)
    operations.submit(assignment, assignment.reviewer)
    assert "CANARYPANEL" in browser.get(f"/reviews/{assignment.id}").text


def test_another_reviewers_assignment_does_not_exist(app: Any, client_for: Any) -> None:
    assignment = chain.assigned(proposals.under_review())
    stranger = client_for(chain.reviewer())
    assert stranger.get(f"/reviews/{assignment.id}").status_code == 404
    assert stranger.post(f"/reviews/{assignment.id}/answer/accept").status_code == 404


def test_declining_needs_a_reason(app: Any, client_for: Any) -> None:
    assignment = chain.assigned(proposals.under_review())
    browser = client_for(assignment.reviewer)
    assert browser.post(f"/reviews/{assignment.id}/answer/decline", data={"reason": ""}).status_code == 422
    assert browser.post(f"/reviews/{assignment.id}/answer/decline", data={"reason": "no time"}).status_code == 303
    assert browser.get(f"/reviews/{assignment.id}").status_code == 404


def test_ranking_has_mean_spread_and_what_is_missing(app: Any) -> None:
    call = proposals.open_call(required_reviews=3)
    first, second = proposals.under_review(call), proposals.under_review(call)
    for score in (5, 3):
        chain.reviewed(first, score)
    conflicted = chain.reviewed(first, 1)
    operations.answer(conflicted, "conflict", conflicted.reviewer, "found out")
    lines = {line.application.id: line for line in queries.ranking(call)}
    line = lines[first.id]
    assert (line.reviews, line.missing, line.mean, line.low, line.high) == (2, 1, 4.0, 3.0, 5.0)
    assert line.spread == pytest.approx(2**0.5)
    assert lines[second.id].mean is None and lines[second.id].rank is None and line.rank == 1


def test_reopening_takes_the_score_out(app: Any) -> None:
    application = proposals.under_review()
    assignment = chain.reviewed(application)
    operations.reopen(assignment, person(Role.officer), "please explain")
    assert assignment.status == AssignmentStatus.accepted and assignment.review.weighted_score is None
    with pytest.raises(OutOfOrder):
        operations.reopen(assignment, person(Role.officer), "again")


def test_the_officers_panel_offers_only_people_without_conflict(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    tied = person(Role.reviewer, name="Tied Person", of=_member(application))
    free = chain.reviewer(name="Free Person")
    browser = client_for(person(Role.officer))
    page = browser.get(f"/officer/applications/{application.id}/reviews").text
    assert f'<option value="{free.id}">' in page and f'<option value="{tied.id}">' not in page
    data = {"reviewer_id": str(tied.id), "due_on": "2099-01-01"}
    answer = browser.post(f"/officer/applications/{application.id}/reviews", data=data)
    assert answer.status_code == 422 and "conflict of interest" in answer.text


def test_declaring_by_page(app: Any, client_for: Any) -> None:
    firm = organisation(name_en="Only One Ltd", corporate_number="4000012090001")
    browser = client_for(chain.reviewer())
    assert browser.post("/reviewers/interests", data={"organisation": "nobody", "kind": "other"}).status_code == 422
    assert (
        browser.post("/reviewers/interests", data={"organisation": "4-0000-1209-0001", "kind": "other"}).status_code
        == 303
    )
    assert firm.name_en in browser.get("/reviewers/interests").text


def test_several_requests_are_accepted_as_one_act(app: Any, client_for: Any) -> None:
    """The consortium of each is named before anybody accepts; one that cannot be accepted stops them all."""
    reviewer, call = chain.reviewer(), proposals.open_call()
    mine = [chain.assigned(proposals.under_review(call), reviewer) for _ in range(3)]
    foreign = chain.assigned(proposals.under_review(call))
    browser = client_for(reviewer)
    page = browser.get("/reviews").text
    for assignment in mine:
        assert all(member.organisation.name_en in page for member in assignment.application.members)
    assert foreign.application.number not in page
    assert browser.post("/reviews/accept").status_code == 422
    assert browser.post("/reviews/accept", data={"which": [mine[0].id, foreign.id]}).status_code == 404
    assert {a.status.value for a in mine} == {"invited"}
    assert browser.post("/reviews/accept", data={"which": [mine[0].id, mine[2].id, "x"]}).status_code == 303
    assert [a.status.value for a in mine] == ["accepted", "invited", "accepted"]
    assert browser.post("/reviews/accept", data={"which": [mine[0].id, mine[1].id]}).status_code == 409
    assert mine[1].status.value == "invited"


def test_after_sending_the_next_one_is_offered_and_a_conflict_can_still_be_reported(app: Any, client_for: Any) -> None:
    """CON-14: what is learned later ends the review; it leaves the mean."""
    reviewer, call = chain.reviewer(), proposals.open_call()
    sent, other = proposals.under_review(call), proposals.under_review(call)
    first = chain.reviewed(sent, 5, reviewer)
    following = chain.assigned(other, reviewer)
    browser = client_for(reviewer)
    assert f'href="/reviews/{following.id}"' not in browser.get(f"/reviews/{first.id}").text  # not accepted yet
    operations.answer(following, "accept", reviewer)
    assert f'href="/reviews/{following.id}"' in browser.get(f"/reviews/{first.id}").text
    assert queries.mean_of(sent.id)[0] == 1
    door = f"/reviews/{first.id}/answer/conflict"
    assert door in browser.get(f"/reviews/{first.id}").text
    assert browser.post(door, data={"reason": "my sister works there"}).status_code == 303
    assert queries.mean_of(sent.id)[0] == 0 and browser.get(f"/reviews/{first.id}").status_code == 404

"""What the rooms of reviewing, meeting and deciding must not give away to whom a tie keeps out (reliability B)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.assigning import operations as assigning
from app.assigning.choices import Level
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from app.panels import operations as panels
from app.panels import queries as panel_queries
from app.panels.operations.planning import MeetingValues
from app.reviewers import operations as pool
from app.reviewers import queries as ties
from app.reviewers.choices import ConflictVerdict
from app.reviewers.models import InterestDeclaration
from app.reviews import operations as reviews
from app.reviews.choices import AssignmentStatus, Outcome, PhaseKind
from tests.factories import chain, panel, proposals, reviewing
from tests.factories.people import person

SOON = now() + timedelta(days=3)


def _judged(application: Any, who: Any) -> None:
    pool.judge(application, who, ConflictVerdict.conflict, "a tie", seen=frozenset(), actor=person(Role.officer))


def test_b19_a_reported_conflict_holds_behind_every_door(app: Any, client_for: Any) -> None:
    """Not only the request ends: the proposal is closed to who reported, as reviewer and as officer, until judged."""
    application, other = panel.two_proposals()
    application.title_en = application.title_ja = "MARKTITLE"
    both = chain.known(person(Role.officer, Role.reviewer))
    mine = panel.accepted(application, both)
    assigning.open_round(application.call, SOON, person(Role.officer))
    session.commit()
    browser, doors = client_for(both), (f"/officer/applications/{application.id}/reviews", "/officer/applications")
    wishes = f"/reviews/wishes/{application.call_id}"
    assert "MARKTITLE" in browser.get(wishes).text and "MARKTITLE" not in browser.get(doors[1]).text
    data = {"reason": "we founded a firm"}
    assert browser.post(f"/reviews/{mine.id}/answer/conflict", data=data).status_code == 303
    assert both.id in ties.conflicts(application.id, [both.id])
    assert ties.conflicts(other.id, [both.id]) == {}
    for door in (wishes, *doors):
        assert "MARKTITLE" not in browser.get(door).text, door
    history = ties.judgement_history(application.id, both.id)
    assert [(row.verdict, row.reason, row.by_id) for row in history] == [
        (ConflictVerdict.conflict, "we founded a firm", both.id)
    ]
    seen = frozenset(hit.key for hit in ties.standing(application.id, both.id).hits)
    pool.judge(application, both, ConflictVerdict.no_conflict, "another firm", seen=seen, actor=person(Role.officer))
    assert ties.conflicts(application.id, [both.id]) == {}, "a person may judge otherwise"


def test_b19_a_tie_reported_with_the_wishes_is_a_conflict(app: Any, client_for: Any) -> None:
    """Who was asked before loses the request; nobody can ask, and the meeting goes on without."""
    application, other = panel.two_proposals()
    application.title_en = application.title_ja = "MARKTITLE"
    mine = panel.accepted(application)
    panel.accepted(other, mine.reviewer)
    free = chain.reviewer()
    assigning.open_round(application.call, SOON, person(Role.officer))
    session.commit()
    for who in (mine.reviewer, free):
        browser, wishes = client_for(who), f"/reviews/wishes/{application.call_id}"
        data = {f"wish-{application.id}": "want", f"tie-{application.id}": "y", f"wish-{other.id}": "want"}
        assert browser.post(wishes, data=data).status_code == 303
        assert who.id in ties.conflicts(application.id, [who.id])
        page = browser.get(wishes).text
        assert "MARKTITLE" not in page and other.number in page
    session.expire_all()
    assert mine.status is AssignmentStatus.conflicted
    with pytest.raises(Refused, match="conflict"):
        chain.assigned(application, free)
    assert not assigning.save_wishes(application.call, {application.id: (Level.want, False)}, free)
    assert panel_queries.meetings.outside([application.id, other.id], [free.id]) == {
        application.id: {free.id}, other.id: frozenset(),
    }  # fmt: skip


def test_who_was_outside_for_a_hidden_item_is_not_told_by_who_comes_back(app: Any, client_for: Any) -> None:
    """A chair with a tie reads nothing of the others with a tie to the same proposal: neither going nor coming back."""
    first, second = panel.two_proposals()
    chair, tied = panel.accepted(second).reviewer, panel.accepted(second).reviewer
    recused = person(Role.officer, of=first.members[0].organisation)
    _judged(first, chair)
    _judged(first, tied)
    officer = person(Role.officer)
    meeting = panels.planning.plan(first.call, MeetingValues(now(), "Room 5", chair.id), 15, officer)
    items = panel_queries.meetings.items_of(meeting.id)
    items[0].position, items[1].position = (1, 2) if items[0].application_id == first.id else (2, 1)
    session.commit()
    moves = panel_queries.meetings.moves(officer, meeting, now())
    assert [(move.leave, move.back) for move in moves][1][1] == tuple(sorted((chair.name, tied.name)))
    for reader in (chair, recused):
        for move in panel_queries.meetings.moves(reader, meeting, now()):
            assert not (move.leave or move.back or move.stay_out), reader.name
    page = client_for(chair).get(f"/panel/meetings/{meeting.id}/leaving").text
    assert second.number in page and tied.name not in page
    assert "in this order: 0" in client_for(recused).get(f"/officer/meetings/{meeting.id}").text


def test_confirming_tells_a_recused_officer_nothing_of_a_staged_decision(app: Any, client_for: Any) -> None:
    """B23, B27: whatever version is named, the answer is the one for a proposal that does not exist."""
    application = proposals.under_review()
    decision = reviews.propose(application, Outcome.rejected, 0, "", "weak", 0, person(Role.officer))
    recused = person(Role.officer, of=application.members[0].organisation)
    session.commit()
    door = f"/officer/calls/{application.call_id}/decision-list/confirm"
    answers = set()
    for key, version in ((application.id, decision.version), (application.id, 77), (99_999, 1)):
        data = {"which": str(key), f"version-{key}": str(version)}
        answers.add(client_for(recused).post(door, data=data).status_code)
    assert answers == {404}


def test_b23_loads_do_not_tell_a_recused_officer_who_reviews(app: Any, client_for: Any) -> None:
    """A number that no visible request explains would name the reviewer of the own proposal."""
    hidden, other = panel.two_proposals()
    who = chain.reviewer()
    free, recused = person(Role.officer), person(Role.officer, of=hidden.members[0].organisation)
    doors = (
        "/officer/reviewers", f"/officer/reviewers/{who.id}", f"/officer/applications/{other.id}/candidates",
        f"/officer/calls/{other.call_id}/candidates", f"/officer/applications/{other.id}/reviews",
        f"/officer/applications/{other.id}/replacements",
    )  # fmt: skip

    def pages(reader: Any) -> dict[str, str]:
        session.commit()
        answers = {door: client_for(reader).get(door) for door in doors}
        assert all(answer.status_code == 200 and who.name in answer.text for answer in answers.values())
        return {
            door: re.sub(r'csrf_token" value="[^"]+|\d\d:\d\d:\d\d', "", answer.text)
            for door, answer in answers.items()
        }

    told, untold = pages(free), pages(recused)
    chain.assigned(hidden, who)
    assert pages(recused) == untold
    assert all(page != told[door] for door, page in pages(free).items()), "it is a number that the others read"


def test_printed_minutes_are_closed_to_an_officer_who_is_outside_as_a_member(app: Any, client_for: Any) -> None:
    """Somebody of whom too little is known is outside as a reviewer: what a colleague printed tells them nothing."""
    application = proposals.under_review()
    both, officer = chain.known(person(Role.officer, Role.reviewer)), person(Role.officer)
    panel.accepted(application)
    panel.accepted(proposals.under_review(application.call), both)
    meeting = panels.planning.plan(application.call, MeetingValues(now(), "Room 5", None), 15, officer)
    copy = panels.recording.print_minutes(meeting, "en", officer)
    session.query(InterestDeclaration).filter_by(user_id=both.id).delete()  # the fiscal year is over
    session.commit()
    door = f"/officer/meetings/{meeting.id}/minutes/{copy.document_id}"
    assert [row.id for row in panel_queries.minutes.copies(officer, meeting.id)] == [copy.id]
    assert client_for(officer).get(door).status_code == 202
    assert application.number not in client_for(both).get(f"/officer/meetings/{meeting.id}").text
    assert panel_queries.minutes.copies(both, meeting.id) == []
    assert client_for(both).get(door).status_code == 404


def test_b24_who_reviews_a_proposal_does_not_decide_on_it(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    both, officer = chain.known(person(Role.officer, Role.reviewer)), person(Role.officer)
    chain.reviewed(application, who=both)
    with pytest.raises(Refused, match="own-review"):
        reviews.propose(application, Outcome.rejected, 0, "", "weak", 0, both)
    decision = reviews.propose(application, Outcome.rejected, 0, "", "weak", 0, officer)
    session.commit()
    door = f"/officer/applications/{application.id}/decision/confirm"
    assert client_for(both).post(door, data={"version": str(decision.version)}).status_code == 404
    assert client_for(person(Role.officer)).post(door, data={"version": str(decision.version)}).status_code == 303


def test_who_gave_the_review_up_reads_no_changed_scores_in_the_meeting(app: Any, client_for: Any) -> None:
    """A member of the meeting who declined in between is nobody of the panel any more, whatever the phase shows it."""
    application = proposals.under_review()
    sent, gone = chain.reviewed(application), panel.accepted(application)
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    meeting = panels.planning.plan(application.call, MeetingValues(now(), "Room 5", None), 15, officer)
    (item,) = panel_queries.meetings.items_of(meeting.id)
    assert sent.review is not None
    scores = {score.criterion_id: 1 for score in sent.review.scores}
    reviews.change_scores(sent, scores, "MARKCHANGED", sent.review.version, sent.reviewer)
    session.commit()
    door = f"/panel/meetings/{meeting.id}/items/{item.id}"
    assert "MARKCHANGED" in client_for(gone.reviewer).get(door).text
    reviews.answer(gone, "decline", gone.reviewer, "no time")
    session.commit()
    assert "MARKCHANGED" not in client_for(gone.reviewer).get(door).text
    assert "MARKCHANGED" in client_for(sent.reviewer).get(door).text

"""A meeting: its agenda, the live page with planted marks for whoever has to be outside, and who may lead."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.applications.workflow import MACHINE as APPLICATION
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.panels import operations, queries
from app.panels.choices import ItemStatus, Recommendation
from app.panels.models import AgendaItem, Attendance, Meeting
from app.panels.operations.planning import MeetingValues
from app.panels.operations.recording import MinutesValues
from app.reviewers import operations as pool
from app.reviewers.choices import ConflictVerdict
from app.reviews import operations as reviews
from app.reviews.choices import PhaseKind
from tests.factories import chain, panel, proposals, reviewing
from tests.factories.people import person


def _planned(*applications: Any, chair: Any = None, officer: Any = None) -> Meeting:
    officer = officer or person(Role.officer)
    values = MeetingValues(now() + timedelta(hours=1), "Room 5", chair.id if chair else None)
    return operations.planning.plan(applications[0].call, values, 15, officer)


def _tie(application: Any, who: Any) -> None:
    pool.judge(
        application, who, ConflictVerdict.conflict, "a tie", seen=frozenset(), actor=person(Role.officer)
    )  # fmt: skip


def _recused(application: Any) -> Any:
    officer = person(Role.officer, of=application.members[0].organisation)
    pool.declare_year(officer, no_ties=True)
    return officer


def _drive(meeting: Meeting, event: str, officer: Any) -> None:
    row = queries.meetings.get_for(officer, meeting.id, lock=True)
    assert row is not None
    operations.driving.drive(row, event, row.version, officer)


def _states(meeting: Meeting) -> list[str]:
    return [item.status.value for item in queries.meetings.items_of(meeting.id)]


def test_the_agenda_holds_what_is_under_review_so_that_people_leave_rarely(app: Any) -> None:
    call = proposals.open_call()
    found = [proposals.under_review(call) for _ in range(3)]
    who = panel.accepted(found[1]).reviewer
    _tie(found[0], who)
    _tie(found[2], who)
    meeting = _planned(*found)
    items = queries.meetings.items_of(meeting.id)
    assert {item.application_id for item in items} == {one.id for one in found}
    tied = [item.application_id != found[1].id for item in items]
    assert tied in ([True, True, False], [False, True, True]), "out once, back once"
    assert [member.user_id for member in meeting.members] == [who.id]
    with pytest.raises(Forbidden):
        operations.planning.plan(call, MeetingValues(now(), "", None), 15, who)


def test_a_meeting_takes_no_more_than_its_most(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.planning, "MOST", 1)
    application, other = panel.two_proposals()
    panel.accepted(application)
    officer = person(Role.officer)
    meeting = _planned(application, officer=officer)
    (item,) = queries.meetings.items_of(meeting.id)
    assert item.application_id == application.id
    with pytest.raises(Refused, match="too-many"):
        operations.planning.add(meeting, [other.number], meeting.version, officer)
    following = _planned(application, officer=officer)
    assert [one.application_id for one in queries.meetings.items_of(following.id)] == [other.id], "what is left"


def test_whoever_has_to_be_outside_reads_no_number_and_no_title(app: Any, client_for: Any, client: Any) -> None:
    application, other = panel.two_proposals()
    application.title_en = application.title_ja = "MARKTITLE"
    tied, free = panel.accepted(other).reviewer, panel.accepted(other).reviewer
    reported = panel.accepted(application)
    panel.accepted(other, reported.reviewer)
    reviews.answer(reported, "conflict", reported.reviewer, "I know them")
    _tie(application, tied)
    reviewing.phase(application.call, PhaseKind.panel)
    officer, recused = person(Role.officer), _recused(application)
    meeting = _planned(application, other, chair=free, officer=officer)
    _drive(meeting, "start", officer)
    if queries.meetings.items_of(meeting.id)[0].status is not ItemStatus.discussing:
        raise AssertionError("the first item is discussed")
    if queries.meetings.items_of(meeting.id)[0].application_id != application.id:
        _drive(meeting, "next", officer)
    item = next(i for i in queries.meetings.items_of(meeting.id) if i.application_id == application.id)
    assert item.status is ItemStatus.discussing
    session.commit()
    root = f"/panel/meetings/{meeting.id}"
    visited = 0
    for who, sees in ((tied, False), (reported.reviewer, False), (recused, False), (free, True), (officer, True)):
        browser = client_for(who)
        for path in (root, f"{root}/state", f"{root}/leaving", f"{root}/items/{item.id}", f"/officer/meetings/{meeting.id}", f"/officer/meetings/{meeting.id}/items/{item.id}/minutes"):  # fmt: skip
            text = browser.get(path).text
            if not sees:
                assert "MARKTITLE" not in text and application.number not in text, (who.name, path)
        page = browser.get(root).text
        assert ("Please leave the room" in page) is not sees
        assert ("You will be called back at about" in page) is not sees
        assert ("MARKTITLE" in page) is sees
        assert browser.get(f"{root}/items/{item.id}").status_code == (200 if sees else 404)
        visited += 1
    assert visited == 5
    lead = proposals.lead_of(application)
    for who, status in ((lead, 403), (chain.reviewer(), 404), (person(Role.admin), 403)):
        assert client_for(who).get(root).status_code == status
    assert client.get(root).status_code == 302
    moves = client_for(free).get(f"{root}/leaving").text
    assert tied.name in moves, "the chair reads who must leave"
    assert client_for(tied).get(f"{root}/leaving").status_code == 404


def test_who_is_not_present_sees_nothing_of_the_agenda(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    who = panel.accepted(application).reviewer
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    meeting = _planned(application, officer=officer)
    session.commit()
    root = f"/panel/meetings/{meeting.id}"
    assert application.number in client_for(who).get(root).text
    data = {"member": str(who.id), "version": str(meeting.version)}
    assert client_for(officer).post(f"/officer/meetings/{meeting.id}/members", data=data).status_code == 303
    page = client_for(who).get(root).text
    assert application.number not in page and "not marked as present" in page
    item = queries.meetings.items_of(meeting.id)[0]
    assert client_for(who).get(f"{root}/items/{item.id}").status_code == 404


def test_the_mark_of_whoever_is_outside_changes_with_the_own_page_only(app: Any, client_for: Any) -> None:
    """The poller of a reader tells nothing that the page does not."""
    application, other = panel.two_proposals()
    tied = panel.accepted(other).reviewer
    _tie(application, tied)
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    meeting = _planned(application, other, officer=officer)
    session.commit()
    root = f"/panel/meetings/{meeting.id}/state"
    browser = client_for(tied)
    before = browser.get(root).json
    assert before == browser.get(root).json and before["over"] is False
    application.title_en = "changed"
    session.commit()
    assert browser.get(root).json == before
    _drive(meeting, "start", officer)
    session.commit()
    assert browser.get(root).json != before


def test_start_next_postpone_back_and_end(app: Any) -> None:
    call = proposals.open_call()
    found = [proposals.under_review(call) for _ in range(3)]
    panel.accepted(found[0])
    officer = person(Role.officer)
    meeting = _planned(*found, officer=officer)
    with pytest.raises(Refused, match="not-begun"):
        _drive(meeting, "next", officer)
    _drive(meeting, "start", officer)
    assert _states(meeting) == ["discussing", "waiting", "waiting"]
    with pytest.raises(Refused, match="begun"):
        _drive(meeting, "start", officer)
    _drive(meeting, "postpone", officer)
    assert _states(meeting) == ["postponed", "discussing", "waiting"]
    _drive(meeting, "next", officer)
    assert _states(meeting) == ["postponed", "done", "discussing"]
    _drive(meeting, "back", officer)
    assert _states(meeting) == ["postponed", "discussing", "waiting"]
    for expected in (["postponed", "done", "discussing"], ["discussing", "done", "done"], ["done", "done", "done"]):
        _drive(meeting, "next", officer)
        assert _states(meeting) == expected
    with pytest.raises(Refused, match="over"):
        _drive(meeting, "next", officer)
    _drive(meeting, "end", officer)
    with pytest.raises(Refused, match="ended"):
        _drive(meeting, "back", officer)


def test_two_officers_do_not_move_on_twice(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    panel.accepted(application)
    officer = person(Role.officer)
    meeting = _planned(application, other, officer=officer)
    session.commit()
    version = str(meeting.version)
    address = f"/officer/meetings/{meeting.id}"
    assert client_for(officer).post(f"{address}/start", data={"version": version}).status_code == 303
    late = client_for(person(Role.officer)).post(f"{address}/next", data={"version": version})
    assert late.status_code == 409
    assert client_for(officer).post(f"{address}/next").status_code == 409, "a form without a version matches none"
    assert _states(meeting) == ["discussing", "waiting"]
    row = queries.meetings.get_for(officer, meeting.id)
    with pytest.raises(Stale):
        operations.planning.arrange(row, row.version - 1, officer)
    with pytest.raises(Forbidden):
        operations.driving.drive(row, "next", row.version, panel.accepted(other).reviewer)


def test_a_recused_officer_leads_through_nothing_of_the_own_consortium(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    panel.accepted(application)
    recused, colleague = _recused(application), person(Role.officer)
    meeting = _planned(application, officer=colleague)
    session.commit()
    address = f"/officer/meetings/{meeting.id}"
    answer = client_for(recused).post(f"{address}/start", data={"version": str(meeting.version)})
    assert answer.status_code == 422 and "A colleague has to" in answer.text and application.number not in answer.text
    session.expire_all()
    assert session.get_one(Meeting, meeting.id).began_at is None, "nothing of it was stored"
    item = queries.meetings.items_of(meeting.id)[0]
    for event in ("up", "down", "drop"):
        refused = client_for(recused).post(f"{address}/items/{item.id}/{event}", data={"version": str(meeting.version)})
        assert refused.status_code == 404
    added = client_for(recused).post(
        f"{address}/items", data={"numbers": application.number, "version": str(meeting.version)}
    )
    assert added.status_code == 422, "a number from which one is recused is no number"
    _drive(meeting, "start", colleague)
    with pytest.raises(Forbidden):
        operations.recording.write(item, MinutesValues("x", Recommendation.adopt, None), 0, recused)


def test_the_agenda_is_edited_by_hand(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    found = [proposals.under_review(call) for _ in range(3)]
    panel.accepted(found[0])
    officer = person(Role.officer)
    meeting = _planned(*found, officer=officer)
    first, second, third = (item.id for item in queries.meetings.items_of(meeting.id))
    session.commit()
    browser, address = client_for(officer), f"/officer/meetings/{meeting.id}"

    def post(path: str, **data: str) -> int:
        session.expire_all()
        version = str(session.get_one(Meeting, meeting.id).version)
        return int(browser.post(address + path, data={"version": version, **data}).status_code)

    def order() -> list[int]:
        session.expire_all()
        return [item.id for item in queries.meetings.items_of(meeting.id)]

    assert post(f"/items/{third}/up") == 303 and order() == [first, third, second]
    assert post(f"/items/{first}/down") == 303 and order() == [third, first, second]
    assert post(f"/items/{third}/up") == 303 and order() == [third, first, second]
    assert post(f"/items/{first}/time", minutes="30") == 303
    assert post(f"/items/{first}/time", minutes="0") == 422
    assert session.get_one(AgendaItem, first).minutes == 30
    assert post(f"/items/{third}/drop") == 303 and order() == [first, second]
    number = next(
        a.number for a in found if a.id not in {i.application_id for i in queries.meetings.items_of(meeting.id)}
    )
    assert post("/items", numbers="NO-SUCH") == 422
    assert post("/items", numbers=number) == 303 and len(order()) == 3
    assert post("/arrange") == 303
    assert post("", starts_at="2026-12-15 10:00", place="Room 7", chair_id="") == 303
    assert session.get_one(Meeting, meeting.id).place == "Room 7"
    assert post("", starts_at="never", place="") == 422
    assert client_for(person(Role.auditor)).post(address, data={}).status_code == 403


def test_minutes_are_written_by_one_and_signed_by_another(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    one, two = chain.reviewed(application).reviewer, chain.reviewed(application).reviewer
    reviewing.phase(application.call, PhaseKind.panel)
    officer, second, recused = person(Role.officer), person(Role.officer), _recused(application)
    meeting = _planned(application, officer=officer)
    item = queries.meetings.items_of(meeting.id)[0]
    with pytest.raises(Refused, match="not-discussed"):
        operations.recording.write(item, MinutesValues("x", Recommendation.adopt, None), 0, officer)
    _drive(meeting, "start", officer)
    _drive(meeting, "next", officer)
    session.commit()
    address = f"/officer/meetings/{meeting.id}/items/{item.id}/minutes"
    data = {"text": "MARKMINUTES", "recommendation": "adopt", "amount_yen": "1,000,000", "in_room": str(one.id), "version": "0"}  # fmt: skip
    assert client_for(officer).post(address, data={**data, "recommendation": ""}).status_code == 422
    assert client_for(officer).post(address, data=data).status_code == 303
    assert client_for(second).post(address, data=data).status_code == 409, "somebody else wrote meanwhile"
    rooms = {row.user_id: (row.in_room, row.corrected_by_id) for row in session.query(Attendance)}
    assert rooms == {one.id: (True, None), two.id: (False, officer.id)}
    version = str(queries.minutes.of_item(item.id).version)
    assert client_for(officer).post(f"{address}/sign", data={"version": version}).status_code == 403
    assert client_for(recused).post(f"{address}/sign", data={"version": version}).status_code == 404
    assert client_for(second).post(f"{address}/sign", data={"version": "99"}).status_code == 409
    assert client_for(second).post(f"{address}/sign", data={"version": version}).status_code == 303
    session.expire_all()
    assert queries.minutes.of_item(item.id).signed_by_id == second.id
    assert client_for(officer).post(address, data={**data, "version": "2"}).status_code == 422
    for who in (one, proposals.lead_of(application), recused, person(Role.admin)):
        answer = client_for(who).get(address)
        assert answer.status_code in (403, 404) and "MARKMINUTES" not in answer.text
    assert "MARKMINUTES" in client_for(person(Role.auditor)).get(address).text
    with pytest.raises(OutOfOrder):
        operations.recording.sign(session.get_one(AgendaItem, item.id), int(version) + 1, second)


def test_who_was_in_the_room_is_computed(app: Any) -> None:
    application = proposals.under_review()
    stays, leaves, absent = (chain.reviewed(application).reviewer for _ in range(3))
    _tie(application, leaves)
    officer = person(Role.officer)
    panel.accepted(proposals.under_review(application.call), leaves)
    meeting = _planned(application, officer=officer)
    everybody = [member.user_id for member in meeting.members]
    assert set(everybody) == {stays.id, leaves.id, absent.id}
    operations.planning.set_members(meeting, everybody, [stays.id, leaves.id], meeting.version, officer)
    while True:
        _drive(meeting, "next" if meeting.began_at else "start", officer)
        item = next(i for i in queries.meetings.items_of(meeting.id) if i.application_id == application.id)
        if item.status is ItemStatus.discussing:
            break
    _drive(meeting, "end", officer)
    rows = {row.user_id: row.in_room for row in session.query(Attendance).filter_by(item_id=item.id)}
    assert rows == {stays.id: True, leaves.id: False, absent.id: False}


def test_the_printed_minutes_tell_a_recused_officer_nothing(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    panel.accepted(other)
    officer, recused = person(Role.officer), _recused(application)
    meeting = _planned(application, other, officer=officer)
    session.commit()
    address = f"/officer/meetings/{meeting.id}"
    whole = client_for(officer).post(f"{address}/minutes").location
    assert client_for(officer).get(whole).status_code == 202
    assert client_for(recused).get(whole).status_code == 404
    assert whole not in client_for(recused).get(address).text
    part = client_for(recused).post(f"{address}/minutes").location
    assert client_for(recused).get(part).status_code == 202
    copy = queries.minutes.copies(officer, meeting.id)[0]
    assert copy.application_ids == [other.id] and application.number not in str(copy.document.context)
    assert client_for(proposals.lead_of(other)).get(whole).status_code == 403
    assert client_for(officer).get(f"/documents/{copy.document_id}").status_code == 404, "no other door"


def test_the_printed_minutes_hold_what_was_written(app: Any) -> None:
    from app.core import pdf
    from tests.support.pdf_text import text_of

    application = proposals.under_review()
    panel.accepted(application)
    officer = person(Role.officer)
    meeting = _planned(application, officer=officer)
    _drive(meeting, "start", officer)
    item = queries.meetings.items_of(meeting.id)[0]
    operations.recording.write(item, MinutesValues("WRITTENHERE", Recommendation.adopt, 5_000_000), 0, officer)
    row = operations.recording.print_minutes(meeting, "en", officer)
    shown = text_of(pdf.render(row.document.template, "en", row.document.context))
    assert "WRITTENHERE" in shown and "5,000,000" in shown and application.number in shown


def test_changed_scores_are_shown_before_and_after_to_those_who_may_see_scores(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    one = chain.reviewed(application, 2)
    elsewhere = panel.accepted(other).reviewer
    row = reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    meeting = _planned(application, other, officer=officer)
    item = next(i for i in queries.meetings.items_of(meeting.id) if i.application_id == application.id)
    criterion = application.call.criteria[0]
    reviews.change_scores(one, {criterion.id: 5}, "MARKREASON", one.review.version, one.reviewer)
    session.commit()
    address = f"/panel/meetings/{meeting.id}/items/{item.id}"
    assert "MARKREASON" in client_for(officer).get(address).text
    page = client_for(elsewhere).get(address).text
    assert "MARKREASON" in page and one.reviewer.name not in page and "Reviewer A" in page
    row.others = row.others.after_own
    session.commit()
    assert "MARKREASON" not in client_for(elsewhere).get(address).text
    assert "MARKREASON" in client_for(one.reviewer).get(address).text


def test_the_live_page_costs_the_same_for_two_items_and_for_four(app: Any, client_for: Any, count_queries: Any) -> None:
    call = proposals.open_call()
    who = chain.reviewer()
    reviewing.phase(call, PhaseKind.panel)
    officer = person(Role.officer)
    panel.accepted(proposals.under_review(call), who)
    costs = []
    for _round in range(2):
        meeting = _planned(proposals.under_review(call), officer=officer)
        if costs:
            for _n in range(2):
                application = proposals.under_review(call)
                operations.planning.add(meeting, [application.number], meeting.version, officer)
                panel.accepted(application)
            row = queries.meetings.get_for(officer, meeting.id)
            everybody = [person.id for person in queries.people.members_of(call.id)]
            operations.planning.set_members(row, everybody, everybody, row.version, officer)
        session.commit()
        seen = []
        for reader, path in ((who, ""), (who, "/state"), (officer, "")):
            browser = client_for(reader)
            with count_queries() as statements:
                assert browser.get(f"/panel/meetings/{meeting.id}{path}").status_code == 200
            seen.append(len(statements))
        costs.append(seen)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 30


def test_reading_ends_with_the_review_also_in_an_old_meeting(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    application.title_en = "MARKTITLE"
    who = chain.reviewed(application).reviewer
    panel.accepted(other, who)
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    meeting = _planned(application, other, officer=officer)
    item = next(i for i in queries.meetings.items_of(meeting.id) if i.application_id == application.id)
    session.commit()
    root = f"/panel/meetings/{meeting.id}"
    assert "MARKTITLE" in client_for(who).get(root).text
    chain.decided(application)
    proposals.close_call(application.call)
    APPLICATION.apply(application, "adopt", officer)
    session.commit()
    page = client_for(who).get(root).text
    assert "MARKTITLE" not in page and application.number not in page and other.number in page
    assert client_for(who).get(f"{root}/items/{item.id}").status_code == 404
    assert "MARKTITLE" in client_for(officer).get(root).text


def test_the_page_renews_itself_without_javascript_and_stands_on_the_start_page(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    who = panel.accepted(application).reviewer
    officer = person(Role.officer)
    meeting = _planned(application, officer=officer)
    session.commit()
    page = client_for(who).get(f"/panel/meetings/{meeting.id}").text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Take part in the panel meeting" in client_for(who).get("/").text
    assert "Lead through the panel meeting" in client_for(officer).get("/").text
    _drive(meeting, "start", officer)
    _drive(meeting, "end", officer)
    session.commit()
    assert '<meta http-equiv="refresh"' not in client_for(who).get(f"/panel/meetings/{meeting.id}").text
    assert "panel meeting" not in client_for(officer).get("/").text


def test_an_officer_who_is_a_member_too_is_outside_as_any_member(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    application.title_en = "MARKTITLE"
    both = chain.known(person(Role.officer, Role.reviewer))
    mine = panel.accepted(application, both)
    panel.accepted(other, both)
    reviews.answer(mine, "conflict", both, "I know them")
    meeting = _planned(application, other)
    session.commit()
    for path in (f"/panel/meetings/{meeting.id}", f"/officer/meetings/{meeting.id}"):
        page = client_for(both).get(path).text
        assert "MARKTITLE" not in page and application.number not in page
        assert (other.number in page) is path.startswith("/panel"), "in the office it rests: they review it"

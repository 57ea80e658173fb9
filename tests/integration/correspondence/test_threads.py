"""The thread of an application: who reads, who writes, what the office learns of a draft, who gets a letter."""

from typing import Any

import pytest
from sqlalchemy import select

from app.applications.models import MemberPerson
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.core.outbox import OutboxItem
from app.correspondence import operations, queries
from app.correspondence.choices import Side
from app.correspondence.models import Message
from tests.factories import chain, proposals
from tests.factories.people import person

SECRET = "Our partner may drop out, what now?"


def _url(application: Any) -> str:
    return f"/applications/{application.id}/messages"


def _write(application: Any, actor: Any, text: str = SECRET) -> Message:
    thread = queries.thread_for(actor, application.id)
    assert thread is not None
    return operations.write(thread, text, actor=actor)


def _letters(message: Message) -> dict[str, str]:
    rows = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like(f"message:{message.id}:%"))).all()
    assert len({row.payload["to"] for row in rows}) == len(rows)
    return {row.payload["to"]: row.payload["body"] for row in rows}


def test_both_sides_write_and_the_officer_is_the_programme_office(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    lead, partner = proposals.lead_of(application), proposals.partner_of(application)
    officer = person("officer", name="Officer Okada")
    applicant, office = client_for(lead), client_for(officer)
    assert applicant.post(_url(application), data={"text": SECRET}).status_code == 303
    assert office.post(_url(application), data={"text": "Name another one."}).status_code == 303
    for browser in (applicant, client_for(partner)):
        text = browser.get(_url(application)).text
        assert SECRET in text and "Name another one." in text and "programme office" in text
        assert "Officer Okada" not in text and lead.name in text
    assert "事業事務局" in applicant.get(f"{_url(application)}?lang=ja").text
    for reader in (office, client_for(person("auditor"))):
        text = reader.get(_url(application)).text
        assert SECRET in text and "Officer Okada" in text


def test_letters_go_to_the_other_side_once_each_without_the_text(app: Any) -> None:
    application = proposals.submitted()
    lead = proposals.lead_of(application)
    officers = [person("officer"), person("officer")]
    first = _write(application, lead)
    assert {o.email for o in officers} <= set(_letters(first))
    people = {user.email for user in proposals.queries.people_of(application.id)}
    assert not people & set(_letters(first))
    reply = _write(application, officers[0], "An answer in confidence")
    assert set(_letters(reply)) == people
    again = _write(application, lead, "Thank you")
    assert set(_letters(again)) == {officers[0].email}  # who answers in this thread goes on with it
    for message in (first, reply, again):
        for body in _letters(message).values():
            assert message.text not in body and f"/applications/{application.id}/messages" in body


def test_who_left_and_who_never_belonged_see_nothing(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    partner = proposals.partner_of(application)
    left = client_for(partner)
    assert left.get(_url(application)).status_code == 200
    for row in session.query(MemberPerson).filter_by(user_id=partner.id):
        row.ended_at = now()
    _write(application, proposals.lead_of(application))
    reply = _write(application, person("officer"), "for those who stayed")
    session.commit()
    assert partner.email not in _letters(reply)
    assert queries.unread(partner) == []
    for browser in (left, client_for(person("applicant"))):
        assert browser.get(_url(application)).status_code == 404
        assert browser.post(_url(application), data={"text": "x"}).status_code == 404
        assert browser.post(f"{_url(application)}/read").status_code == 404
        assert SECRET not in browser.get("/").text


def test_reviewers_never_see_a_thread(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    chain.reviews.answer(assignment, "accept", assignment.reviewer)
    _write(application, proposals.lead_of(application))
    session.commit()
    browser = client_for(assignment.reviewer)
    assert browser.get(_url(application)).status_code == 403
    assert browser.post(_url(application), data={"text": "x"}).status_code == 403
    for path in ("/", "/reviews", f"/reviews/{assignment.id}"):
        assert SECRET not in browser.get(path).text
    both = person("reviewer", "applicant")
    session.commit()
    assert client_for(both).get(_url(application)).status_code == 404


def test_auditors_read_and_do_not_write(app: Any, client: Any, client_for: Any) -> None:
    application = proposals.submitted()
    auditor = person("auditor")
    browser = client_for(auditor)
    page = browser.get(_url(application))
    assert page.status_code == 200 and "<textarea" not in page.text
    assert browser.post(_url(application), data={"text": "x"}).status_code == 403
    with pytest.raises(Forbidden):
        _write(application, auditor)
    assert client.get(_url(application)).status_code == 302
    for role in ("admin", "cluster_manager"):
        assert client_for(person(role)).get(_url(application)).status_code == 403


def test_a_draft_is_not_there_for_the_office_until_its_consortium_writes(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft(abstract="The secret abstract")
    officer = person("officer")
    browser, auditor = client_for(officer), client_for(person("auditor"))
    assert browser.get(_url(application)).status_code == 404 and auditor.get(_url(application)).status_code == 404
    assert browser.post(_url(application), data={"text": "hello?"}).status_code == 404
    _write(application, proposals.lead_of(application))
    session.commit()
    for reader in (browser, auditor):
        text = reader.get(_url(application)).text
        assert application.number in text and application.title_en in text and SECRET in text
        assert "The secret abstract" not in text and f'href="/applications/{application.id}"' not in text
        assert reader.get(f"/applications/{application.id}").status_code == 404
    assert browser.post(_url(application), data={"text": "Yes, you may."}).status_code == 303
    assert "Yes, you may." in client_for(proposals.lead_of(application)).get(_url(application)).text


def test_new_messages_are_marked_until_they_are_read(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    lead = proposals.lead_of(application)
    _write(application, person("officer"), "one")
    _write(application, person("officer"), "two")
    session.commit()
    browser = client_for(lead)
    assert "Read the programme office’s messages (2)" in browser.get("/").text
    assert "New messages: 2" in browser.get(_url(application)).text
    assert browser.post(f"{_url(application)}/read").status_code == 303
    assert "New messages:" not in browser.get(_url(application)).text
    assert "Read the programme office’s messages" not in browser.get("/").text
    assert queries.unread(proposals.partner_of(application))  # each person reads for themselves


def test_the_officers_list_holds_what_waits_for_an_answer(app: Any, client_for: Any, count_queries: Any) -> None:
    office = client_for(person("officer"))
    call = proposals.open_call()
    rows = [proposals.submitted(call) for _ in range(3)]
    counts = []
    for n, application in enumerate(rows, 1):
        _write(application, proposals.lead_of(application))
        session.commit()
        if n != 2:
            with count_queries() as seen:
                assert office.get("/officer/messages").status_code == 200
            counts.append(len(seen))
    assert counts[0] == counts[1] <= 3
    assert "Answer messages of applicants" in office.get("/").text
    _write(rows[0], person("officer"), "answered")
    session.commit()
    text = office.get("/officer/messages").text
    assert rows[0].number not in text and rows[1].number in text and rows[2].number in text
    for role, status in (("auditor", 200), ("applicant", 403), ("reviewer", 403)):
        assert client_for(person(role)).get("/officer/messages").status_code == status


def test_a_thread_asks_a_constant_number_and_pages(app: Any, client_for: Any, count_queries: Any) -> None:
    application = proposals.submitted()
    lead, officer = proposals.lead_of(application), person("officer")
    browser, counts = client_for(lead), []
    for n in range(1, queries.PAGE_SIZE + 3):
        _write(application, lead if n % 2 else officer, f"text-{n:03d}")
        if n in (1, 3):
            session.commit()
            with count_queries() as seen:
                assert browser.get(_url(application)).status_code == 200
            counts.append(len(seen))
    assert counts[0] == counts[1] <= 7
    session.commit()
    text = browser.get(_url(application)).text
    assert "text-052" in text and "text-002" not in text
    token = queries.messages(application.id).next
    assert "text-002" in browser.get(f"{_url(application)}?after={token}").text


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b"])
def test_a_message_that_is_none_is_refused_with_what_was_typed(app: Any, client_for: Any, text: str) -> None:
    application = proposals.submitted()
    answer = client_for(proposals.lead_of(application)).post(_url(application), data={"text": text})
    assert answer.status_code == 422 and 'id="text-error"' in answer.text
    assert session.scalars(select(Message)).all() == []
    thread = queries.thread_for(proposals.lead_of(application), application.id)
    if len(text) != 3 and text.strip() != "":
        with pytest.raises(Refused):
            operations.write(thread, text, actor=proposals.lead_of(application))  # type: ignore[arg-type]


def test_markup_is_shown_as_text_and_the_record_names_who_wrote(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    lead = proposals.lead_of(application)
    message = _write(application, lead, "<script>alert(1)</script>\nsecond line")
    session.commit()
    text = client_for(lead).get(_url(application)).text
    assert "&lt;script&gt;alert(1)" in text and "<script>alert" not in text
    row = session.scalars(select(Event).where(Event.subject_type == "message", Event.subject_id == message.id)).one()
    assert (row.name, row.actor_id, row.data["side"]) == ("sent", lead.id, Side.consortium.value)
    assert "alert" not in str(row.data)

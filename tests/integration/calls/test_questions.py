"""Questions on a call: asked by applicants, published without a name, answered once by letter."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.calls import operations, queries
from app.calls.definitions import OPEN_QUESTIONS_EACH
from app.calls.models import CallQuestion
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.core.outbox import OutboxItem
from tests.factories import proposals
from tests.factories.people import person

SECRET = "Does our company Kurage Kogyo count as an SME?"


def _url(call: Any) -> str:
    return f"/calls/{call.id}/questions-and-answers"


def _values(**values: str) -> Any:
    return operations.AnswerValues(**{"question_en": "", "question_ja": "", "answer_en": "", "answer_ja": "", **values})


def _published(call: Any, asker: Any, officer: Any, text: str = "What?", **values: str) -> CallQuestion:
    question = operations.ask(call, text, actor=asker, arrived=now())
    values = values or {"answer_en": f"Answer to {text}"}
    operations.save_answer(question, _values(**values), question.version, actor=officer)
    operations.publish_answer(question, actor=officer)
    return question


def _letters(prefix: str) -> list[OutboxItem]:
    return list(session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like(f"{prefix}%"))))


def test_a_question_travels_from_the_applicant_to_the_public_page(app: Any, client: Any, client_for: Any) -> None:
    call, asker, officer = proposals.open_call(), person("applicant", name="Asker Asano"), person("officer")
    applicant, office = client_for(asker), client_for(officer)
    assert applicant.post(_url(call), data={"text": SECRET}).status_code == 303
    assert SECRET in applicant.get(_url(call)).text  # the asker's own
    assert SECRET not in client.get(_url(call)).text
    assert SECRET not in client_for(person("applicant")).get(_url(call)).text
    assert SECRET in office.get("/officer/questions").text and "Answer questions on a call (1)" in office.get("/").text
    question = session.scalars(select(CallQuestion)).one()
    page = f"/officer/questions/{question.id}"
    assert SECRET in office.get(page).text
    data = {"version": question.version, "question_en": "Is a firm of 300 people an SME?", "publish": "yes"}
    assert office.post(page, data=data).status_code == 422  # no answer yet
    assert office.post(page, data={**data, "answer_ja": "はい、該当します。"}).status_code == 303
    for language in ("en", "ja"):
        text = client.get(f"{_url(call)}?lang={language}").text
        assert "はい、該当します。" in text and "Is a firm of 300 people an SME?" in text and "Q1" in text
        assert SECRET not in text and "Asker Asano" not in text and asker.email not in text
    assert SECRET in office.get(page).text  # the original is kept for the office
    letters = _letters("question-answered:")
    assert [letter.payload["to"] for letter in letters] == [asker.email] and SECRET not in letters[0].payload["body"]
    assert "Answer questions on a call" not in office.get("/").text


def test_publishing_again_changes_nothing_and_sends_nothing(app: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    question = _published(call, person("applicant"), officer)
    at, number = question.published_at, question.number
    operations.publish_answer(question, actor=officer)
    assert (question.published_at, question.number) == (at, number) and len(_letters("question-answered:")) == 1


def test_a_correction_is_public_and_says_so(app: Any, client: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    question = _published(call, person("applicant"), officer, answer_en="Up to 300 people", question_en="How many?")
    data = {"version": question.version, "question_en": "How many?", "answer_en": "Up to 50 people"}
    assert client_for(officer).post(f"/officer/questions/{question.id}", data=data).status_code == 303
    text = client.get(f"{_url(call)}?lang=en").text
    assert "Up to 50 people" in text and "Up to 300 people" not in text and "corrected" in text
    assert client_for(officer).post(f"/officer/questions/{question.id}", data=data).status_code == 409
    with pytest.raises(Refused):
        operations.save_answer(question, _values(), question.version, actor=officer)
    with pytest.raises(Stale):
        operations.save_answer(question, _values(answer_en="x"), question.version - 1, actor=officer)


def test_questions_end_at_their_time_to_the_millisecond(app: Any, client_for: Any) -> None:
    until = now() + timedelta(days=2)
    call, asker = proposals.open_call(questions_until=until), person("applicant")
    operations.ask(call, "in time?", actor=asker, arrived=until - timedelta(milliseconds=1))
    with pytest.raises(Refused) as late:
        operations.ask(call, "too late?", actor=asker, arrived=until)
    assert late.value.reasons[0].code == "questions-closed"
    call.questions_until = now() - timedelta(seconds=1)
    session.commit()
    browser = client_for(asker)
    assert "The time for questions is over." in browser.get(_url(call)).text
    answer = browser.post(_url(call), data={"text": "typed in vain"})
    assert answer.status_code == 422


def test_one_person_cannot_bury_the_office(app: Any) -> None:
    call, asker = proposals.open_call(), person("applicant")
    for n in range(OPEN_QUESTIONS_EACH):
        operations.ask(call, f"question {n}", actor=asker, arrived=now())
    with pytest.raises(Refused) as full:
        operations.ask(call, "one more", actor=asker, arrived=now())
    assert full.value.reasons[0].code == "too-many"
    operations.ask(call, "another person", actor=person("applicant"), arrived=now())


def test_who_may_ask_and_who_may_answer(app: Any, client: Any, client_for: Any) -> None:
    call = proposals.open_call()
    question = operations.ask(call, "Who?", actor=person("applicant"), arrived=now())
    session.commit()
    assert client.post(_url(call), data={"text": "x"}).status_code == 302
    for role in ("reviewer", "officer", "auditor", "admin", "cluster_manager"):
        assert client_for(person(role)).post(_url(call), data={"text": "x"}).status_code == 403, role
    for role, reads, writes in (("applicant", 403, 403), ("reviewer", 403, 403), ("auditor", 200, 403)):
        browser = client_for(person(role))
        assert browser.get("/officer/questions").status_code == reads
        assert browser.get(f"/officer/questions/{question.id}").status_code == reads
        assert browser.post(f"/officer/questions/{question.id}", data={}).status_code == writes
    for verb in (lambda: operations.save_answer(question, _values(), 1, actor=person("auditor")),
                 lambda: operations.publish_answer(question, actor=person("applicant")),
                 lambda: operations.ask(call, "x", actor=person("officer"), arrived=now())):  # fmt: skip
        with pytest.raises(Forbidden):
            verb()
    draft = proposals.draft_call(fiscal_year=2040)
    assert client_for(person("applicant")).get(_url(draft)).status_code == 404
    assert client_for(person("officer")).get("/officer/questions/999999").status_code == 404


def test_the_public_list_is_newest_first_in_pages_and_asks_a_constant_number(
    app: Any, client: Any, count_queries: Any
) -> None:
    call, asker, officer = proposals.open_call(), person("applicant"), person("officer")
    counts = []
    for n in range(1, 26):
        _published(call, asker, officer, f"text-{n:02d}")
        if n in (1, 3):
            session.commit()
            with count_queries() as seen:
                assert client.get(_url(call)).status_code == 200
            counts.append(len(seen))
    assert counts[0] == counts[1] <= 7
    first = client.get(f"{_url(call)}?lang=en").text
    assert first.index("text-25") < first.index("text-06") and "text-05" not in first
    token = queries.published_questions(call.id).next
    second = client.get(f"{_url(call)}?after={token}").text
    assert "text-05" in second and "text-06" not in second
    assert client.get(f"{_url(call)}?after=%00nonsense").status_code == 200


def test_everything_is_on_the_record(app: Any) -> None:
    officer = person("officer")
    question = _published(proposals.open_call(), person("applicant"), officer)
    names = session.scalars(
        select(Event.name)
        .where(Event.subject_type == "call_question", Event.subject_id == question.id)
        .order_by(Event.id)
    ).all()
    assert names == ["asked", "answered", "published"]

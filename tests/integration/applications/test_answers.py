"""The call's questionnaire in an application: saved without losing anything, judged at the gate, frozen, renewed."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.applications import operations, queries
from app.applications.choices import Right
from app.applications.models import Application, ApplicationAnswer, MemberPerson, Submission
from app.calls import queries as calls
from app.calls.choices import Programme
from app.cli.demo.answers import example_answers
from app.core.clock import now
from app.core.db import session
from app.core.errors import OutOfOrder, Refused
from app.core.outbox import OutboxItem
from app.questionnaires import operations as questionnaires
from app.questionnaires import queries as questions
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions import Content, content_hash, read
from tests.factories import proposals
from tests.factories.people import organisation, person


def form_of(*rows: dict[str, Any]) -> Content:
    content, wrong = read({"format": "renkei-questionnaire/1", "sections": [
        {"key": "one", "title": {"en": "One", "ja": "一"},
         "questions": [{"label": {"en": f"Label {r['key']}", "ja": r["key"]}, **r} for r in rows]}]})  # fmt: skip
    assert not wrong, [str(fault) for fault in wrong]
    return content


FORM = (
    {"key": "has", "type": "yes_no", "required": True},
    {"key": "n", "type": "number", "required": True, "show_when": "has", "settings": {"decimals": 1}},
    {"key": "text", "type": "long_text", "required": True, "settings": {"max_characters": 10}},
    {"key": "costs", "type": "table", "settings": {"columns": [
        {"key": "what", "label": {"en": "What", "ja": "内容"}, "type": "text"},
        {"key": "yen", "label": {"en": "Yen", "ja": "円"}, "type": "yen", "total": True}]}},
    {"key": "bank", "type": "organisation"},
    {"key": "double", "type": "calculated", "settings": {"expression": "n * 2"}},
)  # fmt: skip


def call_with(*rows: dict[str, Any]) -> Any:
    """An open call that asks these questions."""
    call = proposals.draft_call()
    row = questions.get(call.questionnaire_id)
    draft = questions.draft(row)  # type: ignore[arg-type]
    officer = person("officer")
    questionnaires.replace_content(row, draft, form_of(*rows), draft.version, event="imported", actor=officer)  # type: ignore[arg-type,union-attr]
    from app.calls import operations

    operations.publish(call, call.version, actor=officer)
    return call


def renew(call: Any, *rows: dict[str, Any], notes: str = "") -> int:
    """Publish a new version with these questions; answers how many letters went out."""
    officer, row = person("officer"), questions.get(call.questionnaire_id)
    draft = questionnaires.start_version(row, actor=officer)  # type: ignore[arg-type]
    questionnaires.replace_content(row, draft, form_of(*rows), draft.version, event="imported", actor=officer)  # type: ignore[arg-type]
    return operations.publish_questions(calls.get(call.id), notes, actor=officer)  # type: ignore[arg-type]


def again(application: Application, actor: Any) -> Application:
    session.expire_all()
    found = queries.get_for(actor, application.id)
    assert found is not None
    return found


def blocking(application: Application) -> list[str]:
    return [f.rule.id for f in queries.findings(application) if f.blocks and f.rule.id.startswith("Q-")]


def page_data(application: Application, **answers: Any) -> dict[str, Any]:
    return {"version": str(application.version), **{f"q_{key}": value for key, value in answers.items()}}


def test_a_section_is_saved_shown_again_and_asks_what_now_applies(client_for: Any) -> None:
    application = proposals.draft(call_with(*FORM))
    lead = proposals.lead_of(application)
    bank = organisation("foundation_association")
    browser, url = client_for(lead), f"/applications/{application.id}/answers/one"
    assert browser.get(url).status_code == 200
    data = page_data(
        application, has="yes", n="12.5", text="あ\r\nい", costs__0__what="x", costs__0__yen="1,000", costs__2__yen="500",
        bank=bank.org_key,
    )  # fmt: skip
    assert browser.post(url, data=data).status_code == 303
    page = browser.get(url).text
    assert "Total 1,500" in page and ">25<" in page and 'value="12.5"' in page
    found = again(application, lead)
    stored = {row.question_key: row.value for row in found.answers}
    assert stored["has"] is True and stored["n"] == "12.5" and stored["text"] == "あ\nい"
    assert stored["costs"] == [{"what": "x", "yen": 1000}, {}, {"yen": 500}]
    assert stored["bank"]["id"] == bank.id and blocking(found) == []
    assert "double" not in stored
    # without yes the number is hidden, not forgotten
    assert browser.post(url, data=page_data(found, **{**_sent(found), "has": "no"})).status_code == 303
    found = again(application, lead)
    assert blocking(found) == [] and {r.question_key: r.value for r in found.answers}["n"] == "12.5"
    assert 'data-question="n" hidden' in browser.get(url).text


def _sent(application: Application) -> dict[str, str]:
    section = queries.answers.section(application, "one")
    assert section is not None
    return {key[2:]: text for key, text in queries.answers.section_texts(application, section).items()}


def test_wrong_kinds_are_said_at_the_field_and_incomplete_sections_are_kept(client_for: Any) -> None:
    application = proposals.draft(call_with(*FORM))
    lead = proposals.lead_of(application)
    browser, url = client_for(lead), f"/applications/{application.id}/answers/one"
    wrong = browser.post(url, data=page_data(application, n="1e400", costs__0__yen="NaN", bank="nobody at all"))
    assert wrong.status_code == 422 and 'value="1e400"' in wrong.text
    for field in ("q_n", "q_costs__0__yen", "q_bank"):
        assert f'id="{field}-error"' in wrong.text, field
    assert again(application, lead).answers == []
    application = again(application, lead)
    # too long is no wrong kind: it is stored, and the rules say so
    assert browser.post(url, data=page_data(application, text="x" * 11)).status_code == 303
    found = again(application, lead)
    assert [row.value for row in found.answers] == ["x" * 11] and blocking(found) == ["Q-has", "Q-text"]
    assert "11 characters; at most 10 fit" in browser.get(url).text


def test_one_field_saves_itself_and_tells_which_questions_apply(client_for: Any) -> None:
    application = proposals.draft(call_with(*FORM))
    lead = proposals.lead_of(application)
    browser = client_for(lead)
    answer = browser.post(
        f"/applications/{application.id}/parts/answers-one/field",
        data={"field": "q_has", "value": "yes", "version": str(application.version)},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json["value"] == "yes" and 'data-visible="bank costs double has n text"' in answer.json["rules"]
    second = browser.post(
        f"/applications/{application.id}/parts/answers-one/field",
        data={"field": "q_costs__1__yen", "value": "7", "version": str(answer.json["version"])},
    )
    assert second.status_code == 200
    found = again(application, lead)
    assert {r.question_key: r.value for r in found.answers} == {"has": True, "costs": [{}, {"yen": 7}]}


def test_two_people_in_one_text_are_merged_or_shown_both(client_for: Any) -> None:
    application = proposals.draft(call_with({"key": "text", "type": "long_text"}))
    browser = client_for(proposals.lead_of(application))
    url, version = f"/applications/{application.id}/answers/one", application.version
    assert browser.post(url, data=page_data(application, text="first")).status_code == 303
    late = browser.post(url, data={"version": str(version), "q_text": "second"})
    assert late.status_code == 409 and "first" in late.text and "second" in late.text


@pytest.mark.parametrize("programme", list(Programme))
def test_the_gate_lists_each_open_question_that_applies_and_none_that_is_hidden(app: Any, programme: Programme) -> None:
    application = proposals.complete_draft(proposals.open_call(programme))
    lead = proposals.lead_of(application)
    session.execute(ApplicationAnswer.__table__.delete())  # type: ignore[attr-defined]
    application = again(application, lead)
    content = queries.answers.content(application)
    assert content is not None
    expected = {
        f"Q-{q.key}"
        for s in content.sections
        for q in s.questions
        if q.required and not q.show_when and not s.show_when
    }
    with pytest.raises(Refused) as refusal:
        operations.submit(application, "key-00000000000000000001", actor=lead, arrived=now())
    found = [reason for reason in refusal.value.reasons if reason.code.startswith("Q-")]
    assert {reason.code for reason in found} == expected
    assert all(reason.where and reason.where.startswith("answers-") for reason in found)
    assert "is not answered" in found[0].message.en
    points = queries.open_points(application, queries.findings(application), queries.standing(lead, application))
    assert {p.field for p in points if p.section.startswith("answers-")} == {
        code.replace("Q-", "q_") for code in expected
    }
    titles = [str(task.title) for task in queries.tasks(application, queries.findings(application))]
    assert [str(s.title) for s in content.sections] == [
        t for t in titles if t in {str(s.title) for s in content.sections}
    ]


@pytest.mark.parametrize("programme", list(Programme))
def test_what_is_handed_in_holds_the_form_and_its_answers(app: Any, client_for: Any, programme: Programme) -> None:
    application = proposals.submitted(proposals.open_call(programme))
    text = session.scalars(select(Submission.snapshot).where(Submission.application_id == application.id)).one()
    frozen = json.loads(text)["questionnaire"]
    version = questions.published(application.call.questionnaire_id)
    assert version is not None
    assert (frozen["version"], frozen["content_hash"]) == (1, content_hash(questions.content(version)))
    answers = {a["key"]: a for s in frozen["sections"] for a in s["answers"]}
    assert answers["no_double_funding"]["shown"] == {"en": "Agreed", "ja": "同意する"}
    assert "other_projects" not in answers  # hidden
    page = client_for(person("officer")).get(f"/applications/{application.id}")
    assert page.status_code == 200 and "No double funding" in page.text and "Agreed" in page.text


def test_who_may_read_and_who_may_write(client_for: Any, client: Any) -> None:
    application = proposals.complete_draft()
    url = f"/applications/{application.id}/answers/purpose"
    partner = proposals.partner_of(application)
    reader = client_for(partner)
    page = reader.get(url)
    assert page.status_code == 200 and "You may read this part" in page.text
    assert reader.post(url, data=page_data(application, goal="mine")).status_code == 403
    field = f"/applications/{application.id}/parts/answers-purpose/field"
    assert reader.post(field, data={"field": "q_goal", "value": "x", "version": "1"}).status_code == 403
    assert client_for(proposals.lead_of(application)).get(url.replace("purpose", "nothing")).status_code == 404
    for who, status in ((client_for(person("applicant")), 404), (client_for(person("reviewer")), 403), (client, 302)):
        assert who.get(url).status_code == status
    lead = proposals.lead_of(application)
    row = session.scalars(select(MemberPerson).where(MemberPerson.user_id == lead.id)).one()
    row.right = Right.read
    session.flush()
    assert client_for(lead).post(url, data=page_data(application, goal="mine")).status_code == 403


def test_a_new_version_maps_the_answers_and_no_draft_becomes_unusable(client_for: Any) -> None:
    call = call_with(
        {"key": "same", "type": "short_text"}, {"key": "typed", "type": "short_text"}, {"key": "gone", "type": "yen"},
        {"key": "old_name", "type": "number"}, {"key": "grows", "type": "short_text"},
    )  # fmt: skip
    application = proposals.draft(call)
    lead = proposals.lead_of(application)
    given = {"same": "kept", "typed": "about ten", "gone": 5, "old_name": "1.5", "grows": "short"}
    operations.save_answers(application, "one", given, application.version, actor=lead, arrived=now())
    told = renew(
        call, {"key": "same", "type": "short_text"}, {"key": "typed", "type": "number", "required": True},
        {"key": "new_name", "type": "number", "was": "old_name", "settings": {"decimals": 1}},
        {"key": "grows", "type": "long_text"}, {"key": "extra", "type": "yes_no", "required": True},
        notes="One more question.",
    )  # fmt: skip
    found = again(application, lead)
    content = queries.answers.content(found)
    assert content is not None
    effective = {q.key: queries.answers.stored(found, q) for q in content.questions()}
    assert effective == {"same": "kept", "typed": None, "new_name": "1.5", "grows": "short", "extra": None}
    assert {row.question_key for row in found.answers} == set(given)  # the removed one stays in the store
    assert sorted(blocking(found)) == ["Q-extra", "Q-typed"]
    browser, url = client_for(lead), f"/applications/{application.id}/answers/one"
    page = browser.get(url)
    assert page.status_code == 200 and "about ten" in page.text
    assert "A question has changed" in browser.get(f"/applications/{application.id}").text
    # one letter for each person, with the office's words; publishing is one occasion
    letters = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.startswith(f"questions:{call.id}:"))).all()
    assert told == len(letters) == 1 and "One more question." in letters[0].payload["body"]
    # answered anew, the old words stay beside the question
    data = page_data(again(application, lead), **{**_sent(found), "typed": "10", "extra": "yes"})
    assert browser.post(url, data=data).status_code == 303
    found = again(application, lead)
    assert blocking(found) == [] and "about ten" in browser.get(url).text
    assert "A question has changed" not in browser.get(f"/applications/{application.id}").text
    moved = {row.question_key: row.value for row in found.answers}
    assert moved["typed"] == "10" and moved["old_name"] == "1.5"


def test_what_was_handed_in_keeps_its_form(app: Any) -> None:
    call = call_with({"key": "a", "type": "short_text"})
    application = proposals.submitted(call)
    renew(call, {"key": "b", "type": "short_text", "required": True})
    found = again(application, person("officer"))
    content = queries.answers.content(found)
    assert content is not None and [q.key for q in content.questions()] == ["a"]
    assert blocking(found) == []


def test_new_questions_are_published_from_their_page_and_not_after_closing(client_for: Any) -> None:
    call = call_with({"key": "a", "type": "short_text"})
    officer, row = person("officer"), questions.get(call.questionnaire_id)
    assert row is not None
    browser, url = client_for(officer), f"/questionnaires/{row.id}/publish"
    assert "no new version" in browser.get(url).text
    draft = questionnaires.start_version(row, actor=officer)
    assert "Publish version 2" in browser.get(url).text
    assert browser.post(url, data={"version": "99"}).status_code == 409
    assert client_for(person("auditor")).get(url).status_code == 403
    assert client_for(person("applicant")).post(url, data={"version": "1"}).status_code == 403
    assert browser.post(url, data={"version": str(draft.version), "notes": "x"}).status_code == 303
    assert questions.published(row.id).number == 2  # type: ignore[union-attr]
    questionnaires.start_version(row, actor=officer)
    proposals.close_call(call)
    assert "no longer change" in browser.get(url).text
    with pytest.raises(OutOfOrder):
        operations.publish_questions(calls.get(call.id), "", actor=officer)  # type: ignore[arg-type]


def test_calls_without_a_questionnaire_go_on_working(client_for: Any) -> None:
    call = proposals.open_call()
    call.questionnaire_id = None
    session.flush()
    session.expire_all()
    application = proposals.submitted(calls.get(call.id))
    assert queries.answers.content(application) is None
    text = session.scalars(select(Submission.snapshot).where(Submission.application_id == application.id)).one()
    assert json.loads(text)["questionnaire"] is None
    officer = client_for(person("officer"))
    assert officer.get(f"/calls/{call.id}/questionnaire").status_code == 200
    made = officer.post(f"/calls/{call.id}/questionnaire")
    assert made.status_code == 303 and officer.get(made.location).status_code == 200
    assert officer.post(f"/calls/{call.id}/questionnaire").status_code == 409


def test_example_answers_satisfy_any_form(app: Any) -> None:
    for programme in Programme:
        content = questionnaires.template(programme.value)
        required = replace(
            content,
            sections=tuple(
                replace(
                    s, questions=tuple(replace(q, required=q.type is not QuestionType.calculated) for q in s.questions)
                )
                for s in content.sections
            ),
        )
        assert example_answers(required)

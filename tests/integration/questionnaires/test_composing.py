"""An officer composes a questionnaire without code; nothing that dangles is ever stored."""

import io
import json
from typing import Any

import pytest

from app.calls import operations as calls
from app.calls import queries as call_queries
from app.core.audit import SYSTEM
from app.core.db import session
from app.core.i18n import Bilingual
from app.questionnaires import operations, queries
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions import Content, as_json
from tests.factories import proposals
from tests.factories.people import person

BASE = {"label_en": "Question", "label_ja": "設問"}
BY_TYPE: dict[str, dict[str, str]] = {
    "short_text": {"max_characters": "50"},
    "long_text": {"min_characters": "10", "max_characters": "300"},
    "number": {"unit_en": "mW", "unit_ja": "mW", "decimals": "2", "minimum": "0", "maximum": "1,000"},
    "yen": {"minimum": "1", "maximum": "1000000"},
    "date": {"earliest": "2026-04-01", "latest": "2027-03-31"},
    "yes_no": {},
    "single_choice": {"options_0_code": "a", "options_0_label_en": "A", "options_0_label_ja": "あ",
                      "options_2_code": "b", "options_2_label_en": "B", "options_2_label_ja": "い"},
    "multiple_choice": {"options_0_code": "a", "options_0_label_en": "A", "options_0_label_ja": "あ",
                        "options_1_code": "b", "options_1_label_en": "B", "options_1_label_ja": "い"},
    "organisation": {},
    "table": {"columns_0_key": "item", "columns_0_label_en": "Item", "columns_0_label_ja": "項目", "columns_0_type": "text",
              "columns_1_key": "yen", "columns_1_label_en": "Yen", "columns_1_label_ja": "円", "columns_1_type": "yen",
              "columns_1_total": "y"},
    "file": {},
    "statement": {"text_en": "We agree.", "text_ja": "同意します。"},
    "calculated": {"expression": "sum(t_table.yen) / 2"},
}  # fmt: skip


def empty() -> Any:
    return operations.create(Bilingual("Trial", "試行"), Content(), actor=SYSTEM)


def draft_of(row: Any) -> Any:
    found = queries.draft(row)
    assert found is not None
    return found


def add_section(browser: Any, row: Any, key: str = "one", **more: str) -> Any:
    data = {"version": str(draft_of(row).version), "key": key, "title_en": "One", "title_ja": "一", **more}
    return browser.post(f"/questionnaires/{row.id}/sections/new", data=data)


def add(browser: Any, row: Any, kind: str, key: str, section: str = "one", **more: str) -> Any:
    data = {"version": str(draft_of(row).version), "key": key, **BASE, **BY_TYPE[kind], **more}
    return browser.post(f"/questionnaires/{row.id}/sections/{section}/questions/new?type={kind}", data=data)


def change(browser: Any, row: Any, key: str, verb: str) -> Any:
    data = {"version": str(draft_of(row).version), "key": key, "verb": verb}
    return browser.post(f"/questionnaires/{row.id}/change", data=data)


@pytest.fixture
def officer(client_for: Any) -> Any:
    return client_for(person("officer"))


def test_an_officer_composes_every_type_and_tries_it_out(officer: Any) -> None:
    row = empty()
    assert officer.get(f"/questionnaires/{row.id}/sections/new").status_code == 200
    assert add_section(officer, row).status_code == 303
    for kind in [*(k for k in BY_TYPE if k != "calculated"), "calculated"]:
        assert officer.get(f"/questionnaires/{row.id}/sections/one/questions/new?type={kind}").status_code == 200
        made = add(officer, row, kind, f"t_{kind}")
        assert made.status_code == 303, (kind, made.text)
        assert officer.get(f"/questionnaires/{row.id}/questions/t_{kind}").status_code == 200
    content = queries.content(draft_of(row))
    assert [q.type for q in content.questions()] == list(QuestionType)
    number = content.question("t_number")
    assert number is not None and (number.decimals, number.maximum) == (2, "1000")
    assert officer.get(f"/questionnaires/{row.id}").status_code == 200
    page = officer.get(f"/questionnaires/{row.id}/preview")
    assert page.status_code == 200 and "t_table__0__yen" in page.text
    tried = officer.post(
        f"/questionnaires/{row.id}/preview?lang=ja",
        data={
            "q_t_table__0__item": "x",
            "q_t_table__0__yen": "3,000",
            "q_t_table__1__yen": "1000",
            "q_t_yen": "2000000",
        },
    )
    assert tried.status_code == 200 and "2,000" in tried.text and "4,000" in tried.text
    assert "1000000 までの値" in tried.text and 'lang="ja"' in tried.text


def test_a_condition_shows_its_question_only_where_it_holds(officer: Any) -> None:
    row = empty()
    add_section(officer, row)
    add(officer, row, "yes_no", "has")
    assert add(officer, row, "short_text", "which", show_when="has").status_code == 303
    url = f"/questionnaires/{row.id}/preview"
    assert 'name="q_which"' not in officer.get(url).text
    assert 'name="q_which"' not in officer.post(url, data={"q_has": "no"}).text
    assert 'name="q_which"' in officer.post(url, data={"q_has": "yes"}).text


def test_a_dangling_or_circular_reference_is_refused_in_words(officer: Any) -> None:
    row = empty()
    add_section(officer, row)
    add(officer, row, "yes_no", "first")
    unknown = add(officer, row, "yes_no", "second", show_when="nowhere")
    assert unknown.status_code == 422 and "“second”" in unknown.text and "“nowhere”" in unknown.text
    assert add(officer, row, "yes_no", "second", show_when="first").status_code == 303
    gone = change(officer, row, "first", "delete")
    assert gone.status_code == 422 and "“first”" in gone.text and "“second”" in gone.text
    data = {"version": str(draft_of(row).version), "key": "renamed", **BASE}
    renamed = officer.post(f"/questionnaires/{row.id}/questions/first", data=data)
    assert renamed.status_code == 422 and "“second”" in renamed.text
    data = {"version": str(draft_of(row).version), "key": "first", **BASE, "show_when": "second"}
    circle = officer.post(f"/questionnaires/{row.id}/questions/first", data=data)
    assert circle.status_code == 422 and "first → second → first" in circle.text
    assert [q.key for q in queries.content(draft_of(row)).questions()] == ["first", "second"]


def test_faults_stand_at_their_fields(officer: Any) -> None:
    row = empty()
    add_section(officer, row)
    made = add(officer, row, "single_choice", "pick", options_2_label_ja="", checks_0_expression="pick ==")
    assert made.status_code == 422
    assert 'id="options_2_label_ja-error"' in made.text and 'id="checks_0_message_en-error"' in made.text
    typed = add(officer, row, "long_text", "text", min_characters="many")
    assert typed.status_code == 422 and 'id="min_characters-error"' in typed.text
    one = add(officer, row, "single_choice", "pick", options_2_code="", options_2_label_en="", options_2_label_ja="")
    assert one.status_code == 422 and "two options" in one.text
    assert add(officer, row, "short_text", "if").status_code == 422
    assert list(queries.content(draft_of(row)).questions()) == []


def test_order_duplicates_and_deletion(officer: Any) -> None:
    row = empty()
    add_section(officer, row)
    add_section(officer, row, "two")
    for key in ("a", "b", "c"):
        add(officer, row, "short_text", key)

    def order() -> dict[str, list[str]]:
        return {s.key: [q.key for q in s.questions] for s in queries.content(draft_of(row)).sections}

    assert change(officer, row, "c", "up").status_code == 303
    assert order() == {"one": ["a", "c", "b"], "two": []}
    change(officer, row, "b", "down")
    assert order() == {"one": ["a", "c"], "two": ["b"]}
    change(officer, row, "two", "up")
    change(officer, row, "c", "duplicate")
    assert order() == {"two": ["b"], "one": ["a", "c", "c_2"]}
    change(officer, row, "one", "delete")
    assert order() == {"two": ["b"]}
    assert change(officer, row, "nothing", "delete").status_code == 404
    assert change(officer, row, "b", "explode").status_code == 400


def test_the_second_of_two_officers_does_not_overwrite_the_first(officer: Any) -> None:
    row = empty()
    add_section(officer, row)
    stale = {"version": str(draft_of(row).version), "key": "x", **BASE}
    assert add(officer, row, "short_text", "y").status_code == 303
    late = officer.post(f"/questionnaires/{row.id}/sections/one/questions/new?type=short_text", data=stale)
    assert late.status_code == 409
    assert [q.key for q in queries.content(draft_of(row)).questions()] == ["y"]


def test_what_is_exported_reads_in_identically_and_a_bad_file_changes_nothing(officer: Any) -> None:
    call = proposals.draft_call()
    assert call.questionnaire_id is not None
    file = officer.get(f"/questionnaires/{call.questionnaire_id}/versions/1.json")
    row = empty()

    def send(data: bytes) -> Any:
        form = {"version": str(draft_of(row).version), "file": (io.BytesIO(data), "q.json")}
        return officer.post(f"/questionnaires/{row.id}/import", data=form, content_type="multipart/form-data")

    assert officer.get(f"/questionnaires/{row.id}/import").status_code == 200
    assert send(file.data).status_code == 303
    again = officer.get(f"/questionnaires/{row.id}/versions/1.json")
    assert again.data == file.data and len(list(queries.content(draft_of(row)).questions())) > 20
    broken = json.loads(file.data)
    broken["sections"][1]["questions"][0]["label"].pop("ja")
    broken["sections"][2]["surprise"] = 1
    refused = send(json.dumps(broken).encode())
    assert refused.status_code == 422
    assert "sections[1].questions[0].label.ja" in refused.text and "sections[2].surprise" in refused.text
    assert "Line 2, column 1" in send(b"{\n?}").text
    assert send(b"\xff\xfe\x00").status_code == 422
    assert officer.get(f"/questionnaires/{row.id}/versions/1.json").data == file.data


def test_questions_are_copied_from_an_earlier_call(officer: Any) -> None:
    earlier = proposals.draft_call("new_collaboration")
    row = empty()
    assert officer.get(f"/questionnaires/{row.id}/copy").status_code == 200
    data = {"version": str(draft_of(row).version), "source": str(earlier.questionnaire_id)}
    assert officer.post(f"/questionnaires/{row.id}/copy", data=data).status_code == 303
    assert earlier.questionnaire_id is not None
    source = queries.get(earlier.questionnaire_id)
    assert source is not None
    assert as_json(queries.content(draft_of(row))) == as_json(queries.content(draft_of(source)))


def test_publishing_the_call_publishes_and_freezes_its_questions(officer: Any, client: Any) -> None:
    call = proposals.draft_call()
    assert call.questionnaire_id is not None
    assert client.get(f"/calls/{call.id}/questionnaire").status_code == 404
    row = queries.get(call.questionnaire_id)
    assert row is not None
    add_section(officer, row, "extra")
    assert add(officer, row, "file", "letter", section="extra", required="y").status_code == 303
    calls.publish(call, call.version, actor=person("officer"))
    page = client.get(f"/calls/{call.id}/questionnaire")
    assert page.status_code == 200 and "No double funding" in page.text
    version = queries.published(row.id)
    assert version is not None and version.number == 1 and queries.draft(row) is None
    assert officer.get(f"/questionnaires/{row.id}/sections/new").status_code == 409
    documents = {d.code: d.mandatory for d in call_queries.get(call.id).documents}  # type: ignore[union-attr]
    assert documents["q-letter"] is True
    version.content = {}
    with pytest.raises(AssertionError, match="frozen"):
        session.flush()
    session.rollback()


def test_a_new_version_starts_as_the_old_one_and_says_what_changed(officer: Any) -> None:
    call = proposals.draft_call()
    calls.publish(call, call.version, actor=person("officer"))
    row = queries.get(call.questionnaire_id)  # type: ignore[arg-type]
    assert row is not None
    assert officer.post(f"/questionnaires/{row.id}/draft").status_code == 303
    assert officer.post(f"/questionnaires/{row.id}/draft").status_code == 409
    assert change(officer, row, "cluster_how", "delete").status_code == 303
    page = officer.get(f"/questionnaires/{row.id}/versions?old=1&new=2")
    assert "Question removed: Which cluster project, and how" in page.text
    gone = officer.post(f"/questionnaires/{row.id}/draft/discard", data={"version": str(draft_of(row).version)})
    assert gone.status_code == 303 and queries.draft(row) is None


PAGES = ("", "/preview", "/versions", "/versions/1.json")
EDITING = ("/sections/new", "/sections/purpose", "/questions/goal", "/import", "/copy")


def test_drafts_are_for_officers_and_auditors_and_only_officers_write(client_for: Any, client: Any) -> None:
    call = proposals.draft_call()
    base = f"/questionnaires/{call.questionnaire_id}"
    auditor = client_for(person("auditor"))
    for path in PAGES:
        assert auditor.get(base + path).status_code == 200, path
    for who in (client_for(person("applicant")), client_for(person("reviewer")), client):
        for path in (*PAGES, *EDITING):
            assert who.get(base + path).status_code in (302, 403), path
    data = {"version": "1", "key": "goal", "verb": "delete"}
    for who in (auditor, client_for(person("applicant")), client):
        for path in ("/change", "/sections/new", "/questions/goal", "/draft", "/draft/discard", "/import", "/copy"):
            assert who.post(base + path, data=data).status_code in (302, 403), path
    row = queries.get(call.questionnaire_id)  # type: ignore[arg-type]
    assert queries.content(draft_of(row)).question("goal") is not None
    assert client_for(person("officer")).get("/questionnaires/999999").status_code == 404

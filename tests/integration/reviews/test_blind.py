"""While names are hidden no door of a reviewer tells who applies: pages, copies, files, their metadata and names."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest

from app.accounts.choices import Role
from app.applications.models import Application, NamedPerson, Subcontractor
from app.core import pdf, storage
from app.core.db import session
from app.core.outbox import OutboxItem
from app.core.pdf import Document
from app.questionnaires.choices import QuestionType
from app.reviews import operations, queries
from tests.factories import chain, files, proposals, reviewing
from tests.factories.people import person
from tests.support.pdf_text import metadata_of, text_of

#: Who applies, each as it stands in the register or the share, and as it stands in the texts.
NAMES = {
    "株式会社髙橋精機": "㈱高橋 精機", "Zephyr Kinzoku Co., Ltd.": "ZEPHYR-KINZOKU", "国立大学法人氷見大学": "氷見大",
    "渡邊 一郎": "渡辺一郎", "オオノ ケンジ": "Ohno", "下請鋳造有限会社": "（有）下請鋳造",
}  # fmt: skip
NUMBERS = ("4000012090001", "7000012050002")
EMAIL = "kinoshita.h@zephyr-kinzoku.example"
PLANTED = " / ".join([*NAMES.values(), "4-0000-1209-0001", EMAIL, "zephyr-kinzoku.example", "Kinoshita"])
#: None of these may be seen (the reviewer's own page never shows them in any other way).
MARKS = (*NAMES, *NAMES.values(), *NUMBERS, "4-0000-1209-0001", EMAIL, "zephyr", "kinoshita", "geheim", "きらめき")


def _planted() -> Application:
    """An application that tells who applies wherever something can be written."""
    application = proposals.under_review()
    lead, second, third, *_rest = application.members
    lead.organisation.name_ja, lead.organisation.name_en = "株式会社髙橋精機", "Zephyr Kinzoku Co., Ltd."
    lead.organisation.corporate_number = NUMBERS[0]
    second.organisation.name_ja, second.organisation.name_en = "国立大学法人氷見大学", "Himi University"
    second.contact_name = "渡邊 一郎"
    proposals.lead_of(application).email = EMAIL
    session.add(NamedPerson(member_id=third.id, position=1, name="大野 健二", reading="オオノ ケンジ", department="x"))
    session.add(
        Subcontractor(member_id=third.id, position=1, name="下請鋳造有限会社", corporate_number=NUMBERS[1], task="x")
    )
    for name in ("title_en", "title_ja"):
        setattr(application, name, f"Gear {PLANTED}"[:200])
    for name in ("abstract", "seed_technology", "novelty_text", "combination_text"):
        setattr(application, name, f"plain words, {PLANTED}, {NUMBERS[1]}")
    for member in application.members:
        member.resources = PLANTED
    for milestone in application.milestones:
        milestone.goal, milestone.unit = PLANTED, "渡辺一郎"
    assert application.plan is not None
    application.plan.product = application.plan.market = application.plan.who_sells = PLANTED
    for answer in application.answers:
        if answer.kind in (QuestionType.short_text, QuestionType.long_text):
            answer.value = PLANTED
    for attachment in application.attachments:
        attachment.file = storage.keep(
            files.pdf(_telling), name="geheim-高橋精機.pdf", media_type="application/pdf", created_by_id=None
        )
    session.flush()
    return application


def _telling(made: Any) -> None:
    made.docinfo["/Author"] = "geheim"
    with made.open_metadata() as xmp:
        xmp["dc:creator"] = ["geheim"]
    made.attachments["geheim.txt"] = b"geheim"
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T="geheim", Contents="look here"
    )
    made.pages[0].Annots = made.make_indirect(pikepdf.Array([note]))


def _tells(text: str) -> list[str]:
    low = text.casefold()
    return [mark for mark in MARKS if mark.casefold() in low]


@pytest.fixture
def planted(app: Any) -> Application:
    return _planted()


def _safe_document(application: Application) -> Any:
    """One document is marked as telling no names."""
    attachment = application.attachments[0]
    attachment.document.blind_safe = True
    session.flush()
    return attachment


def test_no_door_of_a_blind_reviewer_tells_who_applies(planted: Application, client_for: Any) -> None:
    reviewing.blind(planted.call)
    safe = _safe_document(planted)
    officer = person(Role.officer)
    operations.blind.add_word(planted, "きらめき", officer)
    planted.abstract += " きらめき"
    assignment = chain.assigned(planted, officer=officer)
    session.commit()
    browser = client_for(assignment.reviewer)
    visited = 0
    for accepted in (False, True):
        if accepted:
            assert browser.post(f"/reviews/{assignment.id}/answer/accept").status_code == 303
        for path in ("/", "/reviews", f"/reviews/{assignment.id}"):
            for language in ("en", "ja"):
                answer = browser.get(f"{path}?lang={language}")
                assert answer.status_code == 200 and planted.number in answer.text
                assert _tells(answer.text + str(answer.headers)) == [], (path, accepted)
                visited += 1
    assert visited == 12
    page = browser.get(f"/reviews/{assignment.id}?lang=en").text
    assert "plain words" in page and "■■■" in page and "Partner A" in page and "Partner B" in page
    for attachment in planted.attachments:
        answer = browser.get(f"/reviews/{assignment.id}/files/{attachment.id}")
        assert answer.status_code == (200 if attachment.id == safe.id else 404)
        assert _tells(answer.data.decode("latin-1") + str(answer.headers)) == []
    letters = [
        str(item.payload) for item in session.query(OutboxItem) if assignment.reviewer.email in str(item.payload)
    ]
    assert letters and _tells("".join(letters)) == []


def test_the_same_door_tells_everything_where_names_are_shown(planted: Application, client_for: Any) -> None:
    assignment = chain.assigned(planted)
    operations.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    browser = client_for(assignment.reviewer)
    found = _tells(browser.get(f"/reviews/{assignment.id}").text)
    assert {"株式会社髙橋精機", "渡邊 一郎", EMAIL, "geheim", "zephyr"} <= {*found, "株式会社髙橋精機", "渡邊 一郎"}
    assert browser.get(f"/reviews/{assignment.id}/copy.pdf").status_code == 404  # there is nothing to hide


def test_a_file_that_tells_no_names_goes_out_without_metadata(planted: Application, client_for: Any) -> None:
    reviewing.blind(planted.call)
    safe = _safe_document(planted)
    assignment = chain.assigned(planted)
    operations.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    answer = client_for(assignment.reviewer).get(f"/reviews/{assignment.id}/files/{safe.id}")
    assert answer.status_code == 200
    assert f'filename="{planted.number}-{safe.document.code}.pdf"' in answer.headers["Content-Disposition"]
    assert b"geheim" not in answer.data and metadata_of(answer.data) == ""
    with pikepdf.open(BytesIO(answer.data)) as document:
        assert len(document.pages) == 1 and not document.attachments
        assert str(document.pages[0].Annots[0].Contents) == "look here" and "/T" not in document.pages[0].Annots[0]


def test_a_file_under_suspicion_is_named_neutrally_too(
    planted: Application, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewing.blind(planted.call)
    safe = _safe_document(planted)
    safe.file.scan_state = storage.ScanState.infected
    assignment = chain.assigned(planted)
    operations.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    browser = client_for(assignment.reviewer)
    held = browser.get(f"/reviews/{assignment.id}/files/{safe.id}")
    assert held.status_code == 409 and _tells(held.text) == []
    safe.file.scan_state, safe.file.sha256 = storage.ScanState.clean, "0" * 64
    session.commit()
    lost = browser.get(f"/reviews/{assignment.id}/files/{safe.id}")
    assert lost.status_code == 410 and _tells(lost.text) == []


def test_the_printed_copy_holds_what_the_page_shows_and_no_more(planted: Application, client_for: Any) -> None:
    reviewing.blind(planted.call)
    assignment = chain.assigned(planted)
    browser = client_for(assignment.reviewer)
    assert browser.post(f"/reviews/{assignment.id}/answer/accept").status_code == 303
    document = session.query(Document).filter(Document.template == "reviews/given").one()
    assert document.name == f"{planted.number}.pdf" and _tells(str(document.context)) == []
    door = f"/reviews/{assignment.id}/copy.pdf?lang={document.locale}"
    assert browser.get(door).status_code == 202
    data = pdf.render(document.template, document.locale, document.context)
    document.file = storage.keep(data, name=document.name, media_type="application/pdf", created_by_id=None)
    session.commit()
    answer = browser.get(door)
    assert answer.status_code == 200 and f'filename="{planted.number}.pdf"' in answer.headers["Content-Disposition"]
    text = "".join(text_of(answer.data).split())
    assert "plainwords" in text and "■■■" in text and "PartnerA" in text
    assert _tells(text) == [] and _tells(metadata_of(answer.data)) == []
    other = "ja" if document.locale == "en" else "en"
    assert browser.get(f"/reviews/{assignment.id}/copy.pdf?lang={other}").status_code == 404  # nobody ordered it
    assert browser.post(f"/reviews/{assignment.id}/copy?lang={other}").status_code == 303
    assert browser.get(f"/reviews/{assignment.id}/copy.pdf?lang={other}").status_code == 202


def test_a_word_added_later_takes_the_old_copy_away(planted: Application, client_for: Any) -> None:
    reviewing.blind(planted.call)
    assignment = chain.assigned(planted)
    operations.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    browser, office = client_for(assignment.reviewer), client_for(person(Role.officer))
    door, language = f"/reviews/{assignment.id}/copy.pdf?lang=en", "?lang=en"
    assert browser.get(door).status_code == 202
    page = f"/officer/applications/{planted.id}/blind"
    assert "plain words" in office.get(page).text and _tells(office.get(page).text) == []
    assert office.post(page, data={"word": "p"}).status_code == 422
    assert office.post(page, data={"word": "Plain Words"}).status_code == 303
    assert office.post(page, data={"word": "Plain Words"}).status_code == 422
    assert "plain words" not in browser.get(f"/reviews/{assignment.id}{language}").text
    assert browser.get(door).status_code == 404
    (word,) = queries.blind.words(planted.id)
    assert office.post(f"{page}/{word.id}/remove").status_code == 303
    assert "plain words" in browser.get(f"/reviews/{assignment.id}{language}").text


def test_only_the_office_looks_through_the_copy(planted: Application, client_for: Any) -> None:
    reviewing.blind(planted.call)
    page = f"/officer/applications/{planted.id}/blind"
    assert client_for(person(Role.auditor)).get(page).status_code == 200
    assert client_for(person(Role.auditor)).post(page, data={"word": "xx"}).status_code == 403
    for user in (chain.reviewer(), proposals.lead_of(planted)):
        assert client_for(user).get(page).status_code == 403


def test_titles_of_many_cost_a_constant_number_of_statements(app: Any, client_for: Any, count_queries: Any) -> None:
    reviewer, counts = chain.reviewer(), []
    browser = client_for(reviewer)
    call = proposals.open_call()
    reviewing.blind(call)
    for more in (1, 2):
        for _ in range(more):
            chain.assigned(proposals.under_review(call), reviewer)
        session.commit()
        with count_queries() as seen:
            assert browser.get("/reviews").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]

"""Score sheets out as a workbook and in again: looked at first, stored when confirmed, and nothing that was tampered with."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from html5lib import parse

from app.core.db import session
from app.reviews import exchange, operations, queries
from tests.factories import chain, files, proposals, reviewing

PAGE = "/reviews/sheets"


def _accepted(application: Any = None, who: Any = None) -> Any:
    assignment = chain.assigned(application or proposals.under_review(), who)
    operations.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    return assignment


def _book(browser: Any, assignment: Any) -> Any:
    answer = browser.get(f"/reviews/{assignment.id}/sheet.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(answer.data))


def _row(page: Any, key: str) -> Any:
    return next(row for row in page.iter_rows(min_row=exchange.HEAD + 1) if row[exchange.KEY].value == key)


def _fill(book: Any, assignment: Any, **values: Any) -> None:
    page = book[assignment.application.number]
    for key, value in values.items():
        _row(page, key.replace("score_", "score-"))[exchange.ANSWER].value = value


def _send(browser: Any, book: Any) -> Any:
    out = BytesIO()
    book.save(out)
    return browser.post(PAGE, data={"sheet": (BytesIO(out.getvalue()), "sheets.xlsx")})


def _form(answer: Any) -> dict[str, str]:
    """The confirming form as a browser would send it, its chosen radio buttons included."""
    tree = parse(answer.text, namespaceHTMLElements=False)
    form = next(f for f in tree.iter("form") if f.get("action", "").endswith("/confirm"))
    return {
        field.get("name"): field.get("value", "")
        for field in form.iter("input")
        if field.get("type") != "radio" or "checked" in field.attrib
    }


def _confirm(browser: Any, answer: Any, **changes: str) -> Any:
    return browser.post(f"{PAGE}/confirm", data={**_form(answer), **changes})


def test_what_was_written_offline_is_shown_then_stored(app: Any, client_for: Any) -> None:
    assignment = _accepted()
    criteria = assignment.application.call.criteria
    operations.save(assignment, {criteria[0].id: 2}, "stored", "", 0, assignment.reviewer)
    session.commit()
    browser = client_for(assignment.reviewer)
    book = _book(browser, assignment)
    _fill(book, assignment, **{f"score_{c.id}": 4 for c in criteria}, comment_to_panel=" line one\nline two ",
          confidence="３", forecast_pct=20.0, forecast_year="2033")  # fmt: skip
    answer = _send(browser, book)
    assert answer.status_code == 200 and "line one\nline two" in answer.text
    session.expire_all()
    assert assignment.review.comment_to_panel == "stored"  # nothing is written before it is confirmed
    assert _confirm(browser, answer).status_code == 303
    session.expire_all()
    review = assignment.review
    assert queries.scores_of(review) == {c.id: 4 for c in criteria}
    assert (review.comment_to_panel, review.confidence, review.forecast_pct, review.forecast_year) == (
        "line one\nline two", 3, 20, 2033,
    )  # fmt: skip
    again = _send(browser, book)
    assert again.status_code == 200 and "Nothing: everything stands as in the file." in again.text


def test_one_workbook_holds_all_open_reviews(app: Any, client_for: Any) -> None:
    reviewer = chain.reviewer()
    mine = [_accepted(who=reviewer) for _ in range(2)]
    chain.assigned(proposals.under_review(), reviewer)  # only asked so far: no sheet
    session.commit()
    browser = client_for(reviewer)
    answer = browser.get("/reviews/sheets.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    assert sorted(book.sheetnames) == sorted([*(a.application.number for a in mine), exchange.STAMP])
    for assignment in mine:
        _fill(book, assignment, comment_to_panel=f"about {assignment.application.number}")
    assert _confirm(browser, _send(browser, book)).status_code == 303
    session.expire_all()
    assert [a.review.comment_to_panel for a in mine] == [f"about {a.application.number}" for a in mine]


def test_a_workbook_made_before_a_later_change_shows_both(app: Any, client_for: Any) -> None:
    assignment = _accepted()
    browser = client_for(assignment.reviewer)
    book = _book(browser, assignment)
    operations.save(assignment, {}, "typed online", "kept", 0, assignment.reviewer)
    session.commit()
    _fill(book, assignment, comment_to_panel="typed offline")
    answer = _send(browser, book)
    assert answer.status_code == 200 and "typed online" in answer.text and "typed offline" in answer.text
    assert "kept" not in answer.text  # the file did not touch it: it stays
    assert _confirm(browser, answer).status_code == 303  # the stored one stays unless one says otherwise
    session.expire_all()
    assert assignment.review.comment_to_panel == "typed online"
    choice = f"k-{assignment.id}-comment_to_panel"
    assert _confirm(browser, _send(browser, book), **{choice: "sheet"}).status_code == 303
    session.expire_all()
    assert (assignment.review.comment_to_panel, assignment.review.comment_to_applicant) == ("typed offline", "kept")


def test_what_changes_between_the_preview_and_the_confirmation_is_shown_once_more(app: Any, client_for: Any) -> None:
    assignment = _accepted()
    browser = client_for(assignment.reviewer)
    book = _book(browser, assignment)
    _fill(book, assignment, comment_to_panel="typed offline")
    answer = _send(browser, book)
    operations.save(assignment, {}, "typed meanwhile", "", 0, assignment.reviewer)
    session.commit()
    late = _confirm(browser, answer)
    assert late.status_code == 409 and "typed meanwhile" in late.text and "typed offline" in late.text
    session.expire_all()
    assert assignment.review.comment_to_panel == "typed meanwhile"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"score": 6}, "Choose a score from 1 to 5"),
        ({"score": 4.5}, "is no whole number"),
        ({"score": True}, "is no whole number"),
        ({"score": "=4"}, "A formula"),
        ({"score": "four"}, "Choose a score from 1 to 5"),
        ({"forecast_pct": 101}, "0 to 100"),
        ({"confidence": 4}, "Choose one of the values"),
        ({"comment_to_panel": "x" * 4001}, "at most 4000"),
        ({"comment_to_panel": "=1+1"}, "A formula"),
    ],
)
def test_every_cell_that_does_not_fit_is_named(app: Any, client_for: Any, change: dict[str, Any], words: str) -> None:
    assignment = _accepted()
    browser = client_for(assignment.reviewer)
    book = _book(browser, assignment)
    first = assignment.application.call.criteria[0]
    _fill(book, assignment, **{(f"score_{first.id}" if key == "score" else key): v for key, v in change.items()})
    answer = _send(browser, book)
    assert answer.status_code == 422 and words in answer.text and assignment.application.number in answer.text
    session.expire_all()
    assert assignment.review is None


def _another(book: Any, mine: Any, other: Any) -> None:
    book[exchange.STAMP].cell(1, 2).value = other.id


def _twice(book: Any, mine: Any, other: Any) -> None:
    page = book.copy_worksheet(book[mine.application.number])
    page.title = "copy"
    book[exchange.STAMP].append(["copy", mine.id, 0])


def _renamed(book: Any, mine: Any, other: Any) -> None:
    book[mine.application.number].title = "renamed"


def _foreign_question(book: Any, mine: Any, other: Any) -> None:
    row = _row(book[mine.application.number], "confidence")
    row[exchange.KEY].value, row[exchange.ANSWER].value = "weighted_score", 5


def _same_question(book: Any, mine: Any, other: Any) -> None:
    _row(book[mine.application.number], "confidence")[exchange.KEY].value = "forecast_pct"


def _no_question(book: Any, mine: Any, other: Any) -> None:
    row = _row(book[mine.application.number], "confidence")
    row[exchange.KEY].value, row[exchange.ANSWER].value = None, 5


def _no_stamp(book: Any, mine: Any, other: Any) -> None:
    del book[exchange.STAMP]


def _bad_version(book: Any, mine: Any, other: Any) -> None:
    book[exchange.STAMP].cell(1, 3).value = "latest"


@pytest.mark.parametrize(
    "tamper",
    [_another, _twice, _renamed, _foreign_question, _same_question, _no_question, _no_stamp, _bad_version],
)
def test_a_workbook_that_was_tampered_with_is_refused_whole(app: Any, client_for: Any, tamper: Any) -> None:
    mine, other = _accepted(), _accepted()
    browser = client_for(mine.reviewer)
    book = _book(browser, mine)
    _fill(book, mine, comment_to_panel="x")
    tamper(book, mine, other)
    answer = _send(browser, book)
    assert answer.status_code == 422 and "error-summary" in answer.text
    session.expire_all()
    assert mine.review is None and other.review is None


def test_the_stamp_of_another_review_tells_no_more_than_one_that_is_not_there(app: Any, client_for: Any) -> None:
    mine, other = _accepted(), _accepted()
    browser, said = client_for(mine.reviewer), []
    for key in (other.id, 2_000_000_000):
        book = _book(browser, mine)
        book[exchange.STAMP].cell(1, 2).value = key
        said.append(_send(browser, book).text.split("error-summary")[1].split("</ul>")[0])
    assert said[0] == said[1]


def test_a_forged_confirmation_stores_nothing_that_its_writer_may_not_write(app: Any, client_for: Any) -> None:
    mine, other = _accepted(), _accepted()
    browser, field = client_for(mine.reviewer), "comment_to_panel"
    forged = {f"v-{other.id}": "0", f"f-{other.id}-{field}": "forged"}
    assert browser.post(f"{PAGE}/confirm", data=forged).status_code == 404
    bad = {f"v-{mine.id}": "0", f"f-{mine.id}-confidence": "9"}
    assert browser.post(f"{PAGE}/confirm", data=bad).status_code == 422
    session.expire_all()
    assert mine.review is None and other.review is None


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"a,b,c", files.office("docx"), files.office("xlsx"), files.pdf()]
)
def test_what_is_no_workbook_is_refused_in_words(app: Any, client_for: Any, data: bytes) -> None:
    browser = client_for(chain.reviewer())
    answer = browser.post(PAGE, data={"sheet": (BytesIO(data), "sheets.xlsx")})
    assert answer.status_code == 422 and "This is no workbook of score sheets" in answer.text
    assert browser.post(PAGE).status_code == 422


def test_the_workbook_of_a_blind_phase_names_nobody(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    firm = application.members[-1].organisation
    firm.name_en, application.title_en = "Zephyr Foundry", "A gear of Zephyr Foundry"
    reviewing.blind(application.call)
    assignment = _accepted(application)
    answer = client_for(assignment.reviewer).get(f"/reviews/{assignment.id}/sheet.xlsx?lang=en")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{application.number}-review.xlsx"'
    book = openpyxl.load_workbook(BytesIO(answer.data))
    said = " ".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row)
    assert "A gear of ■■■" in said and "Zephyr" not in said
    properties = book.properties
    assert not properties.title and (properties.creator or "") in ("", "openpyxl")
    page = book[application.number]
    assert page.protection.sheet and _row(page, "confidence")[exchange.ANSWER].protection.locked is False
    assert _row(page, "confidence")[exchange.LABEL].protection.locked
    assert len(page.data_validations.dataValidation) > 5

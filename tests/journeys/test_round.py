"""A round of 60 proposals and 12 reviewers, from the pool to the released letters and one corrected decision.

What one person does once is done in a browser; what twelve people do 180 times is done by the same verbs beside it.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from app.accounts.models import User
from app.applications.models import Application
from app.core.clock import JST, now, today
from app.core.db import session
from app.core.outbox import OutboxItem, OutboxStatus
from app.reviewers.models import ReviewerProfile
from app.reviews import operations as reviews
from app.reviews.choices import AssignmentStatus
from app.reviews.models import ReviewAssignment
from tests.factories import proposals
from tests.journeys.conftest import House, Person, copy_of
from tests.journeys.steps import beside

PROPOSALS, PLACES, WANTED = 60, 20, 3


@pytest.fixture(scope="module")
def prepared(demo_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with a call of 60 eligible proposals; the pool takes on as much as the round needs."""
    folder = tmp_path_factory.mktemp("round") / "instance"
    shutil.copytree(demo_house, folder)
    with beside(folder):
        call = proposals.open_call(title_en="Round of sixty", title_ja="六十件の公募", required_reviews=WANTED)
        for _n in range(PROPOSALS):
            proposals.under_review(call)
        proposals.close_call(call, now() - timedelta(days=1))
        for profile in session.query(ReviewerProfile):
            profile.load_limit = 30
        for item in session.query(OutboxItem).filter_by(status=OutboxStatus.waiting):
            item.status = OutboxStatus.done  # sixty receipts would be printed beside the story
    return folder


@pytest.fixture(scope="module")
def house(lang: str, prepared: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with copy_of(prepared, tmp_path_factory.mktemp(f"round-{lang}") / "instance", lang, browser) as found:
        yield found


def test_a_round_from_the_pool_to_a_corrected_letter(house: House, visit: Callable[..., Person]) -> None:
    officer, second = visit("officer"), visit("officer2")
    (call,) = house.row("SELECT id FROM call WHERE title_en = 'Round of sixty'")
    folder = house.server.folder
    _look_at_the_pool(officer, call)
    _assign(officer, call)
    declined, tied = _answer(house, visit("reviewer2"))
    _accept_the_rest(folder, call)
    conflicted = visit("reviewer3")
    _tie_appears(conflicted, house, tied)
    _replace(officer, call, (declined, tied))
    _score(folder, call)
    _from_a_workbook(visit("reviewer2"), declined)
    _calibrate(officer, call)
    _meet(officer, conflicted, call, tied)
    adopted = _decide(officer, second, call)
    _release(officer, call)
    _correct(officer, second, adopted[0])


def _look_at_the_pool(officer: Person, call: int) -> None:
    officer.go("/officer/reviewers")
    assert officer.page.locator("main tbody tr").count() >= 12
    officer.go(f"/officer/calls/{call}/candidates")


def _assign(officer: Person, call: int) -> None:
    """Conditions that cannot be kept are explained, with the least that has to give way; without it, the optimum is
    found, looked at and applied as a whole."""
    (silent,) = officer.house.row("SELECT name FROM user WHERE email = 'reviewer12@demo.example'")
    officer.go(f"/officer/calls/{call}/assignment")
    officer.fill(wanted=str(WANTED), most="18", least="10", academic="1", business="0")
    officer.press("main button[value=optimal]")
    # this reviewer has declared nothing this year, and unknown means conflict
    expect(officer.page.locator("main li", has_text=f"{silent}")).to_be_visible(timeout=60_000)
    assert officer.page.locator("form[action$='/apply']").count() == 0
    officer.go(f"/officer/calls/{call}/assignment")
    officer.fill(wanted=str(WANTED), most="18", least="0", academic="1", business="0")
    officer.press("main button[value=optimal]")
    expect(officer.page.locator("form[action$='/apply']")).to_be_visible(timeout=60_000)
    officer.look()
    officer.fill(answer_by=(today() + timedelta(days=7)).isoformat(), due_on=(today() + timedelta(days=30)).isoformat())
    officer.press("form[action$='/apply'] button")
    (asked,) = officer.house.row(
        "SELECT count(*) FROM review_assignment r JOIN application a ON a.id = r.application_id"
        " WHERE a.call_id = ? AND r.status = 'invited'", call,
    )  # fmt: skip
    assert asked == PROPOSALS * WANTED


def _answer(house: House, reviewer: Person) -> tuple[int, int]:
    """One request is declined with a suggestion; the others are accepted as one act. The keys of the declined one's
    application and of an application of reviewer3, in which a tie will appear."""
    (declined,) = house.row(
        "SELECT r.id FROM review_assignment r JOIN user u ON u.id = r.reviewer_id JOIN application a"
        " ON a.id = r.application_id JOIN call c ON c.id = a.call_id WHERE u.email = 'reviewer2@demo.example'"
        " AND r.status = 'invited' AND c.title_en = 'Round of sixty' LIMIT 1"
    )
    reviewer.go(f"/reviews/{declined}/decline")
    reviewer.fill(reason="研究分野が異なります。", suggestion="氷見大学の海野先生")
    reviewer.press("main form button")
    reviewer.go("/reviews")
    reviewer.page.locator("button[data-tick-all]").click()
    reviewer.press("form[action$='/reviews/accept'] button.btn-primary")
    assert reviewer.page.locator("#requests").count() == 0
    (application,) = house.row("SELECT application_id FROM review_assignment WHERE id = ?", declined)
    (tied,) = house.row(
        "SELECT r.application_id FROM review_assignment r JOIN user u ON u.id = r.reviewer_id JOIN application a"
        " ON a.id = r.application_id JOIN call c ON c.id = a.call_id WHERE u.email = 'reviewer3@demo.example'"
        " AND c.title_en = 'Round of sixty' LIMIT 1"
    )
    return application, tied


def _accept_the_rest(folder: Path, call: int) -> None:
    with beside(folder):
        for row in _assignments(call, AssignmentStatus.invited):
            reviews.answer(row, "accept", session.get_one(User, row.reviewer_id))


def _assignments(call: int, status: AssignmentStatus) -> list[ReviewAssignment]:
    return (
        session.query(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .filter(Application.call_id == call, ReviewAssignment.status == status)
        .order_by(ReviewAssignment.id)
        .all()
    )


def _tie_appears(reviewer: Person, house: House, tied: int) -> None:
    """A tie declared after the assignment: the proposal is gone in the same second."""
    (assignment,) = house.row(
        "SELECT r.id FROM review_assignment r JOIN user u ON u.id = r.reviewer_id"
        " WHERE r.application_id = ? AND u.email = 'reviewer3@demo.example'", tied,
    )  # fmt: skip
    firm, number = house.row(
        "SELECT o.name_ja, o.corporate_number FROM consortium_member m JOIN organisation o ON o.id = m.organisation_id"
        " WHERE m.application_id = ? LIMIT 1 OFFSET 2", tied,
    )  # fmt: skip
    reviewer.go(f"/reviews/{assignment}")
    reviewer.go("/reviewers/interests")
    reviewer.fill(kind="capital", name=firm, corporate_number=number or "")
    reviewer.press("form[action$='/interests'] button.btn-primary")
    reviewer.go(f"/reviews/{assignment}", status=404)


def _replace(officer: Person, call: int, wanting: tuple[int, int]) -> None:
    """Both gaps stand in the list of who is wanting; somebody free is asked for each."""
    officer.go(f"/officer/calls/{call}/reviewers-needed")
    assert "氷見大学の海野先生" in officer.text()
    for application in wanting:
        officer.press(f"main a[href='/officer/applications/{application}/replacements']")
        offered = officer.page.locator("#reviewer_id option").evaluate_all("all => all.map(o => o.value)")
        day = today()
        officer.fill(
            reviewer_id=next(value for value in offered if value),
            answer_by=(day + timedelta(days=5)).isoformat(), due_on=(day + timedelta(days=20)).isoformat(),
        )  # fmt: skip
        officer.press("form[action$='/replacements'] button")
        officer.go(f"/officer/calls/{call}/reviewers-needed")
    assert officer.page.locator("main tbody a.btn").count() == 0
    _accept_the_rest(officer.house.server.folder, call)


def _score(folder: Path, call: int) -> None:
    """All but the reviewer with the workbook send their reviews. The 20th and the 21st tie; one reviewer is strict."""
    with beside(folder):
        applications = session.query(Application).filter_by(call_id=call).order_by(Application.id).all()
        merit = {a.id: 5 - 4 * n / len(applications) for n, a in enumerate(applications)}
        merit[applications[PLACES].id] = merit[applications[PLACES - 1].id]
        for row in _assignments(call, AssignmentStatus.accepted):
            who = session.get_one(User, row.reviewer_id)
            if who.email == "reviewer2@demo.example":
                continue
            strict = 1 if who.email == "reviewer11@demo.example" else 0
            points = max(1, min(5, round(merit[row.application_id]) - strict))
            scores = {criterion.id: points for criterion in row.application.call.criteria}
            reviews.save(row, dict(scores), "評価の根拠", "市場の見通しを補強してください。", 0, who)
            reviews.submit(row, who)


def _from_a_workbook(reviewer: Person, declined: int) -> None:
    """The sheets go out as one file, are filled in without a connection and come back after a preview."""
    book = openpyxl.load_workbook(BytesIO(reviewer.download("/reviews/sheets.xlsx")))
    for page in book.worksheets:
        for row in page.iter_rows(min_row=5):
            if str(row[0].value).startswith("score"):
                row[2].value = 3
    out = BytesIO()
    book.save(out)
    reviewer.go("/reviews/sheets")
    reviewer.page.locator("input[type=file]").set_input_files(
        {"name": "sheets.xlsx", "mimeType": "application/octet-stream", "buffer": out.getvalue()}
    )
    reviewer.press("form[enctype] button")
    reviewer.press("form[action$='/confirm'] button")


def _calibrate(officer: Person, call: int) -> None:
    """The strict reviewer is found; the two at the line stand in the zone that is for the panel."""
    officer.go(f"/officer/calls/{call}/calibration")
    officer.fill(places=str(PLACES))
    officer.press("form[action$='/calibration'] button")
    zone = officer.page.locator("main tr.zone")
    expect(zone.first).to_be_visible(timeout=60_000)
    officer.look()
    rows = officer.house.rows("SELECT number FROM application WHERE call_id = ? ORDER BY id", call)
    for tie in rows[PLACES - 1 : PLACES + 1]:
        assert tie[0] in " ".join(zone.all_inner_texts())
    officer.go(f"/officer/calls/{call}/ranking/reviewers")
    (strict,) = officer.house.row("SELECT name FROM user WHERE email = 'reviewer11@demo.example'")
    assert strict in officer.text("main table")


def _meet(officer: Person, conflicted: Person, call: int, tied: int) -> None:
    """The panel meets: whoever must be outside learns neither number nor title, and every screen follows the officer."""
    (number,) = officer.house.row("SELECT number FROM application WHERE id = ?", tied)
    officer.go(f"/officer/calls/{call}/meetings")
    officer.fill(starts_at=now().astimezone(JST).strftime("%Y-%m-%d %H:%M"), place="第1会議室", minutes="5")
    officer.press("form:has(#starts_at) button")
    assert officer.page.locator("form[action$='/drop']").count() == PROPOSALS
    officer.press("main a[href*='/panel/meetings/'].btn-primary")
    officer.press("form[action$='/start'] button")
    conflicted.go(officer.page.url)
    assert number in officer.text() and number not in conflicted.page.content()
    before = conflicted.text("[data-live]")
    officer.press("form[action$='/next'] button")
    expect(conflicted.page.locator("[data-live]")).not_to_have_text(before, timeout=20_000)
    conflicted.look()
    assert number not in conflicted.page.content()


def _decide(officer: Person, second: Person, call: int) -> list[str]:
    """The panel's list is proposed by one officer and confirmed by another, line by line as it stands."""
    rows = officer.house.rows("SELECT number FROM application WHERE call_id = ? ORDER BY id", call)
    numbers = [row[0] for row in rows]
    parts = (("adopted", numbers[:PLACES]), ("reserve", numbers[PLACES:23]), ("rejected", numbers[23:]))
    for outcome, part in parts:
        officer.go(f"/officer/calls/{call}/decision-list")
        officer.fill(outcome=outcome, lines="\n".join(part), reason="審査委員会の議決による")
        officer.press("form:has(#lines) button")
    assert officer.page.locator("input[name=which]").count() == 0  # nobody confirms an own proposal
    for _page in range(2):
        second.go(f"/officer/calls/{call}/decision-list?state=proposed")
        second.page.locator("button[data-tick-all]").click()
        second.press("form:has(input[name=which]) button.btn-primary")
    return numbers


def _release(officer: Person, call: int) -> None:
    officer.go(f"/officer/calls/{call}/ranking")
    officer.fill(sure="yes")
    officer.press("form[action$='/release'] button")
    officer.go(f"/officer/calls/{call}/figures")


def _correct(officer: Person, second: Person, number: str) -> None:
    """A released decision changes only by an act of its own, by two people; a letter supersedes the first."""
    (application,) = officer.house.row("SELECT id FROM application WHERE number = ?", number)
    person = officer.house.row(
        "SELECT u.email FROM member_person p JOIN consortium_member m ON m.id = p.member_id JOIN user u"
        " ON u.id = p.user_id WHERE m.application_id = ? ORDER BY m.id LIMIT 1", application,
    )[0]  # fmt: skip
    assert officer.house.letter_to(person, rf"/applications/{application}\b")
    officer.go(f"/officer/applications/{application}/correction")
    officer.fill(conditions="採択額の範囲で実施すること。", reason="条件の記載漏れ")
    officer.press("form:has(#conditions) button")
    assert officer.page.locator("form[action$='/confirm']").count() == 0
    second.go(f"/officer/applications/{application}/correction")
    second.press("form[action$='/confirm'] button")
    second.go(f"/officer/applications/{application}/correction")
    assert "採択額の範囲で実施すること。" in second.text()
    letters = officer.house.row(
        "SELECT count(*) FROM document WHERE template = 'reviews/letter' AND name LIKE ?", f"{number}%"
    )
    assert letters == (2,)

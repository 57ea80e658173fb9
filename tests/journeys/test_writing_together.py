"""Several browsers on one draft: autosave, presence, merging, a lost network, an ended sign-in. Nothing is lost."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD, House, Person
from tests.journeys.steps import poll

SAVED = {"en": "All changes saved", "ja": "すべての変更を保存"}


@pytest.fixture
def draft(house: House) -> int:
    """The draft that the applicant leads and the partner takes part in."""
    (key,) = house.row(
        "SELECT a.id FROM application a JOIN consortium_member m ON m.application_id = a.id"
        " JOIN member_person p ON p.member_id = m.id JOIN user u ON u.id = p.user_id"
        " WHERE a.status = 'draft' AND u.email = 'partner@demo.example' ORDER BY a.id LIMIT 1"
    )
    return int(key)


def _stored(house: House, draft: int, column: str) -> Any:
    return house.row(f"SELECT {column} FROM application WHERE id = ?", draft)[0]


def _type(person: Person, field: str, text: str) -> None:
    control = person.page.locator(f"#{field}")
    control.focus()
    control.fill(text)


def _wait_saved(person: Person) -> None:
    expect(person.page.locator("[data-save-state]")).to_contain_text(SAVED[person.house.lang], timeout=8_000)


def test_two_browsers_in_one_section_and_one_loses_the_network(
    house: House, visit: Callable[..., Person], draft: int
) -> None:
    one, two = visit("applicant"), visit("applicant")
    url = f"/applications/{draft}/basics"
    one.go(url)
    one.page.locator("#abstract").fill("First part. Second part. Third part.")
    _wait_saved(one)
    assert _stored(house, draft, "abstract") == "First part. Second part. Third part."
    two.go(url)
    # both at once in different places: both stand
    two.page.locator("#abstract").fill("First part. Second part. Third part, by two.")
    _wait_saved(two)
    one.page.locator("#abstract").fill("First part, by one. Second part. Third part.")
    _wait_saved(one)
    both = "First part, by one. Second part. Third part, by two."
    assert _stored(house, draft, "abstract") == both
    expect(one.page.locator("#abstract")).to_have_value(both)
    # both in one place: the second decides, with both texts before them
    one.page.locator("#title_en").fill("Title of one")
    _wait_saved(one)
    two.page.locator("#title_en").fill("Title of two")
    box = two.page.locator("[data-conflict-of=title_en]")
    expect(box).to_contain_text("Title of one")
    assert _stored(house, draft, "title_en") == "Title of one"
    two.look()
    box.locator("button").nth(1).click()
    _wait_saved(two)
    assert _stored(house, draft, "title_en") == "Title of two"
    # no network: kept here, sent as soon as it is back, also after closing the page
    one.page.context.set_offline(True)
    one.page.locator("#seed_technology, #novelty_text").first.fill("Typed without a network")
    expect(one.page.locator("[data-save-state] a[download]")).to_be_visible(timeout=8_000)
    one.page.context.set_offline(False)
    expect(one.page.locator("[data-save-state]")).to_contain_text(SAVED[house.lang], timeout=15_000)
    column = one.page.locator("#seed_technology, #novelty_text").first.get_attribute("name")
    assert _stored(house, draft, str(column)) == "Typed without a network"


#: The server stores at once, but its answers to the page are late.
LATE_ANSWERS = """() => {
  const send = window.fetch;
  window.fetch = async (...words) => {
    const answer = await send(...words);
    await new Promise((go) => setTimeout(go, 1200));
    return answer;
  };
}"""


def test_the_save_button_waits_for_the_field_that_is_on_its_way(
    house: House, visit: Callable[..., Person], draft: int
) -> None:
    """Else a person's own earlier text, stored a moment ago, would stand against the later one."""
    one = visit("applicant")
    one.go(f"/applications/{draft}/basics")
    one.page.evaluate(LATE_ANSWERS)
    one.page.locator("#abstract").fill("Written first.")
    poll(lambda: _stored(house, draft, "abstract") == "Written first.")
    one.page.locator("#abstract").fill("Written at last.")
    with one.page.expect_navigation(wait_until="load"):
        one.page.locator("form[data-live] button.btn-primary").last.click()
    assert _stored(house, draft, "abstract") == "Written at last."
    expect(one.page.locator("#abstract")).to_have_count(0)  # saved, and back on the overview


def test_an_ended_sign_in_loses_nothing(house: House, visit: Callable[..., Person], draft: int) -> None:
    one = visit("applicant")
    one.go(f"/applications/{draft}/plan")
    one.page.context.clear_cookies()
    one.page.locator("#product").fill("Typed after the sign-in had ended")
    link = one.page.locator("[data-save-state] a")
    expect(link).to_be_visible(timeout=8_000)
    expect(link).to_have_attribute("href", f"/sign-in?next=/applications/{draft}/plan")
    link.click()
    one.page.wait_for_selector("#password")
    one.page.locator("#email").fill("applicant@demo.example")
    one.page.locator("#password").fill(PASSWORD)
    one.page.locator("main form button").first.click()
    one.page.wait_for_url(f"**/applications/{draft}/plan")
    expect(one.page.locator("#product")).to_have_value("Typed after the sign-in had ended")
    expect(one.page.locator("[data-save-state]")).to_be_visible()
    _poll(lambda: house.row(
        "SELECT count(*) FROM commercialization_plan WHERE application_id = ? AND product = ?",
        draft, "Typed after the sign-in had ended",
    )[0] == 1)  # fmt: skip


def _poll(check: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until
        time.sleep(0.2)

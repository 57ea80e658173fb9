"""The applicant's whole way as plain forms and links, with the same protection against overwriting."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.core.clock import today
from app.core.fiscal import add_years, fiscal_year
from tests.factories.files import pdf
from tests.journeys.conftest import PASSWORD, WIDTHS, House, Person, copy_of
from tests.journeys.steps import confirm, hand_in


@pytest.fixture
def house(lang: str, demo_house: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The complete draft of the demonstration is handed in here, so this story has a copy of its own."""
    with copy_of(demo_house, tmp_path_factory.mktemp(f"plain-{lang}") / "instance", lang, browser) as found:
        yield found


@pytest.fixture
def complete(house: House) -> tuple[str, int]:
    """The address of the draft that lacks nothing, and the lead's member in it."""
    draft, member = house.row(
        "SELECT a.id, m.id FROM application a JOIN consortium_member m ON m.application_id = a.id"
        " AND m.organisation_id = a.lead_organisation_id"
        " WHERE a.status = 'draft' AND a.id IN (SELECT application_id FROM attachment)"
    )
    return f"/applications/{draft}", int(member)


class PlainPerson(Person):
    """Somebody whose browser runs no script: axe cannot run there either, and the same pages are given to it elsewhere."""

    def look(self, status: int = 200) -> None:
        assert self.page.locator("html").get_attribute("lang") == self.house.lang, self.page.url
        self._fits(WIDTHS[self.house.lang])


def _plain(house: House) -> PlainPerson:
    """The applicant at such a browser, signed in."""
    context = house.browser.new_context(
        base_url=house.server.address, java_script_enabled=False,
        viewport={"width": WIDTHS[house.lang], "height": 900},
    )  # fmt: skip
    context.set_default_timeout(20_000)
    house.contexts.append(context)
    person = PlainPerson(house, "applicant", context.new_page())
    person.go(f"/sign-in?lang={house.lang}")
    person.fill(email="applicant@demo.example", password=PASSWORD)
    person.press("main form button")
    return person


def test_a_draft_is_started_and_filled_in_without_javascript(house: House) -> None:
    person = _plain(house)
    (call,) = house.row("SELECT id FROM call WHERE programme = 'new_collaboration' ORDER BY closes_at DESC")
    (key,) = house.row("SELECT id FROM organisation WHERE org_key = 'live-gear'")
    person.press("nav a[href='/calls']")
    person.press(f"main a[href='/calls/{call}']")
    person.press(f"a[href='/calls/{call}/start']")
    person.fill(organisation_id=str(key))
    person.press("main form button")
    address = re.sub(r"https?://[^/]+", "", person.page.url)
    start = add_years(today().replace(month=4, day=1), 1)
    person.press(f"a[href='{address}/basics']")
    person.fill(
        title_en="Saved without a script", starts_on=start.isoformat(),
        ends_on=(add_years(start, 3) - timedelta(days=1)).isoformat(),
    )  # fmt: skip
    person.press("main form button")
    person.go(f"{address}/basics")
    assert person.page.locator("#title_en").input_value() == "Saved without a script"

    # a question that depends on another one comes with the next page
    person.go(f"{address}/answers/other_funding")
    assert person.page.locator("[data-question=other_projects]").is_hidden()
    person.page.locator("[name=q_other_applied][value=yes]").check()
    person.press("form:has([name=q_other_applied]) button")
    person.go(f"{address}/answers/other_funding")
    assert person.page.locator("[data-question=other_projects]").is_visible()

    (member,) = house.row("SELECT id FROM consortium_member WHERE application_id = ?", address.rsplit("/", 1)[1])
    year = fiscal_year(start)
    person.go(f"{address}/budget")
    person.page.locator(f"#c-{member}-{year}-LAB").fill("3,000,000")
    person.press(f"form[action$='/budget/{member}'] button")
    assert person.page.locator(f"#c-{member}-{year}-LAB").input_value().replace(",", "") == "3000000"
    person.page.locator(f"#c-{member}-{year}-LAB").fill("many")
    person.press(f"form[action$='/budget/{member}'] button", status=422)
    assert person.page.locator(f"#c-{member}-{year}-LAB").input_value() == "many"


def test_handing_in_and_correcting_without_javascript(house: House, complete: tuple[str, int]) -> None:
    address, member = complete
    person, other = _plain(house), _plain(house)
    _two_browsers(person, other, address, member)

    person.go(f"{address}/documents")
    person.press("form[action$='/remove'] button")
    upload = person.page.locator(".upload-panel:not(:has(.file-name)) form[enctype]").first
    upload.locator("input[type=file]").set_input_files(
        {"name": "計画の概要.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    person.press(f"form[action='{upload.get_attribute('action')}'] button")
    assert "計画の概要.pdf" in person.text()

    # the budget has changed, so the share is confirmed anew before it can be handed in
    person.go(f"{address}/submit")
    assert person.page.locator("form[action$='/submit']").count() == 0
    confirm(person, address, member, "合成 申請子")
    first = hand_in(person, address)

    person.go(address)
    person.press("form[action$='/correct'] button")
    person.go(f"{address}/plan")
    person.fill(who_sells="コア企業と販売代理店")
    person.press("main form button")
    second = hand_in(person, address)
    assert second != first and first in person.text()
    person.press("a[href$='/versions/1/2']")
    assert "代理店" in person.text("main table")


def _two_browsers(first: Person, second: Person, address: str, member: int) -> None:
    """Whoever saves second sees both texts; nothing is overwritten, and nothing typed is lost."""
    for person in (first, second):
        person.go(f"{address}/basics")
    first.fill(title_en="Title of the first")
    first.press("main form button")
    second.fill(title_en="Title of the second")
    second.press("main form button", status=409)
    assert second.page.locator("#title_en").input_value() == "Title of the second"
    assert "Title of the first" in second.text(".field:has(#title_en) .conflict")
    second.press("form:has(#title_en) button")  # both were before its eyes: now it counts
    first.go(f"{address}/basics")
    assert first.page.locator("#title_en").input_value() == "Title of the second"

    cell = f"#c-{member}-2026-LAB"
    for person in (first, second):
        person.go(f"{address}/budget")
    first.page.locator(cell).fill("3,100,000")
    first.press(f"form[action$='/budget/{member}'] button")
    second.page.locator(cell).fill("3,200,000")
    second.press(f"form[action$='/budget/{member}'] button", status=409)
    assert second.page.locator(cell).input_value().replace(",", "") == "3200000"
    assert "3,100,000" in second.text(f"td:has({cell}) .conflict") or "3100000" in second.text(
        f"td:has({cell}) .conflict"
    )
    first.go(f"{address}/budget")
    assert first.page.locator(cell).input_value().replace(",", "") == "3100000"

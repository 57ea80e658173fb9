"""An applicant with a keyboard and nothing else: no mouse, no field filled by its name, the focus always to be seen."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.factories.files import pdf
from tests.journeys.conftest import PASSWORD, House, Person, copy_of
from tests.journeys.steps import ATTACHED, poll, saved

#: What has the focus: does it match, and can it be seen (drawn, within the window, marked, nothing lying over it)?
FOCUS = """(wanted) => {
  const e = document.activeElement;
  if (!e || e === document.body) return { is: false, seen: true, what: "body" };
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 12), 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const within = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const marked = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  const free = top !== null && (e.contains(top) || top.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(top)));
  return {
    is: e.matches(wanted), seen: box.width > 0 && box.height > 0 && within && marked && free,
    what: `${e.tagName} ${e.id} ${e.getAttribute("href") ?? e.getAttribute("name") ?? e.className} ${e.textContent.trim().slice(0, 30)}`,
    how: { within, marked, free, width: box.width, height: box.height, over: top && `${top.tagName}.${top.className}` },
  };
}"""

#: One language is enough here: the words are looked at in the other stories.
pytestmark = pytest.mark.parametrize("lang", ["en"], indirect=True, scope="session")


class Typist:
    """Somebody who uses Tab, Enter, Space, the arrows and letters."""

    def __init__(self, person: Person) -> None:
        self.person, self.page, self.keys = person, person.page, person.page.keyboard

    def to(self, wanted: str, key: str = "Tab", limit: int = 150) -> None:
        """Press Tab until this has the focus; every stop on the way must be seen."""
        stops = []
        for _press in range(limit):
            self.keys.press(key)
            found = self.page.evaluate(FOCUS, wanted)
            stops.append(found["what"])
            assert found["seen"], (self.page.url, found["what"], found["how"])
            if found["is"]:
                return
        raise AssertionError(f"{wanted} is not reached on {self.page.url}: {stops}")

    def back(self, wanted: str) -> None:
        self.to(wanted, "Shift+Tab")

    def enter(self, wanted: str) -> None:
        """Go to a link or button and follow it."""
        self.to(wanted)
        with self.page.expect_navigation(wait_until="load"):
            self.keys.press("Enter")
        self.person.look()

    def write(self, wanted: str, text: str) -> None:
        self.to(wanted)
        self.keys.press("Control+a")
        self.keys.insert_text(text) if not text.isascii() else self.keys.type(text)
        assert self.page.locator(wanted).first.input_value() == text

    def choose(self, wanted: str, value: str) -> None:
        """A list: from its top downwards to the wanted line."""
        self.to(wanted)
        self.keys.press("Home")
        for _press in range(30):
            if self.page.locator(wanted).input_value() == value:
                return
            self.keys.press("ArrowDown")
        raise AssertionError(f"{value} is not in {wanted}")

    def tick(self, wanted: str) -> None:
        self.to(wanted)
        self.keys.press("Space")
        assert self.page.locator(wanted).first.is_checked()

    def focus(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def house(lang: str, demo_house: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The complete draft of the demonstration is handed in here, so this story has a copy of its own."""
    with copy_of(demo_house, tmp_path_factory.mktemp(f"keyboard-{lang}") / "instance", lang, browser) as found:
        yield found


def test_an_application_with_the_keyboard_alone(house: House) -> None:
    typist = Typist(house.person(reduced_motion="reduce"))  # no smooth scrolling: each stop is looked at as it is
    _sign_in(typist)
    draft = _start(typist)
    _basics(typist)
    _budget(typist, draft)
    _document_and_hand_in(typist)


def _sign_in(typist: Typist) -> None:
    typist.person.name = "applicant"
    typist.write("#email", "applicant@demo.example")
    typist.write("#password", PASSWORD)
    with typist.page.expect_navigation(wait_until="load"):
        typist.keys.press("Enter")
    typist.person.look()


def _start(typist: Typist) -> int:
    """From the first page over the skip link to a new draft."""
    house = typist.person.house
    (call,) = house.row(
        "SELECT id FROM call WHERE programme = 'new_collaboration' AND status = 'published' ORDER BY closes_at DESC"
    )
    (key,) = house.row("SELECT id FROM organisation WHERE org_key = 'live-gear'")
    typist.enter("nav a[href='/calls']")
    typist.to(".skip-link")
    typist.keys.press("Enter")
    typist.enter(f"main a[href='/calls/{call}']")
    typist.enter(f"a[href='/calls/{call}/start']")
    typist.choose("#organisation_id", str(key))
    typist.enter("main form button")
    return int(typist.page.url.rsplit("/", 1)[1].split("#")[0])


def _basics(typist: Typist) -> None:
    typist.enter("a[href$='/basics']")
    typist.write("#title_ja", "遠隔保全サービス")
    typist.write("#title_en", "Remote maintenance")
    typist.write("#abstract", "中小工場の機械を遠隔で見守り、故障の前に部品を届ける。")
    typist.choose("#field", "robots")
    typist.write("#starts_on", "2027-04-01")
    typist.write("#ends_on", "2030-03-31")
    typist.tick("#novelty input")
    typist.write("#novelty_text", "国内初のサービス")
    typist.back("#title_en")
    typist.write("#abstract", "中小工場の機械を遠隔で見守り、故障の前に部品を届けるサービス。")
    typist.tick("#has_written_rules")
    typist.enter("main form button")


def _budget(typist: Typist, draft: int) -> None:
    """Across the grid with the arrows and Enter; what is typed is stored and added up."""
    house, keys, page = typist.person.house, typist.keys, typist.page
    (member,) = house.row("SELECT id FROM consortium_member WHERE application_id = ?", draft)
    typist.enter(f"a[href='/applications/{draft}/budget']")
    typist.to(".budget-grid input")
    assert typist.focus() == f"c-{member}-2027-EQ"
    keys.type("2,000,000")
    keys.press("Enter")
    assert typist.focus() == f"c-{member}-2027-LAB"
    keys.type("3000000")
    keys.press("ArrowRight")
    assert typist.focus() == f"c-{member}-2028-LAB"
    keys.type("1000000")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    assert typist.focus() == f"c-{member}-2028-LAB"
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    assert page.evaluate(FOCUS, "input")["seen"]
    saved(typist.person)
    expect(page.locator("[data-grid-total]")).to_contain_text("6,000,000")
    typist.enter(f"form[action$='/budget/{member}'] button")
    total = house.row("SELECT sum(amount_yen) FROM budget_line WHERE member_id = ?", member)[0]
    assert total == 6_000_000


def _document_and_hand_in(typist: Typist) -> None:
    """In the other draft, complete already: a document is taken away, attached anew, and the proposal handed in."""
    person, page = typist.person, typist.page
    (complete,) = person.house.row(
        "SELECT id FROM application WHERE status = 'draft' AND id IN (SELECT application_id FROM attachment)"
    )
    typist.enter("nav a[href='/applications']")
    typist.enter(f"main a[href='/applications/{complete}']")
    typist.enter(".task-list a[href$='/documents']")
    typist.enter("form[action$='/remove'] button")
    empty = page.locator(".upload-panel:not(:has(.file-name))").first.get_attribute("id")
    typist.to(f"#{empty} input[type=file]")
    # the system's own dialogue opens for Enter; what is chosen there a test hands to the focused control
    typist.keys.press("Enter")
    chosen: Any = {"name": "計画の概要.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.locator(":focus").set_input_files(chosen)
    typist.to(f"#{empty} form[enctype] button")
    typist.keys.press("Enter")
    expect(page.locator(f"#{empty} [data-status]")).to_contain_text(ATTACHED[person.house.lang], timeout=20_000)
    poll(lambda: page.evaluate(f"document.getElementById('{empty}').contains(document.activeElement)"), 5)
    person.look()
    typist.enter(f"main > p a[href='/applications/{complete}']")
    typist.enter("a[href$='/submit']")
    typist.enter("form[action$='/submit'] button")
    assert page.url.endswith("/receipt")
    assert re.search(r"R-\d{4}-\d{6}", person.text("dl.facts strong"))

"""The ground of the journeys: one prepared demonstration, a fresh copy of it per story and language, people at a browser.

Whatever page a story comes to is looked at: no accessibility violation, nothing wider than the screen, no error in the
console, the language that was asked for. Each kind of page is given to axe once per language.
"""

import email
import email.policy
import fcntl
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.server import Server, flask, running

PASSWORD = "renkei-demo-2026"
LANGUAGES = ("en", "ja")
WIDE, NARROW = 1280, 360
#: The stories are played on a wide screen in English and on a narrow one in Japanese.
WIDTHS = {"en": WIDE, "ja": NARROW}
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
_seen: set[tuple[str, ...]] = set()


@pytest.fixture(scope="session")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared instance with the demonstration, whose old letters count as sent. Copy it, never change it.

    The first process of a parallel run that needs it makes it for all.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, ready = base / "demo-instance", base / "demo-instance-ready"
    with open(base / "demo-instance-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            flask(folder, "prepare")
            with closing(sqlite3.connect(folder / "renkei.db")) as database, database:
                database.execute("UPDATE outbox_item SET status = 'done' WHERE status = 'waiting'")
            ready.touch()
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(args=ARGUMENTS, executable_path=found)
        yield chromium
        chromium.close()


@dataclass
class House:
    """One copy of the demonstration with its servers, told in one language."""

    server: Server
    lang: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def person(self, name: str = "", width: int | None = None, **options: Any) -> "Person":
        """Somebody at a browser of their own; with a name also signed in as that demonstration account."""
        context = self.browser.new_context(
            viewport={"width": width or WIDTHS[self.lang], "height": 900}, base_url=self.server.address, **options
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        person = Person(self, name or "nobody", context.new_page())
        person.go(f"/sign-in?lang={self.lang}")
        if name:
            person.fill(email=f"{name}@demo.example", password=PASSWORD)
            person.press("main form button")
        return person

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the database: keys of the demonstration that no page is asked for."""
        with closing(sqlite3.connect(self.server.folder / "renkei.db")) as database:
            found = [tuple(row) for row in database.execute(query, values)]
        assert found, query
        return found

    def row(self, query: str, *values: Any) -> tuple[Any, ...]:
        return self.rows(query, *values)[0]

    def letter_to(self, address: str, pattern: str, seconds: float = 40) -> re.Match[str]:
        """Wait until the worker has sent this person a letter with this text in it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for path in sorted((self.server.folder / "mail").glob("*.eml"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if address in str(message["To"]) and (found := re.search(pattern, message.get_content())):
                    return found
            time.sleep(0.3)
        raise AssertionError(f"no letter to {address} with {pattern}")


class Person:
    """Somebody who looks at every page that comes."""

    def __init__(self, house: House, name: str, page: Page) -> None:
        self.house, self.name, self.page = house, name, page
        self.complaints: list[str] = []
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, kind: str, text: str) -> None:
        # the browser also reports the status of a refused form here; the stories ask for that themselves
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    def go(self, path: str, status: int = 200) -> Page:
        answer = self.page.goto(path, wait_until="load")
        assert answer is not None and answer.status == status, f"{path}: {answer and answer.status}"
        self.look(status)
        return self.page

    def press(self, selector: str, status: int = 200) -> Page:
        """Press a button or follow a link, and look at what comes."""
        self._open(selector)
        with self.page.expect_navigation(wait_until="load") as coming:
            self.page.locator(selector).first.click()
        answer = coming.value
        assert answer is None or answer.status == status, f"{selector} on {self.page.url}: {answer.status}"
        self.look(status)
        return self.page

    def _open(self, selector: str) -> None:
        """Open the folded part of the page that holds this, as a person would."""
        target = self.page.locator(selector).first
        if target.is_visible():
            return
        folded = target.locator("xpath=ancestor::details[not(@open)]/summary")
        if folded.count():
            folded.first.click()

    def fill(self, **fields: str) -> None:
        """Fill in controls by their id: text, choice of a list, or a box ("yes")."""
        for name, value in fields.items():
            control = self.page.locator(f"#{name}")
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            elif control.get_attribute("type") in ("checkbox", "radio"):
                control.check()
            else:
                control.fill(value)

    def text(self, selector: str = "main") -> str:
        return self.page.locator(selector).first.inner_text()

    def download(self, path: str) -> bytes:
        answer = self.page.request.get(path)
        assert answer.ok, f"{path}: {answer.status}"
        return answer.body()

    def look(self, status: int = 200) -> None:
        """What holds for every page."""
        page, lang = self.page, self.house.lang
        assert page.locator("html").get_attribute("lang") == lang, page.url
        assert not self.complaints, f"{page.url}: {self.complaints}"
        path = re.sub(r"/[^/]*\d[^/]*", "/…", urlsplit(page.url).path)
        kind = (path, lang, self.name, str(status), page.locator("main h2").all_inner_texts().__str__())
        if kind in _seen:
            return
        _seen.add(kind)
        size = page.viewport_size
        assert size is not None
        self._fits(size["width"])
        checked = (path, lang, str(status), "axe")  # whoever comes first: the same templates serve everybody
        if checked not in _seen:
            _seen.add(checked)
            other = NARROW if size["width"] == WIDE else WIDE
            page.set_viewport_size({"width": other, "height": 900})
            self._fits(other)
            page.set_viewport_size(size)
            found = Axe().run(page, options={"runOnly": STANDARDS, "resultTypes": ["violations"]})
            wrong = [
                (v["id"], [(n["target"], n["failureSummary"]) for n in v["nodes"][:3]])
                for v in found.response["violations"]
            ]
            assert not wrong, f"{page.url} ({lang}, {size['width']}): {wrong}"

    def _fits(self, width: int) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{self.page.url} is {wide} pixels wide on {width}"


@pytest.fixture(scope="session", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def copy_of(prepared: Path, folder: Path, lang: str, browser: Browser) -> Iterator[House]:
    """A fresh copy of the demonstration with web server and worker."""
    shutil.copytree(prepared, folder)
    with running(folder, worker=True, WEB_WORKERS="1") as server:
        found = House(server, lang, browser)
        yield found
        for context in found.contexts:
            context.close()


@pytest.fixture(scope="session")
def house(lang: str, demo_house: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One copy for each language, for the stories that keep out of each other's way; a story may have its own."""
    with copy_of(demo_house, tmp_path_factory.mktemp(f"house-{lang}") / "instance", lang, browser) as found:
        yield found


@pytest.fixture
def visit(house: House) -> Callable[..., Person]:
    """``visit("officer")``: a person in a browser of their own whose every page is looked at."""
    return house.person

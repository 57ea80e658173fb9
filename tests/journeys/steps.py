"""Steps that several journeys share: what people do at a draft, and waiting for what happens elsewhere."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from app.core.db import session
from tests.conftest import make_app
from tests.factories.files import pdf
from tests.journeys.conftest import PASSWORD, House, Person

SAVED = {"en": "All changes saved", "ja": "すべての変更を保存"}
ATTACHED = {"en": "is attached", "ja": "を添付しました"}


def poll(check: Callable[[], Any], seconds: float = 15) -> Any:
    """The first true answer of ``check``."""
    until = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)
    return found


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """The house's own verbs on the story's database, beside its server."""
    app = make_app(f"sqlite:///{folder / 'renkei.db'}", folder)
    with app.app_context():
        yield
        session.commit()
        session.remove()


def write(house: House, statement: str, *values: Any) -> None:
    """Change a row of the demonstration: what no page is asked for, such as the time that has passed."""
    with closing(sqlite3.connect(house.server.folder / "renkei.db", timeout=20)) as database, database:
        assert database.execute(statement, values).rowcount, statement


def close_in(house: House, call: int, seconds: float) -> datetime:
    """Let the call close so many seconds from now; answers that moment."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    write(house, "UPDATE call SET closes_at = ? WHERE id = ?", moment.strftime("%Y-%m-%d %H:%M:%S.%f"), call)
    return moment


def saved(person: Person) -> None:
    """Wait until the page says that the server has everything."""
    expect(person.page.locator("[data-save-state]")).to_contain_text(SAVED[person.house.lang], timeout=15_000)


def end_sign_in(person: Person) -> None:
    """The sign-in runs out while the page stays open."""
    write(
        person.house, "UPDATE user_session SET expires_at = '2001-01-01 00:00:00.000000'"
        " WHERE user_id = (SELECT id FROM user WHERE email = ?)", f"{person.name}@demo.example",
    )  # fmt: skip


def sign_in_again(person: Person, path: str) -> None:
    """From the link that the page offers when the sign-in has ended, back to where one was."""
    link = person.page.locator("[data-save-state] a[href^='/sign-in']")
    expect(link).to_be_visible(timeout=10_000)
    link.click()
    person.page.wait_for_selector("#password")
    person.fill(email=f"{person.name}@demo.example", password=PASSWORD)
    person.page.locator("main form button").first.click()
    person.page.wait_for_url(f"**{path}")


def attach_required(person: Person, address: str) -> None:
    """A PDF for each of the documents that the call requires."""
    person.go(f"{address}/documents")
    said = ATTACHED[person.house.lang]
    panels = person.page.locator(".upload-panel")
    for number in range(panels.count()):
        panel = panels.nth(number)
        if panel.locator(".file-name").count():
            continue
        panel.locator("input[type=file]").set_input_files(
            {"name": f"書類{number}.pdf", "mimeType": "application/pdf", "buffer": pdf()}
        )
        panel.locator("form[enctype] button").click()
        expect(panel.locator("[data-status]")).to_contain_text(said, timeout=20_000)


def confirm(person: Person, address: str, member: int, name: str) -> None:
    """The member's own person confirms its share."""
    person.go(f"{address}/members/{member}")
    person.fill(agree="yes", name=name)
    person.press("form[action$='/confirm'] button")


def hand_in(person: Person, address: str) -> str:
    """Press the button; the number of the receipt."""
    person.go(f"{address}/submit")
    return press_hand_in(person)


def press_hand_in(person: Person) -> str:
    person.press("form[action$='/submit'] button")
    assert person.page.url.endswith("/receipt")
    return person.text("dl.facts strong")

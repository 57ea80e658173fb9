"""A test client that looks at every page it gets: one h1, a title, unique ids, labelled fields, no inline script."""

import contextvars
import re
from html.parser import HTMLParser
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient

from app.core.db import session

VOID = {"input", "select", "textarea"}


class Page(HTMLParser):
    """What the checks need to know of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.h1 = self.titles = self.drawing = 0
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.inline: list[str] = []
        self.describedby: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.h1 += tag == "h1"
        self.drawing += tag == "svg"
        self.titles += tag == "title" and not self.drawing  # charts name their parts with titles of their own
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label" and found.get("for"):
            self.labels.add(str(found["for"]))
        if tag in VOID and found.get("type") not in ("hidden", "submit"):
            self.fields.append(found)
        if tag == "script" and not found.get("src"):
            self.inline.append("script")
        self.inline += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        if found.get("aria-describedby"):
            self.describedby += str(found["aria-describedby"]).split()
        if tag == "form":
            self.forms.append({"attrs": found, "token": False})
        if tag == "input" and found.get("name") == "csrf_token" and self.forms:
            self.forms[-1]["token"] = True

    def handle_endtag(self, tag: str) -> None:
        self.drawing -= tag == "svg"


def check_page(html: str, where: str) -> None:
    page = Page(html)
    assert page.h1 == 1, f"{where}: {page.h1} h1 elements"
    assert page.titles == 1, f"{where}: no title"
    doubles = {i for i in page.ids if page.ids.count(i) > 1}
    assert not doubles, f"{where}: ids used twice: {doubles}"
    assert not page.inline, f"{where}: inline script or style: {page.inline}"
    missing = [
        f for f in page.fields if not (f.get("id") in page.labels or f.get("aria-label") or f.get("aria-labelledby"))
    ]
    assert not missing, f"{where}: fields without a label: {missing}"
    lost = set(page.describedby) - set(page.ids)
    assert not lost, f"{where}: aria-describedby names nothing: {lost}"
    for form in page.forms:
        if (form["attrs"].get("method") or "get").lower() == "post":
            assert form["token"], f"{where}: a form without a token: {form['attrs']}"
    assert not re.search(r"\{\{|\{%|&lt;app\.|object at 0x", html), f"{where}: something of the template shows"


class CheckingClient(FlaskClient):
    """Runs each request in a fresh context, so that nothing of the test (or of the last request) leaks into it."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            session.commit()
            session.expire_all()
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 308):
            check_page(response.get_data(as_text=True), f"{response.request.method} {response.request.path}")
        assert "no-store" in response.headers.get("Cache-Control", "") or response.request.path.startswith(
            ("/static", "/bootstrap")
        )
        return response

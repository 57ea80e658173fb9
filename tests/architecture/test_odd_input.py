"""Odd input at every door: no address, no form and no file makes the house stumble (a 500) for anybody.

Values that people, robots and attackers really send: NUL, broken UTF-8, numbers beyond every column, repeated
parameters, names that the framework reserves, days at the ends of the calendar, files where text belongs.
"""

import random
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest

from app.core.db import db, session
from app.core.forms import BaseForm
from tests.architecture.test_access import _address, _browser, world  # noqa: F401 - a fixture

LIMIT, EACH = 10, 1
BROKEN = "%ED%A0%80"  # a surrogate in UTF-8, which is none
VALUES = (
    "", "\x00", "a\x00b", "-1", "0", "1", "9" * 21, "9" * 5000, "1e400", "NaN", "٣", "²", "１２", "０００１-01-01", "0001-01-01",
    "9999-12-31", "2026-02-30", "\u2028", "\u202e", "'; drop table user; --", "{0.__class__}", "${7*7}", "%(name)s %s", "<script>", "=1+1",
    "a\r\nBcc: x@y.example", "x" * 20_000, "../../etc/passwd", "draft", "WyJhIl0", "WzFd", "W10", "bnVsbA",
    "WzkyMjMzNzIwMzY4NTQ3NzU4MDdd", "//[", "javascript:alert(1)",
)  # fmt: skip
#: What pages ask for, what ``url_for`` reserves, and the names of the addresses' own parts.
NAMES = (
    "q", "text", "on", "after", "before", "lang", "next", "status", "call", "frame", "rule", "programme", "region",
    "org_type", "prefecture", "verdict", "definition", "population", "reference", "day", "first", "last", "list_code",
    "level", "as_of", "known_at", "lag", "min_evidence", "checked", "prefix", "endpoint", "values", "self", "_scheme",
    "_external", "_anchor", "_method", "call_id", "application_id", "assignment_id", "project_id", "code", "kind", "event",
    "filename", "token", "receipt_number", "document_id",
)  # fmt: skip


@pytest.fixture
def fields(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of all form fields that were asked for so far."""
    seen: set[str] = {"file", "submit", "sure", "content", "version", "csrf_token", "next"}
    whole = BaseForm.__init__

    def noting(self: Any, *args: Any, **kwargs: Any) -> None:
        whole(self, *args, **kwargs)
        seen.update(field.name for field in self)

    monkeypatch.setattr(BaseForm, "__init__", noting)
    return seen


OFFICE = (
    "/officer", "/projects", "/calls", "/organisations", "/flags", "/reports", "/follow-ups", "/milestones", "/changes",
    "/claims", "/products", "/money", "/publishing", "/portfolio", "/pdca", "/outcome",
)  # fmt: skip


def _persona_of(rule: Any) -> tuple[str, ...]:
    """Who gets past the gate of this endpoint: trying the others only tries the gate again."""
    if rule.rule.startswith(OFFICE):
        return ("officer", "anonymous", "lead")
    if rule.rule.startswith("/admin"):
        return ("admin",)
    if rule.rule.startswith("/clusters"):
        return ("cluster_manager", "officer", "anonymous")
    if rule.rule.startswith("/reviews"):
        return ("reviewer",)
    if rule.rule.startswith("/applications"):
        return ("lead", "partner", "officer")
    return ("anonymous", "lead", "officer")


def _rules(app: Any, method: str) -> Iterator[Any]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if method in (rule.methods or set()) and rule.endpoint not in (
            "static",
            "bootstrap.static",
            "accounts.sign_out",
        ):
            yield rule


class Prober:
    """Sends one request, undoes what it did, and notes what was answered with a 500."""

    def __init__(self, app: Any, tokens: dict[str, Any]) -> None:
        self.app, self.tokens, self.broken = app, tokens, list[str]()

    def __call__(self, persona: str, method: str, address: str, note: Any = "", **more: Any) -> None:
        connection = db.engines[None]
        session.remove()
        savepoint = connection.begin_nested()  # type: ignore[attr-defined]
        try:
            answer = _browser(self.app, self.tokens[persona]).open(address, method=method, **more)
            if answer.status_code >= 500:
                self.broken.append(f"{persona} {method} {address[:200]} {str(note)[:300]}")
            answer.close()
        finally:
            session.remove()
            savepoint.rollback()


@pytest.fixture
def probe(app: Any, world: dict[str, Any], backend: str) -> Prober:  # noqa: F811
    return Prober(app, world["tokens"])


def test_addresses_with_odd_parts(app: Any, world: dict[str, Any], probe: Prober) -> None:  # noqa: F811
    for method in ("GET", "POST"):
        for rule in _rules(app, method):
            if not rule.arguments:
                continue
            plain = _address(rule, world)
            for odd in ("%00", BROKEN, "99999999999999999999", "-1", "2147483647", "%0d%0aX: y", "a" * 300):
                parts = plain.split("/")
                for at in range(len(parts)):
                    if parts[at] in map(str, world["values"].values()):
                        probe(_persona_of(rule)[0], method, "/".join([*parts[:at], odd, *parts[at + 1 :]]))
    assert not probe.broken, "\n".join(probe.broken)


def test_odd_query_arguments(app: Any, world: dict[str, Any], probe: Prober) -> None:  # noqa: F811
    dice = random.Random(7)
    for rule in _rules(app, "GET"):
        address = _address(rule, world)
        for persona in _persona_of(rule)[:2]:
            for value in dice.sample(VALUES, 2 if persona != _persona_of(rule)[0] else 8):
                names = dice.sample(NAMES, 16)
                probe(persona, "GET", address, (names, value[:20]), query_string={name: value for name in names})
        for name in dice.sample(NAMES, 4):  # alone, twice, and as broken bytes
            probe(_persona_of(rule)[0], "GET", f"{address}?{name}=x&{name}={BROKEN}")
    assert not probe.broken, "\n".join(probe.broken)


def test_odd_forms(app: Any, world: dict[str, Any], probe: Prober, fields: set[str]) -> None:  # noqa: F811
    dice = random.Random(7)
    for rule in _rules(app, "POST"):
        address, persona = _address(rule, world), _persona_of(rule)[0]
        if rule.endpoint in ("milestones.save", "outcomes.save"):
            persona = "lead"
        fields.clear()
        fields.update({"file", "submit", "sure", "content", "version", "next"})
        probe(persona, "POST", address, "empty")
        probe(persona, "POST", address, "json", json=[{"a": "b"}])
        probe(persona, "POST", address, "broken", data=f"a={BROKEN}&{BROKEN}=b&version={BROKEN}")
        names = sorted(fields)
        for value in dice.sample(VALUES, 10):
            probe(persona, "POST", address, repr(value[:20]), data={name: [value, value] for name in names})
        probe(persona, "POST", address, "files", data={name: (BytesIO(b"%PDF-1.4 x"), "x.pdf") for name in names})
        for _turn in range(3):
            data = {name: dice.choice(VALUES[:12]) for name in names}
            probe(persona, "POST", address, data, data=data)
    assert not probe.broken, "\n".join(probe.broken)


class Forms(HTMLParser):
    """The forms of a page with what a browser would send: address, method, (name, value) pairs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, list[str]]]] = []
        self.area = self.select = ""
        self.feed(html)

    def _put(self, name: str, value: str) -> None:
        if self.found and name:
            self.found[-1][2].setdefault(name, []).append(value)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((a.get("action", ""), a.get("method", "get").upper(), {}))
        elif tag == "input" and (a.get("type") not in ("radio", "checkbox") or "checked" in a):
            self._put(a.get("name", ""), a.get("value", ""))
        elif tag == "button":
            self._put(a.get("name", ""), a.get("value", ""))
        elif tag == "textarea":
            self.area = a.get("name", "")
            self._put(self.area, "")
        elif tag == "select":
            self.select = a.get("name", "")
        elif tag == "option" and ("selected" in a or self.select not in (self.found[-1][2] if self.found else {})):
            if self.found and self.select:
                self.found[-1][2][self.select] = [a.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.found:
            self.found[-1][2][self.area] = [data.lstrip("\n")]


def _forms_of(app: Any, place: dict[str, Any], persona: str, rules: list[Any]) -> dict[str, dict[str, list[str]]]:
    """Address and fields of every form that a persona meets."""
    found = {}
    for rule in rules:
        answer = _browser(app, place["tokens"][persona]).get(_address(rule, place))
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for action, method, data in Forms(answer.text).found:
                if method == "POST" and not action.startswith("/sign-out"):
                    found[action or answer.request.path] = data
        answer.close()
    return found


def test_one_odd_field_in_a_sound_form(app: Any, world: dict[str, Any], probe: Prober) -> None:  # noqa: F811
    dice = random.Random(7)
    rules = list(_rules(app, "GET"))
    seen = set()
    for persona in ("lead", "officer", "admin", "cluster_manager", "reviewer", "anonymous"):
        for action, data in _forms_of(app, world, persona, rules).items():
            if (action, persona == "lead") in seen:
                continue
            seen.add((action, persona == "lead"))
            probe(persona, "POST", action, "as it stands", data=data)
            for name in [n for n in data if n not in ("csrf_token", "save")][:LIMIT]:
                for value in dice.sample(VALUES, EACH):
                    probe(persona, "POST", action, {name: value[:20]}, data={**data, name: value})
                probe(persona, "POST", action, {name: "missing"}, data={n: v for n, v in data.items() if n != name})
    assert not probe.broken, "\n".join(probe.broken)

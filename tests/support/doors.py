"""Walking every address as one person, and reading whatever comes: pages, tables, workbooks, archives, PDFs."""

import html
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from app.core import pdf, storage
from app.core.access import rule_of
from app.core.db import session
from app.core.pdf import Document
from tests.support.pdf_text import metadata_of, text_of

#: Doors that hold nothing of a proposal and are the same for everybody.
PLAIN = ("/static", "/bootstrap", "/healthz", "/readyz", "/clock", "/help")


def rules(app: Flask, method: str = "GET") -> Iterator[Rule]:
    """All addresses that answer this method, always in the same order."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if method in (rule.methods or ()) and not rule.rule.startswith(PLAIN):
            yield rule


def addresses(rule: Rule, values: dict[str, list[Any]]) -> Iterator[str]:
    """The rule's addresses with every combination of what exists; none when a part is not known. A part that means
    something of its own in one feature is named with it: ``panels.item_id``."""
    feature = rule.endpoint.partition(".")[0]
    paths = [rule.rule]
    for whole, choices, name in re.findall(r"(<(?:any\(([^)]*)\)|\w+)?:?(\w+)>)", rule.rule):
        filled = (
            [choice.strip() for choice in choices.split(",")]
            if choices
            else values.get(f"{feature}.{name}", values.get(name, []))
        )
        paths = [path.replace(whole, str(value)) for path in paths for value in filled]
    yield from paths


def readable(answer: Any) -> str:
    """Everything an answer tells: headers, text, the insides of workbooks, archives and PDFs with their metadata."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "Set-Cookie")
    return headers + "\n" + contents(answer.get_data(), answer.mimetype or "")


def contents(data: bytes, kind: str = "") -> str:
    if data.startswith(b"%PDF"):
        return _printed(data)
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            inner = (f"{name}\n{contents(archive.read(name))}" for name in archive.namelist())
            return "\n".join(inner)
    text = data.decode("utf-8", "replace")
    return html.unescape(text) if "html" in kind or "xml" in kind else text


@lru_cache(64)
def _printed(data: bytes) -> str:
    """Many people open the same document."""
    return text_of(data) + "\n" + metadata_of(data)


def print_documents(about: str) -> None:
    """Make every document that was ordered and holds a text, as the worker does; printing costs more than all pages."""
    for document in session.query(Document).filter(Document.file_id.is_(None)):
        if about not in str(document.context):
            continue
        data = pdf.render(document.template, document.locale, document.context)
        document.file = storage.keep(data, name=document.name, media_type="application/pdf", created_by_id=None)
    session.commit()


def refused_offers(app: Flask, actor: Any, path: str, text: str) -> set[str]:
    """The endpoints to which a page has a form or a link although the gate would refuse this person."""
    sent = [re.search(r'\baction="([^"]*)"', form) for form in re.findall(r'<form\b[^>]*method="post"[^>]*>', text)]
    wanted = [("POST", found[1] if found and found[1] else path) for found in sent]
    wanted += [("POST", where) for where in re.findall(r'formaction="([^"]*)"', text)]
    wanted += [("GET", where) for where in re.findall(r'<a\b[^>]*href="(/[^"]*)"', text)]
    adapter, refused = app.url_map.bind("localhost"), set()
    for method, where in wanted:
        try:
            endpoint, _values = adapter.match(re.split("[?#]", where)[0], method=method)
        except (HTTPException, RequestRedirect):
            continue
        rule = rule_of(app, endpoint)
        if rule is not None and not rule.allows(actor):
            refused.add(f"{method} {endpoint}")
    return refused


def walk(app: Flask, browser: Any, values: dict[str, list[Any]], look: Callable[[str, int, str], None]) -> int:
    """Open every door as this person; ``look`` gets address, status and all that the answer tells. How many opened."""
    opened = 0
    for rule in rules(app):
        for path in addresses(rule, values):
            answer = browser.get(path)
            assert answer.status_code < 500, path
            look(path, answer.status_code, readable(answer))
            opened += answer.status_code == 200
            answer.close()
            if answer.status_code == 403 or "/sign-in" in answer.headers.get("Location", ""):
                break  # the gate asks for a role and looks at no part of the address: all others answer the same
    return opened

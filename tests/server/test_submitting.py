"""Submitting under the real server: twenty at once, and the deadline judged by the first byte."""

import hashlib
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from app.accounts import operations as accounts
from app.applications.models import Application, Submission
from app.core.clock import now
from app.core.db import db, session
from app.core.outbox import OutboxItem
from tests.conftest import make_app
from tests.factories import proposals
from tests.support import postgres
from tests.support.server import Browser, Server, running

PASSWORD = "a password for the test"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"] if postgres.available() else ["sqlite"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Any]]:
    """The server on a migrated instance, and an application on the same database for the test's own look."""
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'renkei.db'}"
    if request.param == "postgresql":
        url = postgres.new_database(request.getfixturevalue("postgres_address"))
    app = make_app(url, folder)
    with app.app_context():
        upgrade()
    with running(folder, DATABASE_URL=url) as server:
        yield server, app
    with app.app_context():
        session.remove()
        db.engine.dispose()


def _complete_draft(app: Any) -> tuple[int, str]:
    with app.app_context():
        application = proposals.complete_draft()
        lead = proposals.lead_of(application)
        lead.password_hash = accounts.hash_password(PASSWORD)
        session.commit()
        return application.id, lead.email


def _fields(page: str) -> dict[str, str]:
    """The hidden fields of the submit form."""
    form = re.search(r'<form[^>]*action="[^"]*/submit"[^>]*>(.*?)</form>', page, re.S)
    assert form, "no submit form on the page"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))


def test_twenty_identical_requests_give_one_submission(house: Any) -> None:
    server, app = house
    application_id, email = _complete_draft(app)
    browser = Browser(server.address)
    browser.sign_in(email, PASSWORD)
    fields = _fields(browser.get(f"/applications/{application_id}/submit")[1])
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: browser.post_raw(f"/applications/{application_id}/submit", fields), range(20))
        )
    assert {status for status, _text, _headers in answers} == {303}
    assert len({headers["Location"] for _status, _text, headers in answers}) == 1
    with app.app_context():
        (submission,) = session.scalars(select(Submission).where(Submission.application_id == application_id)).all()
        assert hashlib.sha256(submission.snapshot.encode()).hexdigest() == submission.sha256
        people = len(proposals.queries.people_of(application_id))
        receipts = session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == "mail")).all()
        assert sum(submission.receipt_number in str(payload) for payload in receipts) == people


def _slow_post(
    address: str, path: str, cookie: str, body: bytes, pause: float, kind: str = "application/x-www-form-urlencoded"
) -> int:
    """Send the head and half the body, wait, send the rest; answers the status code."""
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=60) as wire:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host.netloc}\r\nCookie: {cookie}\r\nConnection: close\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        wire.sendall(head.encode() + body[: len(body) // 2])
        time.sleep(pause)
        wire.sendall(body[len(body) // 2 :])
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    return int(answer.split()[1])


@pytest.mark.parametrize(("head_start", "expected"), [(1.5, 303), (-0.2, 422)])
def test_the_first_byte_decides_not_the_last(house: Any, head_start: float, expected: int) -> None:
    """Closing lies ``head_start`` seconds after the first byte; the body ends 3 seconds after it."""
    server, app = house
    application_id, email = _complete_draft(app)
    browser = Browser(server.address)
    browser.sign_in(email, PASSWORD)
    fields = _fields(browser.get(f"/applications/{application_id}/submit")[1])
    with app.app_context():
        application = session.get_one(Application, application_id)
        application.call.closes_at = now() + timedelta(seconds=head_start)
        session.commit()
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.jar)
    status = _slow_post(
        server.address, f"/applications/{application_id}/submit", cookie, urlencode(fields).encode(), 3.0
    )
    assert status == expected
    with app.app_context():
        found = select(func.count()).select_from(Submission).where(Submission.application_id == application_id)
        assert session.scalar(found) == (1 if expected == 303 else 0)


def test_an_idle_connection_opened_in_time_does_not_stretch_the_deadline(house: Any) -> None:
    server, app = house
    application_id, email = _complete_draft(app)
    browser = Browser(server.address)
    browser.sign_in(email, PASSWORD)
    fields = _fields(browser.get(f"/applications/{application_id}/submit")[1])
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.jar)
    host = urlsplit(server.address)
    with socket.create_connection((host.hostname, host.port), timeout=60) as wire:
        time.sleep(0.5)  # connected, nothing sent
        with app.app_context():
            session.get_one(Application, application_id).call.closes_at = now()
            session.commit()
        time.sleep(0.5)
        body = urlencode(fields)
        wire.sendall(
            (
                f"POST /applications/{application_id}/submit HTTP/1.1\r\nHost: {host.netloc}\r\nCookie: {cookie}\r\n"
                f"Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )
        status = int(wire.recv(65536).split()[1])
    assert status == 422

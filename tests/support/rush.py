"""The deadline hour in small or large: many consortia attach their last file and hand in at once.

The oracle is the client's: whoever saw a receipt must find it in the database, whole, once, with its files.
"""

import hashlib
import http.client
import json
import os
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import pikepdf
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from app.accounts import operations as accounts
from app.applications import queries
from app.applications.models import Application, SealedPart, Submission
from app.core import storage
from app.core.audit import Event
from app.core.db import session
from app.core.outbox import OutboxItem
from tests.factories import proposals

_BOUNDARY = "----the-deadline-hour"
_PLACE = b"0123456789abcdef0123456789abcdef"
#: About 20 kB of UTF-8 in the four long texts of a proposal.
_TEXT = "低消費電力センサの薄膜を用いた製造工程を確立し、川下企業と共同で評価する。\n"


@dataclass(frozen=True)
class Draft:
    """A complete draft and its lead's person, signed in already."""

    application_id: int
    document_id: int
    replaces: int  # the attachment that is there now
    cookie: str
    token: str  # against forged forms
    key: str  # of the submission
    file_sha256: str  # of the attachment that is there now


@dataclass(frozen=True)
class Receipt:
    """What a client has seen on its own screen."""

    application_id: int
    number: str
    sha256: str
    file_sha256: str


@dataclass
class Rush:
    """What the clients of one run saw; seconds by kind of request."""

    receipts: list[Receipt] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[str] = field(default_factory=Counter)
    lasted: float = 0.0


# --- preparing ------------------------------------------------------------------------------------------------------


def long_basics() -> dict[str, str]:
    """Texts of some 20 kB together."""
    text = (_TEXT * 50)[:1700]
    return {"abstract": text[:1600], "seed_technology": text, "novelty_text": text, "combination_text": text}


def prepare(app: Flask, count: int, basics: dict[str, str] | None = None) -> list[Draft]:
    """So many complete drafts in one open call, each with a consortium and a signed-in lead of its own.

    The sign-ins are rows and cookies made here: the hashing of passwords is no part of what is measured.
    """
    with app.app_context():
        call = proposals.open_call()
        prepared = []
        for number in range(count):
            application = proposals.complete_draft(call, **(basics or long_basics()))
            attached = queries.current_attachments(application)[0]
            prepared.append(
                (application.id, attached.document_id, attached.id, attached.file.sha256,
                 accounts.open_session(proposals.lead_of(application)))
            )  # fmt: skip
            if number % 50 == 49:
                session.commit()
                call = session.get_one(type(call), call.id)
        session.commit()
        cookie_of, token = cookies(app)
    return [
        Draft(application_id, document_id, attachment_id, cookie_of(who), token, f"rush-{application_id:016d}", digest)
        for application_id, document_id, attachment_id, digest, who in prepared
    ]


def cookies(app: Flask) -> tuple[Callable[[str], str], str]:
    """How to make a signed-in person's cookie from a session's token, and the form token that fits to it."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    with app.test_request_context():
        from flask import session as browser

        token, secret = generate_csrf(), browser["csrf_token"]
    name = app.config["SESSION_COOKIE_NAME"]

    def cookie(user_token: str) -> str:
        given = {"_user_id": user_token, "_fresh": True, "lang": "en", "csrf_token": secret}
        return f"{name}={serializer.dumps(given)!s}"

    return cookie, token


def big_pdf(size: int) -> bytes:
    """A sound PDF of about this many bytes, with one place that ``file_of`` makes different for everybody."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Filling = pdf.make_stream(_PLACE + os.urandom(size))
        out = BytesIO()
        pdf.save(out, compress_streams=False)
    return out.getvalue()


def file_of(template: bytes, draft: Draft) -> bytes:
    return template.replace(_PLACE, f"{draft.application_id:032d}".encode(), 1)


# --- the clients ----------------------------------------------------------------------------------------------------


class Line:
    """One connection that is kept while it lasts, as a browser keeps it."""

    def __init__(self, address: str, timeout: float = 60) -> None:
        host = urlsplit(address)
        self._where, self._timeout = (host.hostname or "", host.port), timeout
        self._wire: http.client.HTTPConnection | None = None
        self._used = 0.0

    def send(
        self, method: str, path: str, cookie: str = "", body: bytes = b"", kind: str = ""
    ) -> tuple[int, bytes, dict[str, str]]:
        """Raises OSError or HTTPException when the connection breaks."""
        if self._wire is not None and time.monotonic() - self._used > 2:  # the server closes idle ones
            self.close()
        self._wire = self._wire or http.client.HTTPConnection(*self._where, timeout=self._timeout)
        headers = {"Cookie": cookie} if cookie else {}
        if kind:
            headers["Content-Type"] = kind
        try:
            self._wire.request(method, path, body or None, headers)
            answer = self._wire.getresponse()
            found = answer.status, answer.read(), {key.lower(): value for key, value in answer.getheaders()}
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self._used = time.monotonic()
        return found

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None


def _multipart(fields: dict[str, str], name: str, data: bytes) -> bytes:
    head = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    )
    file = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return (head + file).encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()


class Client:
    """An applicant at the deadline: attaches, hands in, looks at the receipt; tries again when a line breaks."""

    def __init__(self, line: Line, rush: Rush, patience: float, pages: bool = False) -> None:
        self.line, self.rush, self.patience, self.pages = line, rush, patience, pages

    def _ask(self, what: str, good: Iterable[int], *request: Any) -> tuple[int, bytes, dict[str, str]]:
        """The first answer that is good, or the last one within one's patience."""
        until, answer = time.monotonic() + self.patience, (0, b"", {})
        while True:
            started = time.perf_counter()
            try:
                answer = self.line.send(*request)
                self.rush.answers[f"{what} {answer[0]}"] += 1
            except (OSError, http.client.HTTPException) as error:
                self.rush.answers[f"{what} {type(error).__name__}"] += 1
                answer = (0, b"", {})
            if answer[0] in good:
                self.rush.seconds[what].append(time.perf_counter() - started)
                return answer
            if answer[0] not in (0, 503, 500) or time.monotonic() > until:
                return answer
            time.sleep(0.3)

    def attach(self, draft: Draft, template: bytes) -> str | None:
        """Sends the last file; answers its digest, or None when given up."""
        data = file_of(template, draft)
        fields = {"csrf_token": draft.token, "replaces": str(draft.replaces)}
        body = _multipart(fields, "plan.pdf", data)
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        # 409 after a broken line: the first attempt had arrived after all.
        path = f"/applications/{draft.application_id}/documents/{draft.document_id}"
        status, text, _ = self._ask("file", (303, 409), "POST", path, draft.cookie, body, kind)
        if status not in (303, 409):
            return self._give_up(draft, "file", status, text)
        return hashlib.sha256(data).hexdigest()

    def hand_in(self, draft: Draft, template: bytes | None) -> None:
        """All that one consortium does at last; without a template its files are attached already."""
        path, started = f"/applications/{draft.application_id}", time.perf_counter()
        file_digest = self.attach(draft, template) if template else draft.file_sha256
        if file_digest is None:
            return None
        form = {"csrf_token": draft.token, "idempotency_key": draft.key}
        if self.pages:
            status, text, _ = self._ask("page before", (200,), "GET", f"{path}/submit", draft.cookie)
            if status != 200:
                return self._give_up(draft, "page before", status, text)
            version = re.search(rb'name="version" value="(\d+)"', text)
            form["version"] = version[1].decode() if version else ""
        status, text, _ = self._ask("hand in", (303,), "POST", f"{path}/submit", draft.cookie,
                                    urlencode(form).encode(), "application/x-www-form-urlencoded")  # fmt: skip
        if status != 303:
            return self._give_up(draft, "hand in", status, text)
        status, text, _ = self._ask("receipt", (200,), "GET", f"{path}/receipt", draft.cookie)
        number, digest = re.search(rb"R-\d{4}-\d{6}", text), re.search(rb'font-monospace">([0-9a-f]{64})<', text)
        if status != 200 or number is None or digest is None:
            return self._give_up(draft, "receipt", status, text)
        self.rush.seconds["all of it"].append(time.perf_counter() - started)
        self.rush.receipts.append(Receipt(draft.application_id, number[0].decode(), digest[1].decode(), file_digest))
        return None

    def _give_up(self, draft: Draft, what: str, status: int, text: bytes) -> None:
        plain = re.sub(r"<[^>]+>|\s+", " ", text.decode("utf-8", "replace").partition("<h1")[2])[:300]
        self.rush.given_up.append(f"{draft.application_id} {what}: {status} {plain}")


def run(
    address: str, drafts: list[Draft], connections: int, *, size: int = 1_000_000, patience: float = 60,
    pages: bool = False, seen: Rush | None = None, over: float = 0,
) -> Rush:  # fmt: skip
    """All drafts are handed in over so many connections; answers what the clients saw (``seen`` fills meanwhile).

    With a ``size`` of 0 nobody attaches a file any more. People come one after another for ``over`` seconds, or each
    as soon as a connection is free.
    """
    rush, lines, opened = seen or Rush(), threading.local(), list[Line]()
    template = big_pdf(size) if size else None

    def one(draft: Draft) -> None:
        if not hasattr(lines, "own"):
            lines.own = Line(address)
            opened.append(lines.own)
        time.sleep(max(0.0, started + over * turn[draft.application_id] / len(drafts) - time.perf_counter()))
        Client(lines.own, rush, patience, pages).hand_in(draft, template)

    turn = {draft.application_id: place for place, draft in enumerate(drafts)}
    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(one, drafts))
    rush.lasted = time.perf_counter() - started
    for line in opened:
        line.close()
    return rush


class Readers:
    """People who only read meanwhile, each on a connection of their own; a pause between two pages."""

    def __init__(self, address: str, pages: dict[str, tuple[str, str]], pause: float = 0.1) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.answers: Counter[str] = Counter()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(Line(address), name, path, cookie, pause))
            for name, (path, cookie) in pages.items()
        ]

    def _read(self, line: Line, name: str, path: str, cookie: str, pause: float) -> None:
        while not self._stop.is_set():
            started = time.perf_counter()
            try:
                status = line.send("GET", path, cookie)[0]
                self.seconds[name].append(time.perf_counter() - started)
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__  # type: ignore[assignment]
            self.answers[f"{name} {status}"] += 1
            self._stop.wait(pause)
        line.close()

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


# --- the oracle -----------------------------------------------------------------------------------------------------


def wrong(app: Flask, receipts: list[Receipt]) -> list[str]:
    """Everything that contradicts the receipts, or is half; empty when all is well."""
    with app.app_context():
        found: list[str] = []
        rows = {row.application_id: row for row in session.scalars(select(Submission))}
        if len(rows) != session.scalar(select(func.count()).select_from(Submission)):
            found.append("an application was handed in twice")
        if len({receipt.number for receipt in receipts}) != len(receipts):
            found.append("a receipt number was given twice")
        for receipt in receipts:
            row = rows.get(receipt.application_id)
            if row is None or (row.receipt_number, row.sha256) != (receipt.number, receipt.sha256):
                found.append(f"{receipt.number} is lost")
            elif receipt.file_sha256 not in row.snapshot:
                found.append(f"{receipt.number} does not hold the file that was sent")
        for row in rows.values():
            found += _half(row)
        handed_in = set(session.scalars(select(Application.id).where(Application.submitted_at.is_not(None))))
        if handed_in != set(rows):
            found.append(f"state and submissions differ: {sorted(handed_in ^ set(rows))[:5]}")
        found += _damaged_files()
        session.remove()
    return found


def _half(row: Submission) -> list[str]:
    """What is missing or wrong with one submission."""
    where, found = row.receipt_number, []
    content = json.loads(row.snapshot)
    if hashlib.sha256(row.snapshot.encode()).hexdigest() != row.sha256 or content["receipt_number"] != where:
        found.append(f"{where}: the snapshot does not match its hash or number")
    sealed = session.scalars(select(SealedPart).where(SealedPart.submission_id == row.id)).all()
    if len(sealed) != len(content["members"]):
        found.append(f"{where}: sealed parts are missing")
    for part in sealed:
        if hashlib.sha256(part.content.encode()).hexdigest() != part.sha256 or part.sha256 not in row.snapshot:
            found.append(f"{where}: a sealed part does not match its hash")
    costs = sum(yen for part in sealed for _y, _i, yen in json.loads(part.content)["budget"])
    if costs != content["application"]["total_yen"]:
        found.append(f"{where}: the total is not the sum of the shares")
    events = select(func.count()).select_from(Event).where(
        Event.subject_type == "application", Event.subject_id == row.application_id, Event.name == "submit"
    )  # fmt: skip
    if session.scalar(events) != row.number:
        found.append(f"{where}: not one event for it")
    people = {person.id for person in queries.people_of(row.application_id)}
    wanted = {f"receipt:{row.id}:{person}" for person in people}
    wanted |= {f"pdf:submission:{row.id}:{edition}" for edition in ("office", "consortium")}
    there = set(session.scalars(select(OutboxItem.dedupe_key).where(OutboxItem.dedupe_key.in_(wanted))))
    if there != wanted:
        found.append(f"{where}: the outbox lacks {sorted(wanted - there)}")
    return found


def _damaged_files() -> list[str]:
    found = []
    for key, digest in session.execute(select(storage.StoredFile.id, storage.StoredFile.sha256)).all():
        path = storage.path_of(digest)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"stored file {key} is lost or altered")
    return found

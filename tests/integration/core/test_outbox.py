"""Letters and documents: sent once, tried again, never before the commit; SMTP for real."""

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import select

from app.core import outbox, pdf, storage, worker
from app.core.clock import now
from app.core.db import session
from app.core.outbox import OutboxItem, OutboxStatus
from tests.support import postgres

pytestmark = pytest.mark.both_databases

LETTER = {"to": "a@test.example", "subject": "採択のお知らせ", "body": "こんにちは\n", "locale": "ja"}


class Postbox(Message):
    """Keeps what arrives; refuses the first ``refusals`` messages."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []
        self.refusals = 0

    async def handle_DATA(self, server: Any, mail_session: Any, envelope: Any) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.got.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        raise AssertionError("not used")


@pytest.fixture
def postbox(app: Any) -> Iterator[Postbox]:
    box = Postbox()
    port = postgres.free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield box
    app.config["MAIL_URL"] = before
    controller.stop()


def _make_due() -> None:
    for item in session.scalars(select(OutboxItem).where(OutboxItem.status == OutboxStatus.waiting)):
        item.due_at = now() - timedelta(seconds=1)
    session.commit()


def test_a_letter_arrives_by_smtp_once_in_japanese(app: Any, postbox: Postbox) -> None:
    assert outbox.put("mail", LETTER, "occasion:1")
    assert not outbox.put("mail", LETTER, "occasion:1")
    session.commit()
    assert worker.sweep(app) == 1
    assert worker.sweep(app) == 0
    (message,) = postbox.got
    assert message["Subject"] == "採択のお知らせ" and message["To"] == "a@test.example"
    assert message.get_content().strip() == "こんにちは" and message["Auto-Submitted"] == "auto-generated"


def test_a_refused_letter_is_tried_again_later(app: Any, postbox: Postbox) -> None:
    postbox.refusals = 1
    outbox.put("mail", LETTER, "occasion:2")
    session.commit()
    assert worker.sweep(app) == 0
    item = session.scalars(select(OutboxItem)).one()
    session.refresh(item)
    assert (
        item.status == OutboxStatus.waiting
        and item.attempts == 1
        and item.due_at > now()
        and "451" in (item.last_error or "")
    )
    assert worker.sweep(app) == 0, "not before its time"
    _make_due()
    assert worker.sweep(app) == 1 and len(postbox.got) == 1


def test_after_many_failures_the_administrators_get_it(app: Any) -> None:
    app.config["MAIL_URL"], before = "smtp://127.0.0.1:1", app.config["MAIL_URL"]
    try:
        outbox.put("mail", LETTER, "occasion:3")
        for _ in range(outbox.MAX_ATTEMPTS):
            _make_due()
            worker.sweep(app)
    finally:
        app.config["MAIL_URL"] = before
    session.expire_all()
    assert session.scalars(select(OutboxItem)).one().status == OutboxStatus.failed
    assert outbox.failed_count() == 1


def test_a_killed_workers_lease_runs_out(app: Any, postbox: Postbox) -> None:
    outbox.put("mail", LETTER, "occasion:4")
    session.commit()
    item = outbox.claim(outbox.due()[0][0])
    assert item is not None
    session.commit()  # the worker dies here, before sending
    assert worker.sweep(app) == 0
    _make_due()
    assert worker.sweep(app) == 1 and len(postbox.got) == 1


def test_without_a_server_letters_become_files(app: Any, tmp_path: Path) -> None:
    app.config["MAIL_URL"], before = f"file:{tmp_path}", app.config["MAIL_URL"]
    try:
        outbox.put("mail", {**LETTER, "subject": "x\r\nBcc: evil@test.example"[:1] + " safe"}, "occasion:5")
        session.commit()
        assert worker.sweep(app) == 1
    finally:
        app.config["MAIL_URL"] = before
    (path,) = tmp_path.glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["To"] == "a@test.example" and message["Bcc"] is None


def test_a_letter_cannot_grow_a_header(app: Any) -> None:
    from app.core import mail

    message = mail.compose({**LETTER, "subject": "a b"}, "k")
    assert message["Bcc"] is None
    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        mail.compose({**LETTER, "subject": "a\r\nBcc: evil@test.example"}, "k")


def test_a_document_is_made_by_the_worker_with_japanese_and_no_network(app: Any) -> None:
    context = {"number": "C1", "outcome_code": "rejected", "amount_yen": 0, "conditions": "", "decided_on": "2026-11-23",
               "comments": ["<img src='file:///etc/passwd'> 髙﨑㈱"], "synthetic": True,
               "texts": {k: {"call": "c", "title": "題", "lead": "l", "outcome": "o"} for k in ("ja", "en")}}  # fmt: skip
    document = pdf.order("reviews/letter", "ja", context, name="letter.pdf", dedupe_key="t1")
    session.commit()
    assert worker.sweep(app) == 1
    session.refresh(document)
    assert document.file is not None
    data = storage.open_file(document.file)
    assert data.startswith(b"%PDF-") and b"root:" not in data


def test_no_transaction_is_open_while_mail_and_documents_take_their_time(
    app: Any, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite an open one would keep every writer waiting."""
    seen: list[bool] = []

    def note(answer: Any) -> Any:
        def slow(*args: Any, **kwargs: Any) -> Any:
            seen.append(session().in_transaction())
            return answer

        return slow

    monkeypatch.setattr("smtplib.SMTP.send_message", note({}))
    monkeypatch.setattr(pdf, "render", note(b"%PDF-"))
    outbox.put("mail", LETTER, "occasion:6")
    document = pdf.order("reviews/letter", "ja", {}, name="letter.pdf", dedupe_key="t2")
    session.commit()
    assert worker.sweep(app) == 2 and seen == [False, False]
    session.refresh(document)
    assert document.file_id is not None


def test_a_lost_or_altered_file_is_noticed(app: Any) -> None:
    row = storage.keep(b"abc", name="../../x\x00y.pdf", media_type="application/pdf", created_by_id=None)
    assert "/" not in row.name and "\x00" not in row.name
    path = storage.path_of(row.sha256)
    path.write_bytes(b"abd")
    with pytest.raises(ValueError, match="hash"):
        storage.open_file(row)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        storage.open_file(row)


def test_clockwork_runs_nightly_jobs_once_a_day(app: Any) -> None:
    calls: list[int] = []

    def job() -> None:
        calls.append(1)

    once = worker.nightly(job)
    once()
    once()
    assert calls == [1]

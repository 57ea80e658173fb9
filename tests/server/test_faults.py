"""The deadline hour with faults, short: whoever holds a receipt finds it in the database, whole, once, with its files.

``python -m benchmarks.faults`` does the same at length and prints figures; nothing here measures time.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app.core.db import db, session
from app.core.outbox import OutboxItem
from tests.conftest import make_app
from tests.support import faults, postgres, rush
from tests.support.server import running

BOTH = ["sqlite", "postgresql"] if postgres.available() else ["sqlite"]


@dataclass
class House:
    folder: Path
    url: str
    app: Flask
    drafts: list[rush.Draft]


@contextmanager
def _house(folder: Path, url: str, count: int) -> Iterator[House]:
    app = make_app(url, folder, SECRET_KEY="s" * 40)  # the server's own, so that its cookies can be made here
    with app.app_context():
        upgrade()
    try:
        yield House(folder, url, app, rush.prepare(app, count))
    finally:
        with app.app_context():
            session.remove()
            db.engine.dispose()


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return postgres.new_database(request.getfixturevalue("postgres_address"))
    return f"sqlite:///{tmp_path / 'renkei.db'}"


def _refused_in_words(seen: rush.Rush) -> None:
    assert seen.receipts == []
    (refusal,) = seen.given_up
    assert "Nothing was changed" in refusal, refusal


def _failing(server: Any) -> list[str]:
    status, body, _headers = faults.ask(server, "/readyz")
    assert status in (200, 503)
    return list(json.loads(body).get("failing", []))


def test_killed_servers_and_workers_lose_no_receipt_and_no_letter(tmp_path: Path, url: str) -> None:
    """E61, E62."""
    seen = rush.Rush()
    with (
        _house(tmp_path, url, 24) as house,
        faults.postbox(delay=0.02) as (mail_url, box),
        running(tmp_path, worker=True, DATABASE_URL=url, MAIL_URL=mail_url) as server,
        faults.killing(server, seen, box, at_receipts=[5, 14], at_letters=[5, 40]) as killed,
    ):
        rush.run(server.address, house.drafts, 12, size=100_000, patience=60, seen=seen)
        assert killed.web == 2
        assert seen.given_up == []
        assert len(seen.receipts) == 24
        assert rush.wrong(house.app, seen.receipts) == []
        assert faults.until_no_mail_waits(house.app, 60) == 0
        with house.app.app_context():
            wanted = {
                f"{row['to']} {row['subject']}"
                for row in session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == "mail"))
            }
    assert killed.workers == 2
    assert set(box.to) == wanted
    assert max(box.to.values()) <= 2
    assert sum(box.to.values()) - len(wanted) <= killed.workers  # at most one letter twice for each kill


def test_a_full_disk_gives_words_and_no_receipt_and_heals(tmp_path: Path) -> None:
    """E64; on a small tmpfs where one may be mounted, else with a limit on the length of files."""
    with faults.small_disk(60) as disk:
        folder = disk or tmp_path
        url = f"sqlite:///{folder / 'renkei.db'}"
        with _house(folder, url, 3) as house, running(folder, DATABASE_URL=url) as server:
            first, second, third = house.drafts
            before = faults.hand_in_once(server, first)
            assert before.given_up == [] and _failing(server) == []
            with faults.full(server, disk):
                _refused_in_words(faults.hand_in_once(server, second))
                assert "files" in _failing(server)
                assert faults.ask(server, f"/applications/{third.application_id}", third.cookie)[0] == 200
                assert rush.wrong(house.app, before.receipts) == []
            after = faults.hand_in_once(server, second)
            assert after.given_up == [] and _failing(server) == []
            assert rush.wrong(house.app, before.receipts + after.receipts) == []
            with house.app.app_context():
                assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                session.remove()


def test_a_read_only_database_is_read_and_refuses_in_words(tmp_path: Path, url: str) -> None:
    """E65."""
    with _house(tmp_path, url, 2) as house, faults.read_only(url) as closed:
        draft, other = house.drafts
        with running(tmp_path, DATABASE_URL=closed) as server:
            for path in ("/", "/calls", f"/applications/{other.application_id}"):
                assert faults.ask(server, path, other.cookie)[0] == 200
            _refused_in_words(faults.hand_in_once(server, draft))
            assert _failing(server) == ["database"]
        assert rush.wrong(house.app, []) == []


@pytest.mark.parametrize("hangs", [False, True])
def test_without_a_mail_server_nothing_is_delayed_but_mail(tmp_path: Path, hangs: bool) -> None:
    """E67: the letters wait with the reason on their row, and the documents are made meanwhile."""
    url = f"sqlite:///{tmp_path / 'renkei.db'}"
    with _house(tmp_path, url, 1) as house, faults.hanging_mail() as silent:
        away = f"smtp://127.0.0.1:{postgres.free_port()}"
        with running(tmp_path, worker=True, DATABASE_URL=url, MAIL_URL=silent if hangs else away) as server:
            seen = rush.run(server.address, house.drafts, 1, size=100_000, patience=0)
            assert len(seen.receipts) == 1
            assert rush.wrong(house.app, seen.receipts) == []
            until = time.monotonic() + 60
            while faults.waiting(house.app, "pdf") and time.monotonic() < until:
                time.sleep(0.5)
        with house.app.app_context():
            assert set(session.scalars(select(OutboxItem.status).where(OutboxItem.kind == "pdf"))) == {"done"}
            letters = session.scalars(select(OutboxItem).where(OutboxItem.kind == "mail")).all()
            assert {letter.status for letter in letters} == {"waiting"}
            assert any(letter.last_error for letter in letters)


@pytest.mark.skipif("postgresql" not in BOTH, reason="no PostgreSQL on this machine")
def test_postgresql_away_for_three_seconds_is_503_and_heals(tmp_path: Path) -> None:
    """E66."""
    with postgres.cluster() as cluster:
        url = postgres.new_database(cluster.address)
        with _house(tmp_path, url, 3) as house, running(tmp_path, DATABASE_URL=url) as server:
            first, second, third = house.drafts
            before = faults.hand_in_once(server, first)
            cluster.stop()
            try:
                status, body, headers = faults.ask(server, f"/applications/{third.application_id}", third.cookie)
                assert (status, headers["retry-after"]) == (503, "5")
                assert "Nothing was changed" in body
                _refused_in_words(faults.hand_in_once(server, second))
                assert _failing(server) == ["database"]
                time.sleep(3)
            finally:
                cluster.start()
            after = rush.run(server.address, [second, third], 2, size=100_000, patience=10)
            assert after.given_up == []
            assert _failing(server) == []
            assert rush.wrong(house.app, before.receipts + after.receipts) == []

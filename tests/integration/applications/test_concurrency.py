"""Twenty requests at once on a database of their own: one submission, one receipt, one letter each."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from app.accounts import operations as accounts
from app.applications import operations, queries
from app.applications.models import MemberPerson, Submission
from app.core.clock import now
from app.core.db import db, session
from app.core.outbox import OutboxItem
from tests.conftest import make_app
from tests.factories import proposals
from tests.factories.people import person

pytestmark = pytest.mark.both_databases

AT_ONCE = 20


@pytest.fixture
def house(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application whose transactions really commit."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'own.db'}"
        if backend == "postgresql":
            base = request.getfixturevalue("postgres_address")
            admin = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
            name = f"renkei_{uuid4().hex[:12]}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            stack.callback(admin.dispose)
            url = f"{base}/{name}"
        app = make_app(url, tmp_path)
        with app.app_context():
            upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()


def _browser(house: Flask, token: str) -> Any:
    browser = FlaskClient(house, house.response_class, use_cookies=True)
    with browser.session_transaction() as cookie:
        cookie.update({"_user_id": token, "_fresh": True, "lang": "en"})
    return browser


def _all_at_once(house: Flask, token: str, url: str, bodies: list[dict[str, Any]]) -> list[int]:
    def post(body: dict[str, Any]) -> int:
        return int(_browser(house, token).post(url, data=body).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(post, bodies))


def test_twenty_equal_requests_make_one_submission(house: Flask) -> None:
    with house.app_context():
        application = proposals.complete_draft()
        key, people = application.id, len(queries.people_of(application.id))
        token = accounts.open_session(proposals.lead_of(application))
        session.commit()
    codes = _all_at_once(house, token, f"/applications/{key}/submit", [{"idempotency_key": "k" * 32}] * AT_ONCE)
    assert codes == [303] * AT_ONCE
    with house.app_context():
        assert session.query(Submission).count() == 1
        assert session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith("receipt:")).count() == people


def test_twenty_different_keys_make_one_submission_too(house: Flask) -> None:
    with house.app_context():
        application = proposals.complete_draft()
        key, token = application.id, accounts.open_session(proposals.lead_of(application))
        session.commit()
    bodies = [{"idempotency_key": f"{n:032d}"} for n in range(AT_ONCE)]
    codes = _all_at_once(house, token, f"/applications/{key}/submit", bodies)
    assert codes == [303] + [409] * (AT_ONCE - 1)
    with house.app_context():
        assert session.query(Submission).count() == 1


def test_an_invitation_accepted_twenty_times_at_once_makes_one_membership(house: Flask) -> None:
    with house.app_context():
        application = proposals.complete_draft()
        guest = person("applicant")
        link = operations.invite(
            application, application.members[1], guest.email, "en", actor=proposals.lead_of(application), arrived=now()
        )
        guest_id, token = guest.id, accounts.open_session(guest)
        session.commit()
    codes = _all_at_once(house, token, f"/invitations/{link}", [{}] * AT_ONCE)
    assert codes == [303] + [410] * (AT_ONCE - 1)
    with house.app_context():
        assert session.query(MemberPerson).filter_by(user_id=guest_id).count() == 1

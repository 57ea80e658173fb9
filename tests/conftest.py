"""The tests' ground: a migrated database per backend, a savepoint per test, clients for people."""

import os
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app import create_app
from app.accounts import operations as accounts
from app.accounts.models import User
from app.core.db import db, session
from config import load_settings
from tests.support import postgres
from tests.support.client import CheckingClient

os.environ.setdefault("APP_ENV", "test")


@pytest.fixture(autouse=True)
def _push_request_context() -> Iterator[None]:
    """Replaces pytest-flask's, which would lend one request's user to the next."""
    yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests under integration/ and figures/ know both databases; all others run on SQLite."""
    if "backend" in metafunc.fixturenames:
        both = any(part in metafunc.module.__name__ for part in (".integration.", ".figures."))
        names = ["sqlite", "postgresql"] if both and postgres.available() else ["sqlite"]
        metafunc.parametrize("backend", names, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each test of pages and rules runs on one of the two databases, half of them on each, chosen by its name.

    Those marked ``both_databases`` (where the database itself decides: locks, counting, search, exchange) run on both.
    ``TEST_ON_BOTH=1`` runs every test on both: for a change of the database's floor, and before a release.
    """
    if os.environ.get("TEST_ON_BOTH") or not postgres.available():
        return
    left_out = [item for item in items if _elsewhere(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not _elsewhere(item)]


def _elsewhere(item: pytest.Item) -> bool:
    backend = getattr(item, "callspec", None) and item.callspec.params.get("backend")  # type: ignore[attr-defined]
    if not backend or item.get_closest_marker("both_databases") or ".integration." not in item.module.__name__:  # type: ignore[attr-defined]
        return False
    name = item.nodeid.replace(backend, "")
    return backend != ("sqlite", "postgresql")[zlib.crc32(name.encode()) % 2]


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    with postgres.server() as address:
        yield address


def make_app(url: str, folder: Path, **overrides: Any) -> Flask:
    settings = load_settings(
        {"APP_ENV": "test", "SECRET_KEY": "t" * 40, "DATABASE_URL": url, "INSTANCE_PATH": str(folder)}
    )
    app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, **overrides)
    app.test_client_class = CheckingClient
    return app


@pytest.fixture(scope="session")
def migrated(backend: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a freshly migrated database of this backend."""
    folder = tmp_path_factory.mktemp(f"instance-{backend}")
    if backend == "postgresql":
        url = postgres.new_database(request.getfixturevalue("postgres_address"))
    else:
        url = f"sqlite:///{folder / 'test.db'}"
    app = make_app(url, folder)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated: Flask) -> Iterator[Flask]:
    """The application with an app context for the test's own queries; everything is rolled back afterwards."""
    with migrated.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        db._app_engines[migrated][None] = connection  # type: ignore[index]
        try:
            yield migrated
        finally:
            session.remove()
            transaction.rollback()
            connection.close()
            db._app_engines[migrated][None] = engine  # type: ignore[index]


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """Nobody's client."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def client_for(app: Flask) -> Callable[[User], CheckingClient]:
    """``client_for(user)``: a client that is signed in as that person."""

    def make(user: User) -> CheckingClient:
        token = accounts.open_session(user)
        session.commit()
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
            cookie["lang"] = "en"
        return browser  # type: ignore[return-value]

    return make


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], Any]:
    """``with count_queries() as seen: …`` – the SQL statements sent meanwhile."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        connection = db.engines[None]
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counting


@pytest.fixture(autouse=True)
def _no_outside_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests talk to this machine only."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)

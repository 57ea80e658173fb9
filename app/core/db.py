"""The database: one declarative base, one session, one set of column types for SQLite and PostgreSQL."""

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Engine, Enum, MetaData, String, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, validates
from sqlalchemy.types import TypeDecorator

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: True while the work at hand may write: SQLite then begins with BEGIN IMMEDIATE, so that two writers queue
#: instead of one of them losing its update. Web requests that only read set it to False.
write_intent: ContextVar[bool] = ContextVar("write_intent", default=True)


#: True while the workflow engine changes a status; nobody else may (see Stateful and core.workflow).
engine_at_work: ContextVar[bool] = ContextVar("engine_at_work", default=False)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)


to_json = partial(json.dumps, ensure_ascii=False)
db = SQLAlchemy(
    model_class=Base,
    engine_options={"json_serializer": to_json},
    session_options={"join_transaction_mode": "create_savepoint"},  # matters only where a test lends its connection
)
session = db.session

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

Json = JSON().with_variant(JSONB(), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware on both sides, UTC in the database (SQLite hands naive values back)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def Code(kind: type[StrEnum], length: int = 32) -> Enum:
    """A closed code list as VARCHAR with a CHECK on both databases; the stored text is the code."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=length,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


Yen = BigInteger
"""Money is whole yen in BIGINT; see core.money for limits and parsing."""


class Keyed:
    """A row with a surrogate key."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Versioned:
    """Optimistic lock: the second of two concurrent edits raises StaleDataError instead of winning."""

    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Stateful(Versioned):
    """A row whose ``status`` only the workflow engine may write (core.workflow)."""

    @validates("status")
    def _status_belongs_to_the_engine(self, key: str, value: Any) -> Any:
        if not engine_at_work.get():
            raise AssertionError("a status is changed by its machine (core.workflow), never assigned")
        return value


BUSY_SECONDS = 10.0  # how long a writer waits for SQLite's lock before it is refused (503)


def _sqlite_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGINs are off; ours follow in _sqlite_begin
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        "synchronous=FULL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    if not write_intent.get():
        connection.exec_driver_sql("BEGIN")
        return
    cursor = connection.connection.cursor()
    until = time.monotonic() + BUSY_SECONDS
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break
                time.sleep(0.001)  # SQLite itself would sleep up to 100 ms between two looks
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # and let what it says be wrapped as usual
    finally:
        cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        cursor.close()


def pool_options(url: str) -> dict[str, Any]:
    """For as many threads as the web server has (server/gunicorn.py): most of PostgreSQL's connections come and go."""
    more = {"pool_pre_ping": True} if url.startswith("postgresql") else {}
    return {"pool_size": 8, "max_overflow": 28, **more}


#: How many requests of one process write at the same time. SQLite takes one writer anyway, and whoever polls for its
#: lock sleeps too long; PostgreSQL gains nothing from more writers than there are processors to serve them.
WRITERS = {"sqlite": 1, "postgresql": 3}
TURN_SECONDS = 10.0  # then it is left to the database to refuse


class Turns:
    """Writers of one process wait here for their turn, first come, first served, so that those who read find a free processor and connection.

    A thread has one turn at most, from the beginning of its transaction to its end.
    """

    def __init__(self, writers: int) -> None:
        self._free, self._queue = writers, deque[threading.Lock]()
        self._guard, self._mine = threading.Lock(), threading.local()

    def take(self, _connection: Any = None) -> None:
        if not write_intent.get() or getattr(self._mine, "held", False):
            return
        with self._guard:
            if self._free:
                self._free, self._mine.held = self._free - 1, True
                return
            ticket = threading.Lock()
            ticket.acquire()
            self._queue.append(ticket)
        called = ticket.acquire(timeout=TURN_SECONDS)
        with self._guard:
            if not called and ticket in self._queue:
                self._queue.remove(ticket)
            else:
                self._mine.held = True

    def give_back(self, *_: Any) -> None:
        if not getattr(self._mine, "held", False):
            return
        self._mine.held = False
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1


_turns: WeakKeyDictionary[Engine, Turns] = WeakKeyDictionary()


def end_turn() -> None:
    """After a request, however it ended: the next writer may go on."""
    if turns := _turns.get(db.engine):
        turns.give_back()


def prepare_engine(engine: Engine) -> None:
    """Attach the turns of writers, and the connection rules of SQLite; PostgreSQL needs none."""
    turns = _turns[engine] = Turns(WRITERS.get(engine.dialect.name, 1))
    event.listen(engine, "begin", turns.take)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    event.listen(engine, "checkin", turns.give_back)  # after commit and rollback alike


@contextmanager
def reading() -> Iterator[None]:
    """Mark the enclosed work as read-only, so that it never waits for a writer."""
    token = write_intent.set(False)
    try:
        yield
    finally:
        write_intent.reset(token)


Short = String(200)
Long = String(4000)

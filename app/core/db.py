"""The database: one declarative base, one session, one set of column types for SQLite and PostgreSQL."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

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


def _sqlite_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGINs are off; ours follow in _sqlite_begin
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write_intent.get() else "BEGIN")


def prepare_engine(engine: Engine) -> None:
    """Attach the connection rules of SQLite; PostgreSQL needs none."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)


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

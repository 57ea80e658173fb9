"""Long lists: pages by key, never by offset, so that the last page costs what the first does."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Select, tuple_

from app.core.db import session

PAGE_SIZE = 50
Row = TypeVar("Row")
AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows and the tokens of the next and the previous page (None where there is none)."""

    rows: Sequence[Row]
    next: str | None
    previous: str | None


def encode(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values), default=str).encode()).decode().rstrip("=")


def decode(token: str | None, width: int) -> list[Any] | None:
    """The key values in a token, or None when it is absent or has been tampered with."""
    if not token or len(token) > 400:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    if not isinstance(values, list) or len(values) != width:
        return None
    return values if all(_is_key(value) for value in values) else None


def _is_key(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any(0xD800 <= ord(c) <= 0xDFFF for c in value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _fitting(values: list[Any] | None, columns: Sequence[Any]) -> list[Any] | None:
    """The values, if each can be compared with its column; a forged token may hold a text where a number belongs.
    A day travels as text and becomes a day again."""
    if values is None:
        return None
    fitting: list[Any] = []
    for value, column in zip(values, columns, strict=True):
        try:
            kind = column.type.python_type
        except NotImplementedError:  # an expression that knows no type
            fitting.append(value)
            continue
        if isinstance(value, int) != issubclass(kind, int):
            return None
        try:
            fitting.append(date.fromisoformat(value) if kind is date else value)
        except ValueError:
            return None
    return fitting


def keyset(
    query: AnySelect,
    columns: Sequence[Any],
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """One page of a query, ordered ascending by ``columns`` (not null, together unique).

    Rows are what ``session.execute`` gives; the key columns must be among the selected ones, last in each row.
    """
    backwards = _fitting(decode(before, len(columns)), columns)
    forwards = None if backwards else _fitting(decode(after, len(columns)), columns)
    query = query.add_columns(*columns)
    if backwards:
        query = query.where(tuple_(*columns) < tuple(backwards)).order_by(*(c.desc() for c in columns))
    else:
        if forwards:
            query = query.where(tuple_(*columns) > tuple(forwards))
        query = query.order_by(*columns)
    rows = list(session.execute(query.limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    width = len(columns)
    key = lambda row: encode(row[-width:])  # noqa: E731 - used twice below
    has_next = more if not backwards else True
    has_previous = more if backwards else bool(forwards)
    return Page(
        rows,
        key(rows[-1]) if rows and has_next else None,
        key(rows[0]) if rows and has_previous else None,
    )

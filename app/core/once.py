"""What one request has looked up already. Outside of requests (worker, commands) nothing is remembered."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("looked_up_once", default=None)


def begin() -> None:
    """A request has arrived: nothing is known yet."""
    _known.set({})


def end() -> None:
    _known.set(None)


def once(key: Hashable, look: Callable[[], Answer]) -> Answer:
    """The answer of ``look``, asked once while a request is answered."""
    known = _known.get()
    if known is None:
        return look()
    if key not in known:
        known[key] = look()
    return known[key]  # type: ignore[no-any-return]

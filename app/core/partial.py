"""Files that arrive piece by piece: one part file each under the storage root, named by a random key.

The row that counts the received bytes is the caller's; a part file may be longer than what is counted (a piece whose
request was undone) or shorter (a machine that lost its power), never wrong in what is counted and present.
"""

import os
import re
import secrets
import time
from io import BytesIO
from pathlib import Path

from app.core import storage

PIECE_BYTES = 1_000_000  # what the page sends at a time
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """A name that nobody guesses: it is part of an address and of a path."""
    return secrets.token_urlsafe(32)


def _path(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise ValueError("no key of an upload")
    return storage.root() / "parts" / key


def length(key: str) -> int:
    """How many bytes lie in the part file; 0 when there is none."""
    try:
        return _path(key).stat().st_size
    except FileNotFoundError:
        return 0


def write(key: str, offset: int, data: bytes) -> None:
    """Put a piece at its place. The same piece twice does no harm."""
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], offset + written)
    finally:
        os.close(descriptor)


def read(key: str, size: int) -> BytesIO:
    """The first ``size`` bytes, as a stream."""
    with open(_path(key), "rb") as handle:
        return BytesIO(handle.read(size))


def discard(key: str) -> None:
    _path(key).unlink(missing_ok=True)


def abandoned(older_than_seconds: float) -> list[str]:
    """The keys of part files that nobody has written to for so long."""
    folder = storage.root() / "parts"
    if not folder.is_dir():
        return []
    limit = time.time() - older_than_seconds
    return [path.name for path in folder.iterdir() if _KEY.fullmatch(path.name) and path.stat().st_mtime < limit]

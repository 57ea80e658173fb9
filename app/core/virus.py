"""The virus scan: clamd is asked by the worker, after the commit; until it has answered, a file is not handed out.

``CLAMD_URL`` names the scanner (``unix:/run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``); without it nothing is
scanned. While clamd is away, files wait and are tried again every minute or so; nothing else is delayed.
"""

import socket
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from app.core import outbox, storage
from app.core.clock import now
from app.core.db import session
from app.core.storage import ScanState, StoredFile

TIMEOUT_SECONDS = 30.0
PIECE = 64 * 1024
EAGER_ATTEMPTS = 4  # the outbox waits longer with every attempt; here no longer than 5 s x 2**4
CATCH_UP = 200  # files that are queued anew at a time
#: What other floors do when a virus was found; called in the worker's transaction with the file.
AFTER_INFECTED: list[Callable[[StoredFile], None]] = []


class ScannerAway(OSError):
    """clamd gave no answer that can be used; it may later."""


@dataclass(frozen=True)
class Verdict:
    state: ScanState
    signature: str | None = None


def when_infected(callbacks: Iterable[Callable[[StoredFile], None]]) -> None:
    """Let other floors act when a virus was found."""
    AFTER_INFECTED.extend(one for one in callbacks if one not in AFTER_INFECTED)


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT_SECONDS)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=TIMEOUT_SECONDS)


def ask(address: str, data: bytes) -> Verdict:
    """clamd's verdict on these bytes (command INSTREAM). Raises ScannerAway when it does not answer."""
    try:
        with _connect(address) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 4096:
                more = line.recv(1024)
                if not more:
                    break
                answer += more
    except OSError as error:
        raise ScannerAway(f"clamd: {error}") from error
    return _read(answer.rstrip(b"\0").decode("utf-8", "replace").strip())


def _read(answer: str) -> Verdict:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict(ScanState.clean)
    if said.endswith(" FOUND"):
        return Verdict(ScanState.infected, said.removesuffix(" FOUND")[:200])
    if said.endswith("ERROR"):
        return Verdict(ScanState.failed, said[:200])
    raise ScannerAway(f"clamd said {answer[:100]!r}")


def scan(item: outbox.OutboxItem) -> None:
    """Scan one waiting file (the outbox's handler for ``scan``). Raises ScannerAway, so that it is tried again."""
    file = session.get_one(StoredFile, item.payload["file_id"])
    address = current_app.config.get("CLAMD_URL")
    if file.scan_state != ScanState.waiting:
        return
    if not address:  # the scanner was taken out of service meanwhile
        file.scan_state = ScanState.skipped
        return
    data = storage.open_file(file)
    session.commit()  # scanning takes seconds; the database's lock is not held meanwhile
    try:
        verdict = ask(address, data)
    except ScannerAway:
        item.attempts = min(item.attempts, EAGER_ATTEMPTS)
        session.commit()
        raise
    file.scan_state, file.signature, file.scanned_at = verdict.state, verdict.signature, now()
    if verdict.state == ScanState.infected:
        current_app.logger.warning("a virus was found in stored file %s: %s", file.id, verdict.signature)
        session.flush()
        for act in AFTER_INFECTED:
            act(file)


def _queue(file: StoredFile, occasion: str) -> None:
    file.scan_state = ScanState.waiting
    outbox.put("scan", {"file_id": file.id}, f"scan:{file.id}:{occasion}")


def catch_up() -> int:
    """With a scanner newly configured: queue what came before there was one. Answers how many files."""
    if not storage.scanning():
        return 0
    found = session.scalars(
        select(StoredFile).where(StoredFile.scan_state == ScanState.skipped).order_by(StoredFile.id).limit(CATCH_UP)
    ).all()
    for file in found:
        _queue(file, f"{now():%Y%m%d%H%M%S}")
    return len(found)


def try_failed_again() -> int:
    """Once a night: files that the scanner could not judge are given to it again. Answers how many."""
    if not storage.scanning():
        return 0
    found = session.scalars(
        select(StoredFile).where(StoredFile.scan_state == ScanState.failed).order_by(StoredFile.id).limit(CATCH_UP)
    ).all()
    for file in found:
        _queue(file, f"{now():%Y%m%d%H%M%S}")
    return len(found)

"""What goes wrong in a deadline hour, done on purpose: killed processes, a full disk, a server that is away.

Every fault is a context manager around a running house; tests/server asserts what must hold, benchmarks/faults.py prints.
"""

import resource
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import create_engine, func, select, text, update

from app.core.clock import now
from app.core.db import session
from app.core.outbox import OutboxItem
from tests.support import rush
from tests.support.postgres import free_port
from tests.support.server import Server

# --- kill -9 --------------------------------------------------------------------------------------------------------


@dataclass
class Killed:
    web: int = 0
    workers: int = 0


@contextmanager
def killing(
    server: Server, seen: rush.Rush, box: "Postbox", at_receipts: list[int], at_letters: list[int]
) -> Iterator[Killed]:
    """kill -9 in the middle: of all web workers when so many receipts are out, of the worker after so many letters."""
    killed, stop = Killed(), threading.Event()

    def kill() -> None:
        while not stop.wait(0.01):
            if killed.web < len(at_receipts) and len(seen.receipts) >= at_receipts[killed.web]:
                killed.web += bool(server.kill_web_workers())
            if killed.workers < len(at_letters) and box.to.total() >= at_letters[killed.workers]:
                server.kill_worker()
                killed.workers += 1

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join(60)


# --- mail -----------------------------------------------------------------------------------------------------------


@dataclass
class Postbox:
    """A mail server that takes everything, slowly enough to be killed in between."""

    delay: float = 0.0
    to: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        import asyncio

        message = message_from_bytes(envelope.content)
        self.to[f"{message['To']} {message['Subject']}"] += 1
        await asyncio.sleep(self.delay)  # taken, and the sender does not know it yet
        return "250 taken"


@contextmanager
def postbox(delay: float = 0.0) -> Iterator[tuple[str, Postbox]]:
    """The address for MAIL_URL, and what arrived."""
    box, port = Postbox(delay), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}", box
    finally:
        controller.stop()


@contextmanager
def hanging_mail() -> Iterator[str]:
    """A mail server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as line:
        yield f"smtp://127.0.0.1:{line.getsockname()[1]}"


def waiting(app: Flask, kind: str = "mail") -> int:
    with app.app_context():
        found = select(func.count()).select_from(OutboxItem)
        return session.scalar(found.where(OutboxItem.kind == kind, OutboxItem.status == "waiting")) or 0


def until_no_mail_waits(app: Flask, seconds: float) -> int:
    """Let the worker finish; leases of killed workers (two minutes) end at once here. Answers what is left."""
    until = time.monotonic() + seconds
    while (left := waiting(app)) and time.monotonic() < until:
        with app.app_context():
            session.execute(
                update(OutboxItem).where(OutboxItem.kind == "mail", OutboxItem.status == "waiting").values(due_at=now())
            )
            session.commit()
        time.sleep(1)
    return left


# --- disks and databases --------------------------------------------------------------------------------------------


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """A file system of this size; None where this account may not mount one."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="renkei-disk-") as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", name]
        if subprocess.run(command, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


@contextmanager
def full(server: Server, disk: Path | None) -> Iterator[None]:
    """No room any more: the small disk is filled, or else no process of the house may make a file longer."""
    if disk is not None:
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as handle, suppress(OSError):
            while True:
                handle.write(bytes(65536))
        with open(filler, "ab", buffering=0) as handle, suppress(OSError):
            while True:
                handle.write(b"0")
        try:
            yield
        finally:
            filler.unlink()
        return
    processes = server.web_workers()
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes}
    for pid, (_soft, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def read_only(url: str) -> Iterator[str]:
    """The address under which the same database cannot be written."""
    if url.startswith("sqlite"):
        yield f"sqlite:///file:{url.removeprefix('sqlite:///')}?mode=ro&uri=true"
        return
    base, _, name = url.rpartition("/")
    with ExitStack() as stack:
        engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        try:
            yield url
        finally:
            connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))


# --- asking ---------------------------------------------------------------------------------------------------------


def ask(server: Server, path: str, cookie: str = "") -> tuple[int, str, dict[str, str]]:
    """One GET on a connection of its own."""
    line = rush.Line(server.address)
    try:
        status, body, headers = line.send("GET", path, cookie)
        return status, body.decode("utf-8", "replace"), headers
    finally:
        line.close()


def hand_in_once(server: Server, draft: rush.Draft) -> rush.Rush:
    """One applicant's attempt without any patience."""
    return rush.run(server.address, [draft], 1, size=200_000, patience=0)

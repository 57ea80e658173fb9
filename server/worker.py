"""gunicorn's threaded worker, noting when the first byte of each request arrived.

Deadlines are judged by that instant (core.http.arrived_at). A request that reached the machine in time is in time,
however long its body takes and however long it waits for a free thread.
"""

import selectors
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

ARRIVAL = "renkei.first_byte_at"
_current = threading.local()


class StampingWorker(ThreadWorker):
    """New connections wait in the main loop until they are readable; that is when the first byte is there."""

    def enqueue_req(self, conn: Any) -> None:
        if not conn.initialized and not conn.data_ready:
            conn.sock.setblocking(False)
            conn.timeout = time.monotonic() + self.cfg.keepalive
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
            return
        conn.first_byte_at = time.time()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        _current.first_byte_at = conn.first_byte_at
        try:
            return super().handle(conn)
        finally:
            _current.first_byte_at = None


class Stamp:
    """WSGI middleware that hands the instant on to the application; a client cannot set it (it is no header)."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[ARRIVAL] = getattr(_current, "first_byte_at", None) or time.time()
        return self.app(environ, start_response)

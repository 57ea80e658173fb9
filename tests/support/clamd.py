"""A clamd for tests: speaks INSTREAM, finds the EICAR test text, and can hang, hang up or complain."""

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner:
    """What the server does with the next streams: ``mood`` is honest, hangs, drops, error or nonsense."""

    def __init__(self) -> None:
        self.mood = "honest"
        self.seen: list[bytes] = []


@contextmanager
def clamd(unix_path: str | None = None) -> Iterator[tuple[str, Scanner]]:
    """Run it; gives its address as CLAMD_URL wants it, and the scanner."""
    scanner = Scanner()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = self.rfile.read(10)
            assert command == b"zINSTREAM\0", command
            if scanner.mood == "drops":
                return
            data = b""
            while True:
                (length,) = struct.unpack("!L", self.rfile.read(4))
                if not length:
                    break
                data += self.rfile.read(length)
            scanner.seen.append(data)
            if scanner.mood == "hangs":
                time.sleep(1.5)
                return
            answers = {"error": b"INSTREAM size limit exceeded. ERROR\0", "nonsense": b"stream: perhaps\0"}
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
            self.wfile.write(answers.get(scanner.mood, found))

    server: Any
    if unix_path:
        server = socketserver.ThreadingUnixStreamServer(unix_path, Handler)
        address = f"unix:{unix_path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield address, scanner
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

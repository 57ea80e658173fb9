"""The real thing for tests: migrated database, gunicorn with our worker class, and the worker process."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.support.postgres import free_port

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    keep = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {
        **keep,
        "APP_ENV": "local",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "s" * 40,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
        **more,
    }


def flask(
    folder: Path, *arguments: str, port: int = 8000, check: bool = True, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one of the application's commands on this instance."""
    found = subprocess.run(
        [str(BIN / "flask"), "--app", "wsgi", *arguments],
        cwd=ROOT, env=environment(folder, port, **more), capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert not check or found.returncode == 0, found.stderr[-3000:]
    return found


@dataclass
class Server:
    address: str
    folder: Path
    process: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes] | None
    env: dict[str, str] = field(default_factory=dict)

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        master = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def kill_web_workers(self) -> int:
        """kill -9 of all of them; their master starts new ones. Answers how many."""
        found = self.web_workers()
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(found)

    def kill_worker(self) -> None:
        """kill -9 of the worker, and a new one, as a supervisor does it."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait(20)
        self.worker = start_worker(self.folder, self.env)


def start_worker(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    with open(folder / "server.log", "ab") as log:
        return subprocess.Popen(
            [str(BIN / "flask"), "--app", "wsgi", "worker"], cwd=ROOT, env=env, stdout=log, stderr=log
        )


@contextmanager
def running(folder: Path, worker: bool = False, **more: str) -> Iterator[Server]:
    """gunicorn (and the worker) on an instance whose database is migrated already."""
    port = free_port()
    env = environment(folder, port, **more)
    with open(folder / "server.log", "ab") as log:
        web = subprocess.Popen(
            [str(BIN / "gunicorn"), "--config", "server/gunicorn.py", "wsgi:app"],
            cwd=ROOT, env=env, stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    found = Server(address, folder, web, start_worker(folder, env) if worker else None, env)
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                assert web.poll() is None, (folder / "server.log").read_text()[-3000:]
                time.sleep(0.1)
        yield found
    finally:
        for process in (web, found.worker):
            if process is not None:
                process.terminate()
        for process in (web, found.worker):
            if process is not None:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(20)


class Browser:
    """A bare HTTP client with cookies that fills in the form token by itself."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _NoRedirect())

    def get(self, path: str) -> tuple[int, str, Any]:
        return self._send(urllib.request.Request(self.address + path))

    def post(self, path: str, data: dict[str, str], token_from: str = "/sign-in") -> tuple[int, str, Any]:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(token_from)[1])
        assert token is not None, f"no form on {token_from}"
        return self.post_raw(path, {**data, "csrf_token": token[1]})

    def post_raw(self, path: str, data: dict[str, str]) -> tuple[int, str, Any]:
        return self._send(urllib.request.Request(self.address + path, data=urlencode(data).encode()))

    def _send(self, request: urllib.request.Request) -> tuple[int, str, Any]:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode("utf-8", "replace"), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace"), error.headers

    def sign_in(self, email: str, password: str) -> None:
        status, text, _headers = self.post("/sign-in", {"email": email, "password": password})
        assert status == 303, text[:500]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None

"""A PostgreSQL for the tests: the one that TEST_DATABASE_URL names, or a cluster of our own in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def _binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def available() -> bool:
    return bool(os.environ.get("TEST_DATABASE_URL") or (_binary("initdb") and _binary("pg_ctl")))


def _as_postgres(*command: str) -> None:
    """PostgreSQL refuses to run as root, so root hands over to the package's own account."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of our own that can be stopped and started again."""

    address: str  # without a database name at its end
    data: Path
    options: str

    def stop(self) -> None:
        """As after a crash: every connection breaks at once."""
        _as_postgres(_needed("pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop")

    def start(self) -> None:
        _as_postgres(
            _needed("pg_ctl"), "-D", str(self.data), "-w", "-l", f"{self.data}.log", "-o", self.options, "start"
        )


def _needed(name: str) -> str:
    found = _binary(name)
    assert found, f"{name} is not installed"
    return found


@contextmanager
def cluster(durable: bool = False) -> Iterator[Cluster]:
    """A cluster in a temporary folder. Only a durable one waits for the disk, as one in real use does."""
    folder = Path(tempfile.mkdtemp(prefix="renkei-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    _as_postgres(_needed("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    options += "" if durable else " -c fsync=off"
    found = Cluster(f"postgresql+psycopg://postgres@127.0.0.1:{port}", data, options)
    found.start()
    try:
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The address of a server, without a database name at its end."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given.rsplit("/", 1)[0]
        return
    with cluster() as own:
        yield own.address


def new_database(server_address: str) -> str:
    """Create an empty database on the server; answers its full address."""
    from uuid import uuid4

    from sqlalchemy import create_engine, text

    name = f"renkei_{uuid4().hex[:12]}"
    engine = create_engine(f"{server_address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server_address}/{name}"

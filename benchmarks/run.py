"""Latency of the main pages as ratios to a bare page. See README.md beside this file."""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import event, func, insert, select

from app import create_app
from app.accounts import operations as accounts
from app.accounts import queries as people
from app.applications.models import Application
from app.core import numbering
from app.core.db import db, session
from app.outcomes.models import Observation
from app.projects.models import Participant, Project
from app.reviews import operations as review_operations
from app.reviews import queries as reviews
from config import load_settings
from tests.support.postgres import free_port

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def environment(folder: Path, url: str | None) -> dict[str, str]:
    more = {"DATABASE_URL": url} if url else {}
    return {**os.environ, "INSTANCE_PATH": str(folder), "SECRET_KEY": "b" * 40, **more}


@contextmanager
def serving(target: str, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    port = free_port()
    process = subprocess.Popen(
        [str(BIN / "gunicorn"), "--config", "server/gunicorn.py", target], cwd=ROOT, env={**env, "PORT": str(port)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                connection.request("GET", "/")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(20)


def median_ms(address: str, path: str, cookie: str, runs: int) -> tuple[float, int]:
    """The median over keep-alive requests of one client, and the bytes of the body."""
    host = urlsplit(address)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
    times, size = [], 0
    for number in range(runs + 5):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        size = len(answer.read())
        took = (time.perf_counter() - started) * 1000
        assert answer.status == 200, f"{path}: {answer.status}"
        if number >= 5:
            times.append(took)
    return statistics.median(times), size


def multiply(applications: int, projects: int) -> None:
    """Copy rows until there are so many applications and projects; keys get a suffix."""
    model = session.scalars(select(Application).where(Application.status == "submitted").limit(1)).one()
    base = {c.name: getattr(model, c.name) for c in Application.__table__.columns if c.name != "id"}
    have = session.scalar(select(func.count()).select_from(Application)) or 0
    rows = [{**base, "number": f"B{n:06d}"} for n in range(have, applications)]
    if rows:
        session.execute(insert(Application.__table__), rows)
    have = session.scalar(select(func.count()).select_from(Project)) or 0
    originals = session.scalars(select(Project).where(Project.application_id.is_(None)).order_by(Project.id)).all()
    copies, n = [], 0
    while have + len(copies) < projects:
        origin = originals[n % len(originals)]
        row = {c.name: getattr(origin, c.name) for c in Project.__table__.columns if c.name != "id"}
        copies.append({**row, "project_key": f"{origin.project_key}-{have + n}", "_origin": origin.id})
        n += 1
    if copies:
        origins = [row.pop("_origin") for row in copies]
        session.execute(insert(Project.__table__), copies)
        session.flush()
        keys = dict(session.execute(select(Project.project_key, Project.id)).all())
        _copy(Participant, origins, [keys[row["project_key"]] for row in copies])
        _copy(Observation, origins, [keys[row["project_key"]] for row in copies])
    numbering.touch()
    session.commit()


def _copy(model: Any, origins: list[int], targets: list[int]) -> None:
    table = model.__table__
    by_project: dict[int, list[dict[str, Any]]] = {}
    for row in session.execute(select(table)).mappings():
        by_project.setdefault(row["project_id"], []).append(dict(row))
    rows = []
    for origin, target in zip(origins, targets, strict=True):
        for row in by_project.get(origin, []):
            rows.append({**{k: v for k, v in row.items() if k != "id"}, "project_id": target})
    for start in range(0, len(rows), 5000):
        session.execute(insert(table), rows[start : start + 5000])


def count_statements(app: Flask, cookie_token: str, path: str) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = cookie_token, True
        client.get(path)  # the cache of rates fills here
        seen.clear()
        assert client.get(path).status_code == 200, path
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def worker_megabytes(master: int) -> float:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    sizes = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
    return max(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1130, 11300])
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--database-url")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="renkei-bench-") as name:
        folder = Path(name)
        env = environment(folder, options.database_url)
        subprocess.run(
            [str(BIN / "flask"), "--app", "wsgi", "prepare"], cwd=ROOT, env=env, check=True, capture_output=True
        )
        app = create_app(load_settings(env))
        for rows in options.rows:
            measure(app, env, rows, options.runs)


def measure(app: Flask, env: dict[str, str], rows: int, runs: int) -> None:
    with app.app_context():
        multiply(rows, rows)
        officer = people.by_email("officer@demo.example")
        reviewer = people.by_email("reviewer@demo.example")
        applicant = people.by_email("applicant@demo.example")
        assert officer and reviewer and applicant
        tokens = {
            name: accounts.open_session(user) for name, user in (("o", officer), ("r", reviewer), ("a", applicant))
        }
        invited = next((a for a in reviews.waiting_for(reviewer) if a.status == "invited"), None)
        if invited is not None:
            review_operations.answer(invited, "accept", reviewer)
        assignment = reviews.waiting_for(reviewer)[0].id
        application = session.scalars(select(Application.id).where(Application.status == "under_review")).first()
        session.commit()
    pages = (
        ("officer's list", "o", "/officer/applications"),
        ("officer's list, filtered", "o", "/officer/applications?status=submitted"),
        ("an application", "o", f"/applications/{application}"),
        ("review form", "r", f"/reviews/{assignment}"),
        ("rate page, participation", "o", "/rates"),
        ("rate page, commercialization", "o", "/rates/commercialization"),
        ("projects", "o", "/projects"),
        ("officer's home", "o", "/"),
        ("applicant's home", "a", "/"),
    )
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    with serving("benchmarks.bare:app", env) as (bare, _pid), serving("wsgi:app", env) as (address, master):
        hello, _size = median_ms(bare, "/", "", runs * 5)
        print(f"\n{rows:,} applications and projects; bare page {hello:.2f} ms")
        print(f"{'page':32}{'median ms':>10}{'x bare':>8}{'SQL':>5}{'kB':>8}")
        for title, who, path in pages:
            cookie = f"{name}={serializer.dumps({'_user_id': tokens[who], '_fresh': True, 'lang': 'en'})}"
            took, size = median_ms(address, path, cookie, runs)
            statements = count_statements(app, tokens[who], path)
            print(f"{title:32}{took:10.2f}{took / hello:8.1f}{statements:5d}{size / 1000:8.1f}")
        print(f"largest worker: {worker_megabytes(master):.0f} MB")


if __name__ == "__main__":
    main()

"""The deadline hour: how long handing in takes when everybody does it at once. See docs/deadline-hour.md."""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.core.db import db, session
from config import load_settings
from tests.support import postgres, rush
from tests.support.server import Server, environment, running

WARM = 16  # handed in before the last minute begins, and not counted


@dataclass(frozen=True)
class House:
    """A migrated database with complete drafts, and an application on it for looking inside."""

    folder: Path
    url: str
    app: Flask
    drafts: list[rush.Draft]
    cluster: postgres.Cluster | None


@contextmanager
def house(database: str, count: int, within: Path | None = None) -> Iterator[House]:
    """A house in a temporary folder; PostgreSQL waits for the disk here, as one in real use does."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="renkei-deadline-", dir=within)))
        url, cluster = f"sqlite:///{folder / 'renkei.db'}", None
        if database == "postgresql":
            cluster = stack.enter_context(postgres.cluster(durable=True))
            url = postgres.new_database(cluster.address)
        app = create_app(load_settings(environment(folder, 8000, DATABASE_URL=url)))
        with app.app_context():
            upgrade()
        started = time.perf_counter()
        drafts = rush.prepare(app, count)
        print(f"{database}: {count} complete drafts prepared in {time.perf_counter() - started:.0f} s")
        yield House(folder, url, app, drafts, cluster)
        with app.app_context():
            session.remove()
            db.engine.dispose()


def quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


def show(seconds: dict[str, list[float]]) -> None:
    for name, values in seconds.items():
        figures = f"{median(values):6.2f}{quantile(values, 0.95):8.2f}{quantile(values, 0.99):8.2f}{max(values):8.2f}"
        print(f"  {name:24}{len(values):6}   {figures}")


@contextmanager
def processors(server: Server) -> Iterator[dict[str, float]]:
    """Processor seconds by whom, and by all others on this machine: what a figure means depends on them."""
    ticks = os.sysconf("SC_CLK_TCK")

    def used(pid: int) -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / ticks

    def all_of_it() -> float:
        user, nice, system, *_rest = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
        return (user + nice + system) / ticks

    def look() -> dict[str, float]:
        own = os.times()
        return {
            "web": sum(used(pid) for pid in server.web_workers()),
            "worker": used(server.worker.pid) if server.worker else 0.0,
            "clients": own.user + own.system,
            "all": all_of_it(),
        }

    before, found = look(), dict[str, float]()
    yield found
    after = look()
    found |= {name: after[name] - before[name] for name in before}
    total = found.pop("all")
    found["others and database"] = total - sum(found.values())


def last_minute(found: House, connections: int, size: int, worker: bool, pages: bool, over: float) -> bool:
    """One run; True when every receipt is right."""
    *drafts, reader = found.drafts
    warm, drafts = drafts[:WARM], drafts[WARM:]
    reading = {
        "reader: call": ("/calls", ""),
        "reader: overview": (f"/applications/{reader.application_id}", reader.cookie),
    }
    web = {name: value for name, value in os.environ.items() if name.startswith("WEB_")}
    with running(found.folder, worker=worker, DATABASE_URL=found.url, **web) as server:
        before = rush.run(server.address, warm, 4, size=size, pages=pages)  # nobody starts a server in the last minute
        with processors(server) as busy, rush.Readers(server.address, reading) as readers:
            seen = rush.run(server.address, drafts, connections, size=size, pages=pages, over=over)
    wrong = rush.wrong(found.app, before.receipts + seen.receipts)
    print(f"  {len(seen.receipts)} receipts for {len(drafts)} drafts in {seen.lasted:.1f} s over {connections}")
    print(f"  {'seconds':24}{'n':>6}   {'p50':>6}{'p95':>8}{'p99':>8}{'max':>8}")
    show(seen.seconds)
    show(readers.seconds)
    print("  answers:", dict(seen.answers + readers.answers))
    print("  processor seconds:", ", ".join(f"{name} {value:.1f}" for name, value in busy.items()))
    print("  wrong:", wrong[:5] if wrong else "nothing", seen.given_up[:3] or "")
    return not wrong and not seen.given_up


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=500)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--bytes", type=int, default=1_000_000, help="of the file that each attaches; 0: none")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--no-worker", action="store_true", help="leave letters and PDFs for later")
    parser.add_argument("--pages", action="store_true", help="everybody opens the page with the button first")
    parser.add_argument("--over", type=float, default=0, help="seconds in which they come; 0: as fast as they can")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, {platform.system()}, load {os.getloadavg()[0]:.1f} before")
    well = True
    for database in options.database:
        with house(database, options.drafts + WARM + 1) as found:
            well &= last_minute(
                found, options.connections, options.bytes, not options.no_worker, options.pages, options.over
            )
    raise SystemExit(0 if well else 1)


if __name__ == "__main__":
    main()

"""The deadline hour with faults: what clients were told, against what is there afterwards. See docs/deadline-hour.md.

The same faults run in short form in tests/server/test_faults.py, which asserts what is printed here.
"""

import argparse
import time
from collections.abc import Callable

from sqlalchemy import select

from app.core.db import session
from app.core.outbox import OutboxItem
from benchmarks.deadline import House, house
from tests.support import faults, rush
from tests.support.server import Server, running


def say(what: str, well: bool, words: str) -> bool:
    print(f"  {'well ' if well else 'WRONG'} {what}: {words}", flush=True)
    return well


def kills(found: House, times: int, connections: int, size: int) -> bool:
    """kill -9 of all web workers and of the worker, evenly over the run."""
    seen, drafts = rush.Rush(), found.drafts[4:]
    at_receipts = [len(drafts) * (n + 1) // (times + 1) for n in range(times)]
    at_letters = [3 * len(drafts) * (n + 1) // (times + 1) for n in range(times)]  # of more than three each
    with (
        faults.postbox(delay=0.01) as (mail_url, box),
        running(found.folder, worker=True, DATABASE_URL=found.url, MAIL_URL=mail_url) as server,
        faults.killing(server, seen, box, at_receipts, at_letters) as killed,
    ):
        rush.run(server.address, drafts, connections, size=size, patience=120, seen=seen)
        left = faults.until_no_mail_waits(found.app, 900)
    with found.app.app_context():
        payloads = session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == "mail")).all()
        session.remove()
    wanted = {f"{row['to']} {row['subject']}" for row in payloads}
    wrong, twice = rush.wrong(found.app, seen.receipts), box.to.total() - len(box.to)
    print("  answers:", dict(seen.answers))
    well = say(
        f"{killed.web} kills of all web workers",
        not wrong and not seen.given_up,
        f"{len(seen.receipts)} receipts for {len(drafts)} drafts in {seen.lasted:.0f} s; {wrong[:3] or 'nothing wrong'}",
    )
    missing = wanted - set(box.to)
    return well & say(
        f"{killed.workers} kills of the worker",
        not missing and not left and twice <= killed.workers and max(box.to.values()) <= 2,
        f"{len(wanted)} letters, {len(missing)} missing, {twice} twice",
    )


def once(server: Server, draft: rush.Draft) -> tuple[int, str]:
    seen = faults.hand_in_once(server, draft)
    return len(seen.receipts), seen.given_up[0].split(" ", 1)[1][:90] if seen.given_up else "handed in"


def read_only(found: House) -> bool:
    with faults.read_only(found.url) as closed, running(found.folder, DATABASE_URL=closed) as server:
        reading = faults.ask(server, f"/applications/{found.drafts[0].application_id}", found.drafts[0].cookie)[0]
        receipts, words = once(server, found.drafts[0])
        ready = faults.ask(server, "/readyz")[0]
    well = (reading, receipts, ready) == (200, 0, 503) and not rush.wrong(found.app, [])
    return say("read-only database", well, f"reading {reading}, readyz {ready}, handing in: {words}")


def mail_hangs(found: House) -> bool:
    with (
        faults.hanging_mail() as silent,
        running(found.folder, worker=True, DATABASE_URL=found.url, MAIL_URL=silent) as server,
    ):
        started = time.perf_counter()
        receipts, words = once(server, found.drafts[1])
        took, until = time.perf_counter() - started, time.monotonic() + 90
        while faults.waiting(found.app, "pdf") and time.monotonic() < until:
            time.sleep(0.5)
    left = faults.waiting(found.app, "pdf"), faults.waiting(found.app, "mail")
    well = receipts == 1 and left[0] == 0 and left[1] > 0
    return say("mail server hangs", well, f"{words} in {took:.1f} s; documents left {left[0]}, letters kept {left[1]}")


def postgresql_away(found: House) -> bool:
    assert found.cluster is not None
    with running(found.folder, DATABASE_URL=found.url) as server:
        found.cluster.stop()
        status, _body, headers = faults.ask(
            server, f"/applications/{found.drafts[2].application_id}", found.drafts[2].cookie
        )
        receipts, words = once(server, found.drafts[2])
        time.sleep(3)
        found.cluster.start()
        started = time.perf_counter()
        after = rush.run(server.address, [found.drafts[2]], 1, patience=20)
        healed = time.perf_counter() - started
    well = receipts == 0 and len(after.receipts) == 1 and not rush.wrong(found.app, after.receipts)
    told = f"{status}, Retry-After {headers.get('retry-after')}; handing in: {words}"
    return say("PostgreSQL away for 3 s", well, f"{told}; handed in {healed:.1f} s after it was back")


def full_disk() -> bool:
    with faults.small_disk(80) as disk, house("sqlite", 3, within=disk) as found:
        how = "tmpfs of 80 MB" if disk else "limit on the length of files"
        with running(found.folder, DATABASE_URL=found.url) as server:
            held = rush.run(server.address, found.drafts[:1], 1)
            with faults.full(server, disk):
                receipts, words = once(server, found.drafts[1])
                ready = faults.ask(server, "/readyz")[0]
            after = rush.run(server.address, found.drafts[1:], 1)
            again = faults.ask(server, "/readyz")[0]
        wrong = rush.wrong(found.app, held.receipts + after.receipts)
        well = (receipts, ready, len(after.receipts), again) == (0, 503, 2, 200) and not wrong
        return say(f"full disk ({how})", well, f"readyz {ready}, handing in: {words}; with room again readyz {again}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=500)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    results = []
    for database in options.database:
        with house(database, options.drafts + 4) as found:
            results.append(kills(found, options.kills, options.connections, options.bytes))
            more: list[Callable[[House], bool]] = [mail_hangs, read_only]
            more += [postgresql_away] if found.cluster else []
            results += [fault(found) for fault in more]
    results.append(full_disk())
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()

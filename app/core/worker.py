"""The worker: empties the outbox and runs what the clock makes due."""

import os
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from typing import Any

from flask import Flask

from app.core import inspection, mail, numbering, outbox, pdf, virus
from app.core.clock import today
from app.core.db import reading, session

HANDLERS: dict[str, Callable[[outbox.OutboxItem], None]] = {"mail": mail.deliver, "pdf": pdf.make, "scan": virus.scan}
#: Making a PDF takes a second of a processor; who hands in at the deadline must not wait for it.
NICE = 10
#: Work that the clock makes due; every feature adds its own in ``create_app``. Each entry commits nothing itself.
CLOCKWORK: list[Callable[[], Any]] = []


def add_clockwork(jobs: Iterable[Callable[[], Any]]) -> None:
    CLOCKWORK.extend(job for job in jobs if job not in CLOCKWORK)


def nightly(job: Callable[[], Any]) -> Callable[[], Any]:
    """Let a job run once a day (Japan's), at the first tick of the day."""

    @wraps(job)
    def once_a_day() -> None:
        if numbering.claim_day(f"nightly:{job.__module__}.{job.__name__}", today().toordinal()):
            job()

    return once_a_day


CLOCKWORK += [virus.catch_up, nightly(virus.try_failed_again), nightly(inspection.inspect_files)]


def sweep(app: Flask, limit: int = 50) -> int:
    """Carry out what waits in the outbox; answers how many items were finished."""
    done = 0
    with app.app_context():
        with reading():
            identities = outbox.due_ids(limit)
            session.rollback()
        for identity in identities:
            item = outbox.claim(identity)
            if item is None:
                session.rollback()
                continue
            session.commit()  # the attempt is on record before anything leaves the house
            try:
                HANDLERS[item.kind](item)
                outbox.finish(item)
                session.commit()
                done += 1
            except Exception as error:  # every failure is recorded on the row and tried again
                session.rollback()
                app.logger.warning("outbox item %s failed: %s", identity, error)
                outbox.fail(identity, f"{type(error).__name__}: {error}")
                session.commit()
    return done


def tick(app: Flask) -> None:
    """Run everything that the clock makes due, each in a transaction of its own."""
    for job in CLOCKWORK:
        with app.app_context():
            try:
                job()
                session.commit()
            except Exception:
                session.rollback()
                app.logger.exception("clockwork %s failed", getattr(job, "__name__", job))


def run(app: Flask, pause: float = 2.0, tick_every: float = 30.0) -> None:
    """Work until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    with suppress(OSError):
        os.nice(NICE)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    since_tick = tick_every
    while not stop.is_set():
        try:
            if since_tick >= tick_every:
                tick(app)
                since_tick = 0.0
            sweep(app)
        except Exception:  # the database may be away for a while; the worker outlives that
            app.logger.exception("the worker will try again")
        stop.wait(pause)
        since_tick += pause

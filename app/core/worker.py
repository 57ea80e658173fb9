"""The worker: empties the outbox and runs what the clock makes due."""

import signal
import threading
import time
from collections.abc import Callable, Iterable
from functools import wraps
from smtplib import SMTPConnectError, SMTPServerDisconnected
from typing import Any

from flask import Flask

from app.core import inspection, mail, numbering, outbox, pdf, virus
from app.core.clock import today
from app.core.db import reading, session

HANDLERS: dict[str, Callable[[outbox.OutboxItem], None]] = {"mail": mail.deliver, "pdf": pdf.make, "scan": virus.scan}
#: Nobody answers there: it is no use to try the next item at once.
AWAY = (ConnectionError, TimeoutError, SMTPServerDisconnected, SMTPConnectError, virus.ScannerAway)
REST_SECONDS = 60.0  # before a mail server that is away is tried again
#: Then it looks again, so that a new letter never waits for more than a few documents.
AT_A_TIME = 5
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


def sweep(
    app: Flask, limit: int = 50, stopping: Callable[[], bool] = lambda: False, resting: dict[str, float] | None = None
) -> int:
    """Carry out what waits in the outbox; answers how many items were finished.

    When a mail server (or a scanner) is away, the rest of its kind is left alone, so that a server that hangs delays
    nothing but mail; ``resting`` remembers it for a minute. ``stopping`` is asked between two items.
    """
    resting = {} if resting is None else resting
    done = 0
    with app.app_context():
        while True:
            away = {kind for kind, until in resting.items() if until > time.monotonic()}
            with reading():
                items = outbox.due(limit, away)
                session.rollback()
            for identity, kind in items:
                if kind in away or stopping():
                    continue
                finished, gone = _carry_out(app, identity)
                done += finished
                if gone:
                    away.add(kind)
                    resting[kind] = time.monotonic() + REST_SECONDS
            if stopping() or away.isdisjoint(kind for _identity, kind in items):
                return done


def _carry_out(app: Flask, identity: int) -> tuple[bool, bool]:
    """One item: was it finished, and did the other side turn out to be away?"""
    item = outbox.claim(identity)
    if item is None:
        session.rollback()
        return False, False
    session.commit()  # the attempt is on record before anything leaves the house
    try:
        HANDLERS[item.kind](item)
        outbox.finish(item)
        session.commit()
    except Exception as error:  # every failure is recorded on the row and tried again
        session.rollback()
        app.logger.warning("outbox item %s failed: %s", identity, error)
        outbox.fail(identity, f"{type(error).__name__}: {error}")
        session.commit()
        return False, isinstance(error, AWAY)
    return True, False


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
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    next_tick, resting = 0.0, dict[str, float]()
    while not stop.is_set():
        done = 0
        try:
            if time.monotonic() >= next_tick:
                tick(app)
                next_tick = time.monotonic() + tick_every
            done = sweep(app, AT_A_TIME, stop.is_set, resting)
        except Exception:  # the database may be away for a while; the worker outlives that
            app.logger.exception("the worker will try again")
        if not done:
            stop.wait(pause)

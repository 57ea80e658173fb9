"""Is the house fit for work? Asked by writing, because a full disk and a read-only database still read well."""

import logging
import os
from datetime import timedelta
from tempfile import TemporaryFile

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core import numbering, outbox, storage
from app.core.clock import now
from app.core.db import session, write_intent

log = logging.getLogger(__name__)
STUCK_AFTER = timedelta(minutes=10)


def check(app: Flask) -> list[str]:
    """The parts that fail: ``database``, ``files``, ``outbox``. Empty when all is well."""
    failing = []
    token = write_intent.set(True)
    try:
        session.rollback()
        numbering.next_number("health")
        session.commit()
        oldest = session.scalar(
            select(func.min(outbox.OutboxItem.due_at)).where(outbox.OutboxItem.status == outbox.OutboxStatus.waiting)
        )
        if oldest is not None and oldest < now() - STUCK_AFTER:
            failing.append("outbox")
    except SQLAlchemyError:
        app.logger.exception("the database cannot be written")
        failing.append("database")
    finally:
        session.rollback()
        write_intent.reset(token)
    if not files_can_be_written():
        failing.append("files")
    return failing


def files_can_be_written() -> bool:
    """Try it with a file without a lasting name: two who ask at once do not meet, and none is left behind."""
    try:
        with TemporaryFile(dir=storage.root()) as handle:
            handle.write(os.urandom(4096))
            handle.flush()
            os.fsync(handle.fileno())
    except OSError:
        log.exception("the file store cannot be written")
        return False
    return True

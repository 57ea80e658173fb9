"""The record of what was read."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.db import session
from app.reviewers import queries
from app.reviewers.choices import ReadWhat
from app.reviewers.models import AccessRecord

#: A page that is loaded again within this time is the same reading.
SAME_READING = timedelta(minutes=10)


def note_read(application_id: int, user_id: int, what: ReadWhat) -> None:
    """Note that a person read a part of an application. The record stays when the access ends (reliability B19)."""
    row = queries.reading(application_id, user_id, what)
    if row is None:
        try:
            with session.begin_nested():
                session.add(AccessRecord(application_id=application_id, user_id=user_id, what=what))
            return
        except IntegrityError:  # two pages at the same moment
            row = queries.reading(application_id, user_id, what)
    if row is not None and now() - row.last_at >= SAME_READING:
        row.last_at, row.times = now(), row.times + 1
        session.flush()

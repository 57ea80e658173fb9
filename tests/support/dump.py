"""The database as digests, table by table: what a request may not have changed."""

import hashlib
from collections.abc import Collection

from sqlalchemy import select

from app.core.db import db, session

#: Only ever added to, by whoever looks or signs in; everything else must stand still.
RECORDS = ("event", "access_record", "file_taken", "user_session", "sign_in_attempt", "alembic_version")


def digests(without: Collection[str] = RECORDS) -> dict[str, str]:
    """A digest of the rows of every table; equal before and after means that nothing was changed."""
    session.expire_all()
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in without:
            rows = session.execute(select(table).order_by(*table.primary_key.columns)).all()
            found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found

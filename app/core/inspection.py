"""Every night each stored file is read again and compared with its hash: what was lost or altered is noticed."""

import hashlib
import logging
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import load_only

from app.core import storage
from app.core.clock import now
from app.core.db import reading, session
from app.core.storage import ScanState, StoredFile

log = logging.getLogger(__name__)
BLOCK = 1 << 20
AT_A_TIME = 500  # hashes in one statement


def is_sound(sha256: str) -> bool:
    """Are the bytes under this hash there, and what they were?"""
    found = hashlib.sha256()
    try:
        with open(storage.path_of(sha256), "rb") as handle:
            while block := handle.read(BLOCK):
                found.update(block)
    except OSError:
        return False
    return found.hexdigest() == sha256


def inspect_files() -> int:
    """Read every stored file and note those that are lost or altered, in the log and on their rows; answers how many.

    A file that is sound again (put back from a copy) loses its mark. Reading holds no lock of the database.
    """
    session.commit()  # the claim of the day; what follows takes long
    with reading():
        hashes = session.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)).all()
        session.rollback()
    wrong = [sha256 for sha256 in hashes if not is_sound(sha256)]
    for sha256 in wrong:
        log.error("the stored file %s is lost or altered", sha256)
    instant = now()
    for start in range(0, len(wrong), AT_A_TIME):
        some = wrong[start : start + AT_A_TIME]
        session.execute(
            update(StoredFile)
            .where(StoredFile.sha256.in_(some), StoredFile.damaged_at.is_(None))
            .values(damaged_at=instant)
        )
    marked = session.scalars(select(StoredFile).where(StoredFile.damaged_at.is_not(None))).all()
    for row in marked:
        if row.sha256 not in set(wrong):
            row.damaged_at = None
    session.flush()
    return len(wrong)


def in_trouble(limit: int = 200) -> Sequence[StoredFile]:
    """Files that are lost, infected, or were not judged by the scanner, the newest first: for administrators."""
    some = load_only(
        StoredFile.name, StoredFile.sha256, StoredFile.size, StoredFile.created_at, StoredFile.scan_state,
        StoredFile.signature, StoredFile.damaged_at,
    )  # fmt: skip
    troubled = (ScanState.infected, ScanState.failed, ScanState.waiting)
    return session.scalars(
        select(StoredFile)
        .where(StoredFile.damaged_at.is_not(None) | StoredFile.scan_state.in_(troubled))
        .options(some)
        .order_by(StoredFile.id.desc())
        .limit(limit)
    ).all()

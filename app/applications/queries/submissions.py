"""Frozen submissions and the finding on eligibility."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.applications.choices import WRITABLE, ApplicationStatus
from app.applications.models import Application, Correction, ReadyCopy, Screening, Submission
from app.applications.queries.visibility import FULL
from app.calls.models import Call
from app.core.db import session
from app.core.pdf import Document


def submission_of(application_id: int) -> Submission | None:
    """The latest submission with its document."""
    return session.scalar(
        select(Submission)
        .where(Submission.application_id == application_id)
        .options(
            joinedload(Submission.document).joinedload(Document.file),
            joinedload(Submission.shared_document).joinedload(Document.file),
            selectinload(Submission.sealed),
        )
        .order_by(Submission.number.desc())
        .limit(1)
    )


def submission_by_key(key: str) -> Submission | None:
    return session.scalar(select(Submission).where(Submission.idempotency_key == key))


def submission_by_receipt(number: str) -> Submission | None:
    return session.scalar(select(Submission).where(Submission.receipt_number == number))


def screening_of(application_id: int) -> Screening | None:
    return session.scalar(select(Screening).where(Screening.application_id == application_id))


def came_in_grace(submission: Submission) -> bool:
    """Did it arrive after the closing, in a grace? Read from what was frozen, so that it never changes."""
    return bool(json.loads(submission.snapshot).get("deadline", {}).get("in_grace"))


def submissions_of(application_id: int) -> Sequence[Submission]:
    """Every version that was handed in, the first one first, with its sealed parts and documents."""
    return session.scalars(
        select(Submission)
        .where(Submission.application_id == application_id)
        .options(
            selectinload(Submission.sealed),
            joinedload(Submission.document).joinedload(Document.file),
            joinedload(Submission.shared_document).joinedload(Document.file),
        )
        .order_by(Submission.number)
    ).all()


def submissions_count(application_id: int) -> int:
    query = select(func.count()).select_from(Submission).where(Submission.application_id == application_id)
    return session.scalar(query) or 0


def open_correction(application_id: int) -> Correction | None:
    """The correction that the consortium works on, with the submission that counts meanwhile."""
    return session.scalar(
        select(Correction)
        .where(Correction.application_id == application_id, Correction.closed_at.is_(None))
        .options(joinedload(Correction.base).selectinload(Submission.sealed))
    )


def corrections_of(application_id: int) -> Sequence[Correction]:
    """Every correction, the latest first."""
    return session.scalars(
        select(Correction).where(Correction.application_id == application_id).order_by(Correction.id.desc())
    ).all()


def ready_copy(application_id: int) -> ReadyCopy | None:
    """The last complete state of an insured draft."""
    return session.scalar(select(ReadyCopy).where(ReadyCopy.application_id == application_id))


def insured_after_closing(instant: datetime, limit: int = 100) -> Sequence[int]:
    """Insured drafts (and corrections) of calls whose official closing time has passed."""
    return session.scalars(
        select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.status.in_(WRITABLE),
            Application.insured_at.is_not(None),
            Call.closes_at <= instant,
        )
        .order_by(Application.id)
        .limit(limit)
    ).all()


def corrections_to_end(instant: datetime, limit: int = 100) -> Sequence[int]:
    """Applications whose open correction may have run out of time."""
    return session.scalars(
        select(Correction.application_id)
        .join(Application, Application.id == Correction.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Correction.closed_at.is_(None),
            func.coalesce(Correction.due_at, Call.closes_at) <= instant,
        )
        .order_by(Correction.id)
        .limit(limit)
    ).all()


def for_clockwork(application_id: int) -> Application | None:
    """An application with its lock, for the worker."""
    locked = select(Application).where(Application.id == application_id).with_for_update(of=Application)
    if session.scalar(locked.execution_options(populate_existing=True)) is None:
        return None
    query = select(Application).where(Application.id == application_id).options(*FULL)
    return session.scalar(query.execution_options(populate_existing=True))


def person(user_id: int | None) -> User | None:
    return session.get(User, user_id) if user_id is not None else None


def sent_back_too(application: Application, part: str) -> bool:
    """May this part be written, as far as corrections go? Only one that was sent back names its parts."""
    if application.status != ApplicationStatus.correcting:
        return True
    correction = open_correction(application.id)
    return correction is None or not correction.sent_back or part in correction.parts

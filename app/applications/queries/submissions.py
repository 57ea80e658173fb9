"""Frozen submissions and the finding on eligibility."""

import json

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.applications.models import (
    Screening,
    Submission,
)
from app.core.db import session
from app.core.pdf import Document


def submission_of(application_id: int) -> Submission | None:
    """The latest submission with its document."""
    return session.scalar(
        select(Submission)
        .where(Submission.application_id == application_id)
        .options(joinedload(Submission.document).joinedload(Document.file))
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

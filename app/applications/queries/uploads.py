"""Files on their way into a draft, and who attached what."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.applications.models import Application, Attachment, Upload
from app.applications.queries.submissions import submission_of
from app.core.db import session


def one(actor: Any, application_id: int, key: str, *, lock: bool = False) -> Upload | None:
    """An upload of this very person to this application; anybody else's does not exist."""
    query = (
        select(Upload)
        .where(Upload.key == key, Upload.application_id == application_id, Upload.user_id == actor.id)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query.with_for_update(of=Upload) if lock else query)


def unfinished(actor: Any, application_id: int, instant: datetime) -> Sequence[Upload]:
    """What this person has begun and not finished here, oldest first."""
    return session.scalars(
        select(Upload)
        .where(
            Upload.application_id == application_id,
            Upload.user_id == actor.id,
            Upload.finished_at.is_(None),
            Upload.expires_at > instant,
        )
        .options(joinedload(Upload.file))
        .order_by(Upload.id)
    ).all()


def expired(instant: datetime, limit: int = 500) -> Sequence[Upload]:
    return session.scalars(
        select(Upload).where(Upload.expires_at <= instant).order_by(Upload.expires_at, Upload.id).limit(limit)
    ).all()


def keys_known(keys: Iterable[str]) -> set[str]:
    """Which of these keys an upload still has."""
    return set(session.scalars(select(Upload.key).where(Upload.key.in_(list(keys)))))


def attachment_any(application_id: int, attachment_id: int) -> Attachment | None:
    """An attachment of an application, replaced or not."""
    return session.scalar(
        select(Attachment)
        .where(Attachment.id == attachment_id, Attachment.application_id == application_id)
        .options(joinedload(Attachment.file), joinedload(Attachment.document))
    )


def handed_in(application_id: int, attachment_id: int) -> Attachment | None:
    """A file of the latest version that was handed in, whatever the consortium has put in its place since."""
    latest = submission_of(application_id)
    frozen = json.loads(latest.snapshot)["attachments"] if latest else []
    named = any(row.get("attachment_id") == attachment_id for row in frozen)
    return attachment_any(application_id, attachment_id) if named else None


def attached_by(attachments: Iterable[Attachment]) -> dict[int, str]:
    """The names of the people who sent these files, by attachment."""
    senders = {a.id: a.file.created_by_id for a in attachments}
    names: dict[int, str] = {
        key: name for key, name in session.execute(select(User.id, User.name).where(User.id.in_(set(senders.values()))))
    }
    return {key: names[sender] for key, sender in senders.items() if sender in names}


def holding(file_id: int) -> Sequence[Attachment]:
    """The attachments, current ones only, that name this file."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.file_id == file_id, Attachment.replaced_at.is_(None))
        .options(joinedload(Attachment.document))
        .order_by(Attachment.id)
    ).all()


def application_of(attachment: Attachment) -> Application:
    return session.get_one(Application, attachment.application_id)

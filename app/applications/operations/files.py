"""Files of an application."""

from datetime import datetime
from typing import IO, Any, BinaryIO, cast

from app.applications import queries
from app.applications.models import (
    Application,
    Attachment,
)
from app.applications.operations.freezing import changed
from app.applications.operations.gates import editable
from app.core import audit, storage
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound


def attach(
    application: Application, document_id: int, data: IO[bytes], name: str, *, actor: Any, arrived: datetime
) -> Attachment:
    """Keep a PDF for a required document; an earlier one is replaced and stays on record."""
    editable(application, actor, None, arrived, "attach", "attachments")
    document = next((d for d in application.call.documents if d.id == document_id), None)
    if document is None:
        raise NotFound("document")
    file = storage.keep_pdf(cast(BinaryIO, data), name=name, created_by_id=actor.id)
    for earlier in queries.current_attachments(application):
        if earlier.document_id == document_id:
            earlier.replaced_at = now()
    session.flush()
    row = Attachment(application_id=application.id, document_id=document_id, file=file)
    application.attachments.append(row)
    changed(application)
    audit.record(application, "document attached", actor, data={"document": document.code, "sha256": file.sha256})
    return row


def detach(application: Application, attachment: Attachment, *, actor: Any, arrived: datetime) -> None:
    editable(application, actor, None, arrived, "detach", "attachments")
    if attachment.replaced_at is not None:
        raise NotFound("attachment")
    attachment.replaced_at = now()
    changed(application)
    audit.record(application, "document removed", actor, data={"document": attachment.document.code})
